// SPDX-License-Identifier: MIT
// A random order of any number of samples that is computed instead of stored.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/data/random.hpp>

#include <cmath>

namespace litorch {
namespace detail {

/// `size` itself. Throws ShapeError for one below zero or over 2^62.
inline Index checked_size(const char* call, Index size) {
  if (size < 0 || size > Index{1} << 62) fail<ShapeError>(call, "(): size ", size, "; give 0 to 2^62");
  return size;
}

}  // namespace detail

/// A bijection of [0, size()): each index once, in an order that depends on the seed alone. Takes 24 bytes and is built
/// in nanoseconds for any size up to 2^62, without an allocation. Const members are thread-safe.
///
/// A generalised Feistel network on pairs of digits of base ceil(sqrt(n)), walked again where it leaves [0, n): J. Black
/// and P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002, methods 2 and 3. Its round functions are made
/// for speed: it passes for random in statistics, not against an adversary, and a seed selects one of at most 2^64
/// orders.
class Permutation {
 public:
  /// Throws ShapeError for a size below zero or over 2^62.
  Permutation(Index size, std::uint64_t seed)
      : size_(static_cast<std::uint64_t>(detail::checked_size("Permutation", size))),
        base_(static_cast<std::uint64_t>(std::sqrt(static_cast<double>(size_)))),
        key_(detail::mix64(seed ^ 0x243f6a8885a308d3)) {  // pi: nothing to do with the streams of samples
    while (base_ * base_ < size_) ++base_;
  }

  Index size() const noexcept { return static_cast<Index>(size_); }
  /// The index at position i of the order, 0 <= i < size(). O(1): at most two walks on average, about one for large sizes.
  Index operator[](Index i) const noexcept {
    LITORCH_ASSERT(i >= 0 && i < size());
    std::uint64_t at = static_cast<std::uint64_t>(i);
    do at = encipher(at);
    while (at >= size_);
    return static_cast<Index>(at);
  }

 private:
  std::uint64_t encipher(std::uint64_t at) const noexcept {
    std::uint64_t left = at / base_, right = at % base_;
    // With ideal round functions the images of any two positions are those of a random order to within 1 in 1,500.
    const std::uint64_t rounds = base_ < 64 ? 16 : 8;
    for (std::uint64_t round = 0; round < rounds; ++round) {
      std::uint64_t bits = key_ + (right * 16 + round) * detail::kGoldenGamma;
      bits = (bits ^ (bits >> 32)) * 0xbf58476d1ce4e5b9;  // of the result only the high bits are used
      const std::uint64_t sum = left + detail::scale_bits(bits, base_);
      left = right;
      right = sum < base_ ? sum : sum - base_;
    }
    return left * base_ + right;
  }

  std::uint64_t size_, base_, key_;
};

}  // namespace litorch
