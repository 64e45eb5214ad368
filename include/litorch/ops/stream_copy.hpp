// SPDX-License-Identifier: MIT
// Long runs of bytes: through the caches, or past them where the output will not fit in them anyway. A store past the
// caches saves reading the line before it is overwritten, which is a third of the traffic of a copy.
#pragma once

#include <litorch/parallel/cpu_count.hpp>

#include <cstring>

namespace litorch::detail {

/// Copies `lines` * 64 bytes; `dst` is on a 64-byte boundary.
using StreamLines = void (*)(std::byte* dst, const std::byte* src, std::size_t lines);

#if LITORCH_X86_64

// Vectors by the compilers' own extension: <immintrin.h> alone costs half of the umbrella's compile time.
using Vector16 [[gnu::vector_size(16), gnu::may_alias]] = long long;
using Vector32 [[gnu::vector_size(32), gnu::may_alias]] = long long;
using Vector64 [[gnu::vector_size(64), gnu::may_alias]] = long long;

inline constexpr std::size_t kPrefetchAhead = 1024;  // bytes; the hardware does not look past the end of a page

inline void stream_lines_sse2(std::byte* dst, const std::byte* src, std::size_t lines) {
  for (; lines > 0; --lines, dst += kCacheLine, src += kCacheLine) {
    __builtin_prefetch(src + kPrefetchAhead);
    Vector16 line[4];
    std::memcpy(line, src, sizeof line);
    for (int i = 0; i < 4; ++i) LITORCH_STREAM_16(reinterpret_cast<Vector16*>(dst) + i, line[i]);
  }
}
LITORCH_TARGET("avx2")
inline void stream_lines_avx2(std::byte* dst, const std::byte* src, std::size_t lines) {
  for (; lines > 0; --lines, dst += kCacheLine, src += kCacheLine) {
    __builtin_prefetch(src + kPrefetchAhead);
    Vector32 line[2];
    std::memcpy(line, src, sizeof line);
    for (int i = 0; i < 2; ++i) LITORCH_STREAM_32(reinterpret_cast<Vector32*>(dst) + i, line[i]);
  }
}
LITORCH_TARGET("avx512f")
inline void stream_lines_avx512(std::byte* dst, const std::byte* src, std::size_t lines) {
  for (; lines > 0; --lines, dst += kCacheLine, src += kCacheLine) {
    __builtin_prefetch(src + kPrefetchAhead);
    Vector64 line;
    std::memcpy(&line, src, sizeof line);
    LITORCH_STREAM_64(reinterpret_cast<Vector64*>(dst), line);
  }
}
inline StreamLines pick_stream_lines() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return stream_lines_avx512;
  if (__builtin_cpu_supports("avx2")) return stream_lines_avx2;
  return stream_lines_sse2;
}
/// Orders stores past the caches before whatever tells another thread of them.
inline void stream_fence() { __builtin_ia32_sfence(); }

#else

inline StreamLines pick_stream_lines() {
  return [](std::byte* dst, const std::byte* src, std::size_t lines) { std::memcpy(dst, src, lines * kCacheLine); };
}
inline void stream_fence() {}

#endif

inline const StreamLines kStreamLines = pick_stream_lines();

/// Copies past the caches all but the parts of lines at both ends. Needs a stream_fence() before the bytes are handed on.
inline void stream_run(std::byte* dst, const std::byte* src, std::size_t bytes) {
  const std::size_t head = (kCacheLine - reinterpret_cast<std::uintptr_t>(dst) % kCacheLine) % kCacheLine;
  if (bytes < head + 4 * kCacheLine) {
    std::memcpy(dst, src, bytes);
    return;
  }
  std::memcpy(dst, src, head);
  const std::size_t lines = (bytes - head) / kCacheLine, end = head + lines * kCacheLine;
  kStreamLines(dst + head, src + head, lines);
  std::memcpy(dst + end, src + end, bytes - end);
}

/// Outputs from this size on are stored past the caches: with their inputs they would push all else out.
inline Index stream_threshold() {
  static const Index bytes = last_level_cache_bytes() / 4;
  return bytes;
}

}  // namespace litorch::detail
