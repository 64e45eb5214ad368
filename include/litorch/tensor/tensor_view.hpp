// SPDX-License-Identifier: MIT
// A view without ownership: what kernels take.
#pragma once

#include <litorch/tensor/view_operations.hpp>

#include <concepts>

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

}  // namespace litorch
