// SPDX-License-Identifier: MIT
// Long runs of bytes: through the caches, or past them where the output will not fit in them anyway. A store past the
// caches saves reading the line before it is overwritten, which is a third of the traffic of a copy.
#pragma once

#include <litorch/base/asked_once.hpp>
#include <litorch/parallel/cpu_count.hpp>

#include <algorithm>
#include <cstring>

namespace litorch::detail {

inline constexpr Index kLine = kCacheLine;

/// Rows of whole lines: `rows` times `lines` lines, from src to dst, which is on a line. Rows begin src_row and dst_row
/// bytes apart. With each line one at `ahead` is asked for, in rows ahead_row apart: what will be read next.
struct LineCopy {
  std::byte* dst;
  const std::byte* src;
  const std::byte* ahead;
  Index lines, rows = 1;
  Index dst_row = 0, src_row = 0, ahead_row = 0;
};
using StreamLines = void (*)(LineCopy copy);
/// memcpy for kLongRun bytes or more.
using CopyLong = void (*)(std::byte* dst, const std::byte* src, std::size_t bytes);
inline constexpr std::size_t kLongRun = 160, kPagesRun = 4096;

#if LITORCH_X86_64

// Vectors by the compilers' own extension: <immintrin.h> alone costs half of the umbrella's compile time.
using Vector16 [[gnu::vector_size(16), gnu::may_alias]] = long long;
using Vector32 [[gnu::vector_size(32), gnu::may_alias]] = long long;
using Vector64 [[gnu::vector_size(64), gnu::may_alias]] = long long;
// Wherever they are in memory; `auto` would drop that. memcpy into an array of vectors would go through memory, in halves.
using Unaligned16 [[gnu::vector_size(16), gnu::may_alias, gnu::aligned(1)]] = long long;
using Unaligned32 [[gnu::vector_size(32), gnu::may_alias, gnu::aligned(1)]] = long long;
using Unaligned64 [[gnu::vector_size(64), gnu::may_alias, gnu::aligned(1)]] = long long;

LITORCH_INLINE void next_row(LineCopy& copy) {
  copy.dst += copy.dst_row;
  copy.src += copy.src_row;
  copy.ahead += copy.ahead_row;
  --copy.rows;
}
inline void stream_lines_sse2(LineCopy copy) {
  for (; copy.rows > 0; next_row(copy))
    for (Index at = 0; at < copy.lines * kLine; at += kLine) {
      __builtin_prefetch(copy.ahead + at);
      const Unaligned16* const from = reinterpret_cast<const Unaligned16*>(copy.src + at);
      auto* const to = reinterpret_cast<Vector16*>(copy.dst + at);
      const Vector16 a = from[0], b = from[1], c = from[2], d = from[3];
      LITORCH_STREAM_16(to, a);
      LITORCH_STREAM_16(to + 1, b);
      LITORCH_STREAM_16(to + 2, c);
      LITORCH_STREAM_16(to + 3, d);
    }
}
LITORCH_TARGET("avx2")
inline void stream_lines_avx2(LineCopy copy) {
  for (; copy.rows > 0; next_row(copy))
    for (Index at = 0; at < copy.lines * kLine; at += kLine) {
      __builtin_prefetch(copy.ahead + at);
      const Unaligned32* const from = reinterpret_cast<const Unaligned32*>(copy.src + at);
      auto* const to = reinterpret_cast<Vector32*>(copy.dst + at);
      const Vector32 a = from[0], b = from[1];
      LITORCH_STREAM_32(to, a);
      LITORCH_STREAM_32(to + 1, b);
    }
}
LITORCH_TARGET("avx512f")
inline void stream_lines_avx512(LineCopy copy) {
  for (; copy.rows > 0; next_row(copy))
    for (Index at = 0; at < copy.lines * kLine; at += kLine) {
      __builtin_prefetch(copy.ahead + at);
      const Vector64 line = *reinterpret_cast<const Unaligned64*>(copy.src + at);
      LITORCH_STREAM_64(reinterpret_cast<Vector64*>(copy.dst + at), line);
    }
}
inline StreamLines pick_stream_lines() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return stream_lines_avx512;
  if (__builtin_cpu_supports("avx2")) return stream_lines_avx2;
  return stream_lines_sse2;
}
/// In the first-level cache a tenth to a third faster than memcpy: stores of 32 bytes to multiples of 32, and what that
/// leaves at both ends.
LITORCH_TARGET("avx2")
inline void copy_long_avx2(std::byte* dst, const std::byte* src, std::size_t bytes) {
  *reinterpret_cast<Unaligned32*>(dst) = *reinterpret_cast<const Unaligned32*>(src);
  constexpr std::size_t kStep = 4 * sizeof(Unaligned32);
  const std::size_t last = bytes - kStep;
  for (std::size_t at = 32 - reinterpret_cast<std::uintptr_t>(dst) % 32;; at = std::min(at + kStep, last)) {
    const Unaligned32* const from = reinterpret_cast<const Unaligned32*>(src + at);
    Unaligned32* const to = reinterpret_cast<Unaligned32*>(dst + at);
    const Vector32 a = from[0], b = from[1], c = from[2], d = from[3];
    to[0] = a, to[1] = b, to[2] = c, to[3] = d;
    if (at == last) return;
  }
}
inline CopyLong pick_copy_long() {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) return copy_long_avx2;
  return [](std::byte* dst, const std::byte* src, std::size_t bytes) { std::memcpy(dst, src, bytes); };
}
/// `rows` lines, dst_row bytes apart, past the caches: line r is the r-th kUnit bytes of each of 64 / kUnit columns.
template <std::size_t kUnit, class Columns>
void interleave_lines(std::byte* dst, Index dst_row, Columns columns, Index rows) {
  constexpr std::size_t kColumns = kCacheLine / kUnit, kParts = kUnit / 16;
  const std::byte* starts[kColumns];
  for (std::size_t i = 0; i < kColumns; ++i) starts[i] = columns(static_cast<Index>(i));
  for (std::size_t at = 0; at < static_cast<std::size_t>(rows) * kUnit; at += kUnit, dst += dst_row) {
    Vector16 line[4];
    for (std::size_t part = 0; part < 4; ++part)
      std::memcpy(&line[part], starts[part / kParts] + at + part % kParts * 16, 16);
    for (std::size_t part = 0; part < 4; ++part) LITORCH_STREAM_16(reinterpret_cast<Vector16*>(dst) + part, line[part]);
  }
}
/// Orders stores past the caches before whatever tells another thread of them.
inline void stream_fence() { __builtin_ia32_sfence(); }

