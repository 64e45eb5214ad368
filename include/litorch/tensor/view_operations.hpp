// SPDX-License-Identifier: MIT
// What Tensor and TensorView have in common: the element accessors and the views, written once.
#pragma once

#include <litorch/base/dtype.hpp>
#include <litorch/shape/slice.hpp>

#include <cstddef>
#include <cstring>
#include <limits>

namespace litorch {

template <class T>
class Tensor;
template <class T>
class TensorView;

namespace detail {

/// A tensor without its element type: what the copy engine sees, so that it is compiled once for all types.
struct ErasedView {
  std::byte* data = nullptr;
  Layout layout;
};

inline constexpr Index kToTheEnd = std::numeric_limits<Index>::max();

/// `Derived` is the handle, `T` its element type. Every view shares the elements of the tensor it was taken from and,
/// for Tensor, keeps them alive. Dims and indices below zero count from the end. Like a pointer, a const handle still
/// lets its elements be written unless T is const. Taking views is O(rank), moves no element, and is thread-safe.
template <class Derived, class T>
class ViewOperations {
  static_assert(Element<T>, "litorch::Tensor<T>: T must be trivially copyable, because elements are moved as bytes");

 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;

  const Shape& shape() const noexcept { return erased_.layout.shape; }
  const Strides& strides() const noexcept { return erased_.layout.strides; }
  const Layout& layout() const noexcept { return erased_.layout; }
  Index rank() const noexcept { return shape().rank(); }
  Index numel() const noexcept { return shape().numel(); }
  /// Throws IndexError.
  Index size(Index dim) const { return shape()[normalize_dim("size", dim, rank())]; }
  /// The first element; the others lie where strides() say.
  T* data() const noexcept { return reinterpret_cast<T*>(erased_.data); }
  bool is_contiguous() const noexcept { return detail::is_contiguous(erased_.layout); }

  /// The element, unchecked: as many indices as dims, each from 0 to its extent - 1.
  template <std::convertible_to<Index>... Indices>
  T& operator()(Indices... indices) const {
    LITORCH_ASSERT(sizeof...(indices) == static_cast<std::size_t>(rank()));
    Index dim = 0, offset = 0;
    ((LITORCH_ASSERT(static_cast<Index>(indices) >= 0 && static_cast<Index>(indices) < shape()[dim]),
      offset += static_cast<Index>(indices) * strides()[dim++]),
     ...);
    return data()[offset];
  }

  /// The element. Throws IndexError for an index outside of its dim or a wrong number of indices.
  template <std::convertible_to<Index>... Indices>
  T& at(Indices... indices) const {
    if (sizeof...(indices) != static_cast<std::size_t>(rank()))
      fail<IndexError>("at(): ", sizeof...(indices), " indices for ", rank(), " dims (shape ", shape(), ")");
    Index dim = 0, offset = 0;
    ((offset += normalize_index("at", static_cast<Index>(indices), shape()[dim], dim) * strides()[dim], ++dim), ...);
    return data()[offset];
  }

  /// The value of a tensor with one element. Throws ShapeError.
  value_type item() const {
    if (numel() != 1)
      fail<ShapeError>("item(): shape ", shape(), " has ", numel(), " elements, not 1; select one first");
    return *data();
  }

  /// `length` indices of `dim` from `start` on. Throws IndexError.
  Derived narrow(Index dim, Index start, Index length) const {
    return derive(detail::narrow(erased_.layout, dim, start, length));
  }
  /// Every `step`-th index of `dim` in [start, stop), clamped to the dim as in Python. Throws IndexError.
  Derived slice(Index dim, Index start, Index stop = kToTheEnd, Index step = 1) const {
    return derive(detail::slice(erased_.layout, dim, start, stop, step));
  }
  /// One index of `dim`; the dim is gone. Throws IndexError.
  Derived select(Index dim, Index index) const { return derive(detail::select(erased_.layout, dim, index)); }
  Derived operator[](Index index) const { return select(0, index); }
  /// Reverses `dim`. Throws IndexError.
  Derived flip(Index dim) const { return derive(detail::flip(erased_.layout, dim)); }
  /// Exchanges two dims. Throws IndexError.
  Derived transpose(Index dim0, Index dim1) const { return derive(detail::transpose(erased_.layout, dim0, dim1)); }
  /// The transpose of a matrix; a tensor of rank 0 or 1 as it is. Throws ShapeError over rank 2.
  Derived t() const {
    if (rank() > 2) fail<ShapeError>("t(): shape ", shape(), " has more than 2 dims; use transpose or permute");
    return rank() < 2 ? self() : transpose(0, 1);
  }
  /// Dim i of the result is dim order[i]. Throws IndexError unless each dim is named once.
  Derived permute(const Dims& order) const { return derive(detail::permute(erased_.layout, order)); }
  /// Without the dims of extent 1.
  Derived squeeze() const { return derive(detail::squeeze(erased_.layout)); }
  /// Without `dim`, if its extent is 1. Throws IndexError.
  Derived squeeze(Index dim) const { return derive(detail::squeeze(erased_.layout, dim)); }
  /// A dim of extent 1 before `dim`, from -rank - 1 to rank. Throws IndexError, and ShapeError past 8 dims.
  Derived unsqueeze(Index dim) const { return derive(detail::unsqueeze("unsqueeze", erased_.layout, dim)); }
  /// Repeats dims of extent 1 without copying; -1 keeps an extent. The result names an element more than once, so it
  /// can be read but not be the output of a copy. Throws ShapeError.
  Derived expand(const Dims& extents) const { return derive(detail::expand("expand", erased_.layout, extents)); }

  /// Copies the elements of `source`, repeated as expand() does where its shape is smaller. Throws ShapeError, and
  /// OverlapError before the first write where the two share memory. Moves numel() elements, on the default executor.
  template <class Source>
  const Derived& copy_(const Source& source) const requires(!std::is_const_v<T>) {
    assign_elements(TensorView<T>(self()), TensorView<const T>(source));
    return self();
  }
  /// Sets every element to `value`.
  const Derived& fill_(const value_type& value) const requires(!std::is_const_v<T>) {
    fill_elements(TensorView<T>(self()), value);
    return self();
  }

 protected:
  ViewOperations() = default;
  explicit ViewOperations(const ErasedView& erased) : erased_(erased) {}

  const Derived& self() const { return static_cast<const Derived&>(*this); }
  Derived derive(const Layout& layout) const { return self().with({erased_.data, layout}); }
  Derived derive(const SubLayout& part) const {
    return self().with({erased_.data + part.offset * static_cast<Index>(sizeof(T)), part.layout});
  }

  ErasedView erased_;
  friend const ErasedView& erased(const ViewOperations& tensor) noexcept { return tensor.erased_; }
};

}  // namespace detail
}  // namespace litorch
