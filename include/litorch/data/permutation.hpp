// SPDX-License-Identifier: MIT
// A random order of any number of samples that is computed instead of stored.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/data/random.hpp>

#include <cmath>
#include <cstring>
#include <span>

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

  /// The indices at the out.size() positions from `first` on: several times as fast as one after the other.
  void indices(Index first, std::span<Index> out) const noexcept {
    LITORCH_ASSERT(first >= 0 && static_cast<Index>(out.size()) <= size() - first);
    std::size_t done = 0;
    if (base_ >= kMostLanes && size_ <= kSmall) done = (this->*kByLanes)(first, out);
    for (; done < out.size(); ++done) out[done] = (*this)[first + static_cast<Index>(done)];
  }

 private:
  static constexpr std::uint64_t kSmall = std::uint64_t{1} << 32;  // sizes up to this have digits of 16 bits
  static constexpr std::size_t kMostLanes = 16;
  using Lanes8 [[gnu::vector_size(32)]] = std::uint32_t;
  using Lanes16 [[gnu::vector_size(64)]] = std::uint32_t;
  using ByLanes = std::size_t (Permutation::*)(Index first, std::span<Index> out) const noexcept;

  // With ideal round functions the images of any two positions are those of a random order to within 1 in 1,500.
  std::uint32_t rounds() const noexcept { return base_ < 64 ? 16 : 8; }

  std::uint64_t encipher(std::uint64_t at) const noexcept {
    if (size_ <= kSmall) {
      auto left = static_cast<std::uint32_t>(at / base_), right = static_cast<std::uint32_t>(at % base_);
      encipher_small(left, right);
      return std::uint64_t{left} * base_ + right;
    }
    std::uint64_t left = at / base_, right = at % base_;
    for (std::uint64_t round = 0; round < rounds(); ++round) {
      std::uint64_t bits = key_ + (right * 16 + round) * detail::kGoldenGamma;
      bits = (bits ^ (bits >> 32)) * 0xbf58476d1ce4e5b9;  // of the result only the high bits are used
      const std::uint64_t sum = left + detail::scale_bits(bits, base_);
      left = right;
      right = sum < base_ ? sum : sum - base_;
    }
    return left * base_ + right;
  }
  /// The rounds on digits of up to 16 bits, or on vectors of them; of the key they see one half and the other by turns.
  template <class Digits>
  LITORCH_INLINE void encipher_small(Digits& left, Digits& right) const noexcept {
    const auto base = static_cast<std::uint32_t>(base_);
    for (std::uint32_t round = 0; round < rounds(); ++round) {
      const auto key = static_cast<std::uint32_t>(key_ >> (round % 2 * 32)) + round * 0x9e3779b9U;
      Digits bits = (right + key) * 0x85ebca6bU;
      bits = (bits ^ (bits >> 15)) * 0xc2b2ae35U;
      bits ^= bits >> 16;
      const Digits scaled = ((bits >> 16) * base + ((bits & 0xffffU) * base >> 16)) >> 16;  // bits / 2^32 * base
      const Digits sum = left + scaled, wrapped = sum - base;
      left = right;
      right = sum < wrapped ? sum : wrapped;
    }
  }
  /// Fills what it can in steps of a vector, and says how much that is.
  template <class Lanes>
  LITORCH_INLINE std::size_t by_lanes(Index first, std::span<Index> out) const noexcept {
    constexpr std::size_t kLanes = sizeof(Lanes) / sizeof(std::uint32_t);
    std::uint32_t each[kLanes];
    for (std::uint32_t i = 0; i < kLanes; ++i) each[i] = i;
    Lanes counts;
    std::memcpy(&counts, each, sizeof counts);
    const auto base = static_cast<std::uint32_t>(base_);
    auto left = static_cast<std::uint32_t>(static_cast<std::uint64_t>(first) / base_);
    auto right = static_cast<std::uint32_t>(static_cast<std::uint64_t>(first) % base_);
    std::size_t done = 0;
    for (; done + kLanes <= out.size(); done += kLanes) {
      const Lanes ascending = counts + right, wrapped = ascending - base;
      Lanes lefts = Lanes{} + left, rights = ascending < wrapped ? ascending : wrapped;
      lefts = ascending < wrapped ? lefts : lefts + 1;
      encipher_small(lefts, rights);
      const Lanes images = lefts * base + rights;
      std::uint32_t image[kLanes];
      std::memcpy(image, &images, sizeof image);
      for (std::size_t i = 0; i < kLanes; ++i) {
        std::uint64_t at = image[i];
        while (at >= size_) at = encipher(at);
        out[done + i] = static_cast<Index>(at);
      }
      right += kLanes;
      if (right >= base) right -= base, ++left;
    }
    return done;
  }
  std::size_t by_lanes_portable(Index first, std::span<Index> out) const noexcept {
    return by_lanes<Lanes8>(first, out);
  }
#if LITORCH_X86_64
  LITORCH_TARGET("avx2") std::size_t by_lanes_avx2(Index first, std::span<Index> out) const noexcept {
    return by_lanes<Lanes8>(first, out);
  }
  LITORCH_TARGET("avx512f") std::size_t by_lanes_avx512(Index first, std::span<Index> out) const noexcept {
    return by_lanes<Lanes16>(first, out);
  }
  static ByLanes pick_by_lanes() noexcept {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f")) return &Permutation::by_lanes_avx512;
    if (__builtin_cpu_supports("avx2")) return &Permutation::by_lanes_avx2;
    return &Permutation::by_lanes_portable;
  }
#else
  static ByLanes pick_by_lanes() noexcept { return &Permutation::by_lanes_portable; }
#endif
  static const ByLanes kByLanes;

  std::uint64_t size_, base_, key_;
};

inline const Permutation::ByLanes Permutation::kByLanes = pick_by_lanes();

}  // namespace litorch