#else

inline CopyLong pick_copy_long() {
  return [](std::byte* dst, const std::byte* src, std::size_t bytes) { std::memcpy(dst, src, bytes); };
}
inline StreamLines pick_stream_lines() {
  return [](LineCopy copy) {
    const auto bytes = static_cast<std::size_t>(copy.lines * kLine);
    for (Index row = 0; row < copy.rows; ++row)
      std::memcpy(copy.dst + row * copy.dst_row, copy.src + row * copy.src_row, bytes);
  };
}
template <std::size_t kUnit, class Columns>
void interleave_lines(std::byte* dst, Index dst_row, Columns columns, Index rows) {
  for (Index column = 0; column < kLine / static_cast<Index>(kUnit); ++column)
    for (Index row = 0; row < rows; ++row)
      std::memcpy(dst + row * dst_row + column * static_cast<Index>(kUnit),
                  columns(column) + row * static_cast<Index>(kUnit), kUnit);
}
inline void stream_fence() {}

#endif

inline const StreamLines kStreamLines = pick_stream_lines();
inline const CopyLong kCopyLong = pick_copy_long();

/// memcpy for kPagesRun bytes or more, through the caches. The string instructions that the C library has for them read
/// no line that they overwrite whole: where either side is not in the first-level cache, 1.2 to 1.3 times as fast as
/// vectors on Zen 4, as fast on Zen 3. In parts, because from about 1 MiB on the C library goes past the caches, where that
/// does not pay yet. Not where each byte goes to a place in a page that is 1 to 31 bytes further: on Zen 3
/// those instructions take 13 times as long then.
inline void copy_pages(std::byte* dst, const std::byte* src, std::size_t bytes) {
  constexpr std::size_t kPart = 256 * 1024, kPage = 4096, kVector = 32;
  const std::uintptr_t further = reinterpret_cast<std::uintptr_t>(dst) - reinterpret_cast<std::uintptr_t>(src);
  if ((further - 1) % kPage < kVector - 1) return kCopyLong(dst, src, bytes);
  for (; bytes > kPart; bytes -= kPart, dst += kPart, src += kPart) std::memcpy(dst, src, kPart);
  std::memcpy(dst, src, bytes);
}

/// Copies past the caches all but the parts of lines at both ends. Needs a stream_fence() before the bytes are handed on.
/// `next` is what will be read after it.
inline void stream_run(std::byte* dst, const std::byte* src, std::size_t bytes, const std::byte* next) {
  const std::size_t head = (kCacheLine - reinterpret_cast<std::uintptr_t>(dst) % kCacheLine) % kCacheLine;
  if (bytes < head + 4 * kCacheLine) {
    std::memcpy(dst, src, bytes);
    return;
  }
  std::memcpy(dst, src, head);
  const std::size_t lines = (bytes - head) / kCacheLine, end = head + lines * kCacheLine;
  constexpr Index kAhead = 16;  // lines; the hardware does not look past the end of a page
  const Index count = static_cast<Index>(lines), last = std::min(count, kAhead);
  const Index first = count - last;
  kStreamLines({dst + head, src + head, src + head + kAhead * kLine, first});
  kStreamLines({dst + head + first * kLine, src + head + first * kLine, next, last});
  std::memcpy(dst + end, src + end, bytes - end);
}

/// Outputs from this size on are stored past the caches: with as many bytes of inputs they do not fit into the last level.
/// Measured: equal at 9/16 of it on Zen 4, at 3/8 on Zen 3; at 1/4 the stores past the caches take 1.8 to 2.5 times as
/// long, at 1 a quarter to two fifths less.
inline Index stream_threshold() {
  return asked_once<[] { return last_level_cache_bytes() / 2; }>();
}

}  // namespace litorch::detail
