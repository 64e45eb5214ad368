// SPDX-License-Identifier: MIT
// Platform facts and the few macros of the library. The only header outside posix/ that may ask which compiler or
// operating system this is.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>

#if defined(_WIN32)
#error "litorch needs a POSIX system"
#endif

/// Checks a precondition of an unchecked fast path; nothing with NDEBUG, and never a hint to the optimiser.
#define LITORCH_ASSERT(condition) assert(condition)

#if defined(__GNUC__) || defined(__clang__)
#define LITORCH_COLD [[gnu::cold, gnu::noinline]]
#define LITORCH_INLINE [[gnu::always_inline]] inline
#else
#define LITORCH_COLD
#define LITORCH_INLINE inline
#endif

/// 1 where the x86-64 kernels can be compiled; which of them run is decided by the processor at hand.
#if defined(__x86_64__)
#define LITORCH_X86_64 1
#define LITORCH_TARGET(features) [[gnu::target(features)]]
#else
#define LITORCH_X86_64 0
#define LITORCH_TARGET(features)
#endif

/// Tells the processor that the thread waits in a loop.
#if LITORCH_X86_64
#define LITORCH_PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#define LITORCH_PAUSE() __asm__ volatile("yield")
#else
#define LITORCH_PAUSE() ((void)0)
#endif

/// Stores a vector of 16, 32 or 64 bytes past the caches; the address is a multiple of its size.
#if defined(__clang__)
#define LITORCH_STREAM_16(to, vector) __builtin_nontemporal_store(vector, to)
#define LITORCH_STREAM_32(to, vector) __builtin_nontemporal_store(vector, to)
#define LITORCH_STREAM_64(to, vector) __builtin_nontemporal_store(vector, to)
#else
#define LITORCH_STREAM_16(to, vector) __builtin_ia32_movntdq(to, vector)
#define LITORCH_STREAM_32(to, vector) __builtin_ia32_movntdq256(to, vector)
#define LITORCH_STREAM_64(to, vector) __builtin_ia32_movntdq512(to, vector)
#endif

/// 1 where AddressSanitizer watches: memory that is freed must not wait for the next tensor unseen.
#if defined(__SANITIZE_ADDRESS__)
#define LITORCH_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LITORCH_ADDRESS_SANITIZER 1
#endif
#endif
#if !defined(LITORCH_ADDRESS_SANITIZER)
#define LITORCH_ADDRESS_SANITIZER 0
#endif

namespace litorch {

/// Signed and 64 bits wide everywhere: extents, strides (in elements), offsets, element counts.
using Index = std::int64_t;

inline constexpr int kMaxRank = 8;
inline constexpr std::size_t kCacheLine = 64;
inline constexpr bool kLittleEndian = std::endian::native == std::endian::little;

namespace detail {

/// a * b, or false when the product leaves 64 bits.
constexpr bool multiply_checked(Index a, Index b, Index& product) { return !__builtin_mul_overflow(a, b, &product); }
constexpr bool add_checked(Index a, Index b, Index& sum) { return !__builtin_add_overflow(a, b, &sum); }

}  // namespace detail
}  // namespace litorch
