// SPDX-License-Identifier: MIT
// A view without ownership: what kernels take.
#pragma once

#include <litorch/tensor/view_operations.hpp>

#include <concepts>
#include <ranges>

namespace litorch {

/// Elements of type T somewhere in memory, in any layout. Trivially copyable; valid as long as the memory it was taken
/// from. A Tensor<T> or TensorView<T> converts to it, and from T to const T.
template <class T>
class TensorView : public detail::ViewOperations<TensorView<T>, T> {
  using Base = detail::ViewOperations<TensorView<T>, T>;

 public:
  TensorView() : Base({nullptr, detail::row_major({0})}) {}
  /// `layout` counts in elements from `data`.
  TensorView(T* data, const Layout& layout)
      : Base({reinterpret_cast<std::byte*>(const_cast<std::remove_cv_t<T>*>(data)), layout}) {}
  template <std::same_as<std::remove_const_t<T>> U>
  TensorView(const TensorView<U>& other) requires(!std::same_as<T, U>) : Base(erased(other)) {}
  template <class U>
  TensorView(const Tensor<U>& tensor) requires std::same_as<T, U> || std::same_as<T, const U> : Base(erased(tensor)) {}

  /// The same elements as another shape; -1 stands for what is left. Throws ShapeError where strides cannot say it.
  TensorView reshape(const Dims& extents) const {
    const Shape target = detail::reshape_shape(this->shape(), extents);
    const auto layout = detail::reshape(this->layout(), target);
    if (!layout)
      detail::fail<ShapeError>("reshape(): strides ", this->strides(), " of shape ", this->shape(),
                               " cannot be seen as ", target, " without a copy; clone() first");
    return with({erased(*this).data, *layout});
  }

 private:
  friend Base;
  explicit TensorView(const detail::ErasedView& erased) : Base(erased) {}
  TensorView with(const detail::ErasedView& erased) const { return TensorView(erased); }
};

namespace detail {

/// Elements in a row that outlive the call: a vector, array or list with a name, or any span. A matrix of another library
/// is no row, even where it can be read as one.
template <class R>
concept ElementRow =
    std::ranges::contiguous_range<R> && std::ranges::sized_range<R> && std::ranges::borrowed_range<R> &&
    Element<std::remove_reference_t<std::ranges::range_reference_t<R>>> && !requires(R & row) {
  row.rows();
};

}  // namespace detail

/// The elements of a std::vector, std::span, array or the like as a TensorView of one dim, read-only where they are;
/// reshape() gives it others. Shares the elements, which have to live as long. No copy, O(1).
template <detail::ElementRow R>
auto view_of(R&& row) {
  using T = std::remove_reference_t<std::ranges::range_reference_t<R>>;
  return TensorView<T>(std::ranges::data(row), detail::row_major({static_cast<Index>(std::ranges::size(row))}));
}

}  // namespace litorch
