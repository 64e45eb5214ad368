// SPDX-License-Identifier: MIT
// The tensor: a view and a share in the memory it looks at.
#pragma once

#include <litorch/tensor/storage.hpp>
#include <litorch/tensor/tensor_view.hpp>

namespace litorch {

/// Elements of a trivially copyable type T in rank 0 to 8. A handle, as in PyTorch and NumPy: copies and views share the
/// elements, clone() copies them, and the memory lives as long as any handle. Handles may be used by many threads as
/// any value may; elements written by one thread and touched by another need the caller's ordering, unless the threads
/// keep to disjoint views.
template <class T>
class Tensor : public detail::ViewOperations<Tensor<T>, T> {
  using Base = detail::ViewOperations<Tensor<T>, T>;

 public:
  using typename Base::value_type;

  /// Shape (0,): no elements, and neutral in cat().
  Tensor() : Base({nullptr, detail::row_major({0})}) {}
  /// `view` must stay valid as long as `storage` lives.
  Tensor(Storage storage, TensorView<T> view) : Base(erased(view)), storage_(std::move(storage)) {}
  /// A tensor of T is a read-only tensor too.
  template <std::same_as<std::remove_const_t<T>> U>
  Tensor(const Tensor<U>& other) requires(!std::same_as<T, U>) : Base(erased(other)), storage_(other.storage()) {}

  /// Row-major elements that are not set. Throws ShapeError over 2^63 - 1 bytes, std::bad_alloc.
  static Tensor uninitialized(const char* call, const Shape& shape) requires(!std::is_const_v<T>) {
    const Index bytes = detail::byte_count(call, shape, sizeof(T));
    return of(Storage::allocate(static_cast<std::size_t>(bytes)), shape);
  }
  /// The row-major tensor at the start of `storage`.
  static Tensor of(Storage storage, const Shape& shape) {
    std::byte* const data = storage.data();
    return Tensor(std::move(storage), detail::ErasedView{data, detail::row_major(shape)});
  }

  const Storage& storage() const noexcept { return storage_; }
  /// Becomes Tensor(). The memory goes back to the system, not to the memory pool, where no other handle has a share.
  void discard() && {
    storage_.discard();
    *this = Tensor();
  }
  TensorView<T> view() const { return *this; }

  /// A row-major copy. Moves numel() elements, on the default executor.
  Tensor<value_type> clone() const {
    Tensor<value_type> copy = Tensor<value_type>::uninitialized("clone", this->shape());
    assign_elements(copy.view(), TensorView<const T>(*this));
    return copy;
  }
  /// This tensor where it is row-major already, else a copy that is.
  Tensor contiguous() const { return this->is_contiguous() ? *this : Tensor(clone()); }
  /// The same elements as another shape, -1 for what is left: a view where strides can say it, else of a row-major copy.
  /// Throws ShapeError.
  Tensor reshape(const Dims& extents) const {
    const Shape target = detail::reshape_shape(this->shape(), extents);
    if (const auto layout = detail::reshape(this->layout(), target)) return with({erased(*this).data, *layout});
    return Tensor(clone()).with_layout(detail::row_major(target));
  }
  /// One dim: reshape({-1}), also for tensors without elements.
  Tensor flatten() const { return reshape({this->numel()}); }

 private:
  friend Base;
  Tensor with(const detail::ErasedView& erased) const { return Tensor(storage_, erased); }
  Tensor with_layout(const Layout& layout) const { return with({erased(*this).data, layout}); }
  Tensor(Storage storage, const detail::ErasedView& erased) : Base(erased), storage_(std::move(storage)) {}

  Storage storage_;
};

/// A Tensor or TensorView.
template <class X>
concept TensorLike = std::derived_from<X, detail::ViewOperations<X, typename X::element_type>>;

}  // namespace litorch
