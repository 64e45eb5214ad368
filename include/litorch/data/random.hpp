// SPDX-License-Identifier: MIT
// Random numbers that depend on the sample alone: a generator for each (seed, epoch, sample), so that which worker asks,
// and in what order, changes nothing. The same numbers on every machine and standard library. Not for cryptography.
#pragma once

#include <litorch/base/config.hpp>

#include <limits>

namespace litorch {
namespace detail {

__extension__ using UInt128 = unsigned __int128;

/// 2^64 divided by the golden ratio, made odd: the increment of SplitMix64 (G. L. Steele, D. Lea and C. H. Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014).
inline constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;

/// The finaliser of SplitMix64 (its constants are D. Stafford's "Mix13"): a bijection in which each bit of the argument
/// flips each bit of the result with a chance of about 1/2.
constexpr std::uint64_t mix64(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

/// A key for each (seed, epoch, index); two that differ in one of the three only are never equal.
constexpr std::uint64_t stream_key(std::uint64_t seed, std::uint64_t epoch, std::uint64_t index) noexcept {
  std::uint64_t key = mix64(seed + kGoldenGamma);
  key = mix64(key + epoch * kGoldenGamma);
  return mix64(key + index * kGoldenGamma);
}

/// floor(bits / 2^64 * n): uniform 64 bits scaled to [0, n).
constexpr std::uint64_t scale_bits(std::uint64_t bits, std::uint64_t n) noexcept {
  return static_cast<std::uint64_t>(static_cast<UInt128>(bits) * n >> 64);
}

/// A generator of 64 uniform bits: SampleRandom, std::mt19937_64.
template <class Generator>
concept BitGenerator64 = requires(Generator& generator) {
  static_cast<std::uint64_t>(generator());
  requires Generator::min()
  == 0 && Generator::max() == std::numeric_limits<std::uint64_t>::max();
};

}  // namespace detail

/// The random numbers of one sample in one epoch, for augmentation. A uniform random bit generator of 64 bits, so that
/// the distributions of the standard library take it. Its state is a key made of (seed, epoch, index) and a counter:
/// made in O(1), 16 bytes, and the streams of different samples are not shifted copies of one another.
class SampleRandom {
 public:
  using result_type = std::uint64_t;

  constexpr SampleRandom(std::uint64_t seed, std::uint64_t epoch, Index index) noexcept
      : key_(detail::stream_key(seed, epoch, static_cast<std::uint64_t>(index))) {}

  static constexpr result_type min() noexcept { return 0; }
  static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  constexpr result_type operator()() noexcept {
    return detail::mix64(key_ + detail::mix64(++counter_ * detail::kGoldenGamma));
  }
  /// As if called `count` times. O(1).
  constexpr void discard(std::uint64_t count) noexcept { counter_ += count; }

  friend constexpr bool operator==(const SampleRandom&, const SampleRandom&) = default;

 private:
  std::uint64_t key_, counter_ = 0;
};

/// A uniform index from [0, n), n > 0: unbiased, and, unlike std::uniform_int_distribution, the same with every standard
/// library (D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29(1), 2019).
template <detail::BitGenerator64 Generator>
constexpr Index uniform_index(Generator& generator, Index n) {
  LITORCH_ASSERT(n > 0);
  const std::uint64_t range = static_cast<std::uint64_t>(n);
  detail::UInt128 product = static_cast<detail::UInt128>(generator()) * range;
  if (static_cast<std::uint64_t>(product) < range) {
    const std::uint64_t rejected = (0 - range) % range;  // 2^64 mod n
    while (static_cast<std::uint64_t>(product) < rejected) product = static_cast<detail::UInt128>(generator()) * range;
  }
  return static_cast<Index>(product >> 64);
}

/// A uniform multiple of 2^-53 from [0, 1), the same with every standard library.
template <detail::BitGenerator64 Generator>
constexpr double uniform_real(Generator& generator) {
  return static_cast<double>(generator() >> 11) * 0x1p-53;
}

}  // namespace litorch
