// SPDX-License-Identifier: MIT
// Extents and strides as values of fixed capacity, and the checks on dims, indices and sizes that every layer above uses.
#pragma once

#include <litorch/base/error.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <span>

namespace litorch {

/// Up to 8 integers, one a dim: strides, a permutation, the dims of a reshape (where -1 has a meaning).
class Dims {
 public:
  constexpr Dims() = default;
  /// Throws ShapeError for more than 8 values.
  template <std::input_iterator It, std::sentinel_for<It> End>
  constexpr Dims(It first, End last) {
    for (; first != last; ++first) push_back(static_cast<Index>(*first));
  }
  constexpr Dims(std::initializer_list<Index> values) : Dims(values.begin(), values.end()) {}
  constexpr Dims(std::span<const Index> values) : Dims(values.begin(), values.end()) {}

  constexpr Index rank() const noexcept { return rank_; }
  constexpr Index operator[](Index dim) const noexcept { return values_[static_cast<std::size_t>(dim)]; }
  constexpr Index& operator[](Index dim) noexcept { return values_[static_cast<std::size_t>(dim)]; }
  constexpr const Index* begin() const noexcept { return values_.data(); }
  constexpr const Index* end() const noexcept { return values_.data() + rank_; }

  constexpr void push_back(Index value) { insert(rank_, value); }
  constexpr void insert(Index dim, Index value) {
    if (rank_ == kMaxRank) detail::fail<ShapeError>("Shape: more than 8 dims; merge some of them");
    for (Index i = rank_++; i > dim; --i) (*this)[i] = (*this)[i - 1];
    (*this)[dim] = value;
  }
  constexpr void erase(Index dim) noexcept {
    for (Index i = dim; i + 1 < rank_; ++i) (*this)[i] = (*this)[i + 1];
    (*this)[--rank_] = 0;
  }

  friend constexpr bool operator==(const Dims& a, const Dims& b) noexcept {
    if (a.rank_ != b.rank_) return false;
    for (Index dim = 0; dim < a.rank_; ++dim)  // not memcmp: its wide loads would wait for narrow stores just made
      if (a[dim] != b[dim]) return false;
    return true;
  }

 private:
  std::array<Index, kMaxRank> values_{};
  Index rank_ = 0;
};

/// Distances between neighbours along each dim, in elements; zero and negative ones are legal.
using Strides = Dims;

/// The extents of a tensor: rank 0 to 8, none negative, and the product of the non-zero ones below 2^63, so that
/// products of extents never wrap. The constructors throw ShapeError otherwise.
class Shape {
 public:
  constexpr Shape() = default;
  constexpr Shape(std::initializer_list<Index> extents) : Shape(Dims(extents)) {}
  constexpr Shape(std::span<const Index> extents) : Shape(Dims(extents)) {}
  template <std::input_iterator It, std::sentinel_for<It> End>
  constexpr Shape(It first, End last) : Shape(Dims(first, last)) {}
  explicit constexpr Shape(const Dims& extents) : dims_(extents) { check(); }

  /// The same with another extent in `dim`, 0 <= dim < rank(). Throws ShapeError as the constructors do.
  constexpr Shape with(Index dim, Index extent) const {
    Shape changed = *this;
    changed.dims_[dim] = extent;
    changed.check();
    return changed;
  }

  constexpr Index rank() const noexcept { return dims_.rank(); }
  constexpr Index operator[](Index dim) const noexcept { return dims_[dim]; }
  constexpr const Index* begin() const noexcept { return dims_.begin(); }
  constexpr const Index* end() const noexcept { return dims_.end(); }
  constexpr const Dims& dims() const noexcept { return dims_; }
  constexpr Index numel() const noexcept {
    Index product = 1;
    for (const Index extent : *this) product *= extent;
    return product;
  }

  friend constexpr bool operator==(const Shape&, const Shape&) = default;

 private:
  constexpr void check() const {
    Index product = 1;
    for (Index dim = 0; dim < rank(); ++dim) {
      if (dims_[dim] < 0) detail::fail<ShapeError>("Shape: extent ", dims_[dim], " in dim ", dim, " is negative");
      if (!detail::multiply_checked(product, std::max<Index>(dims_[dim], 1), product))
        detail::fail<ShapeError>("Shape: ", dims_, " counts more than 2^63 - 1 elements");
    }
  }

  Dims dims_;
};

namespace detail {

/// `dim` counted from the front. Throws IndexError outside of -rank .. rank - 1.
constexpr Index normalize_dim(const char* call, Index dim, Index rank) {
  if (dim < -rank || dim >= rank)
    fail<IndexError>(call, "(): dim ", dim, " is out of range for ", rank, " dims",
                     rank == 0 ? "; a scalar has no dim" : to_text("; give ", -rank, " to ", rank - 1));
  return dim < 0 ? dim + rank : dim;
}

/// `index` counted from the front. Throws IndexError outside of -extent .. extent - 1.
constexpr Index normalize_index(const char* call, Index index, Index extent, Index dim) {
  if (index < -extent || index >= extent)
    fail<IndexError>(call, "(): index ", index, " is out of range for extent ", extent, " in dim ", dim,
                     extent == 0 ? "; the dim is empty" : to_text("; give ", -extent, " to ", extent - 1));
  return index < 0 ? index + extent : index;
}

/// numel * item_size in bytes. Throws ShapeError over 2^63 - 1.
constexpr Index byte_count(const char* call, const Shape& shape, std::size_t item_size) {
  Index bytes = 0;
  if (!multiply_checked(shape.numel(), static_cast<Index>(item_size), bytes))
    fail<ShapeError>(call, "(): shape ", shape, " with ", item_size,
                     " bytes an element counts more than 2^63 - 1 bytes");
  return bytes;
}

}  // namespace detail
}  // namespace litorch
