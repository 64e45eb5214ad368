// SPDX-License-Identifier: MIT
// Ways to make a tensor. All are row-major; all throw ShapeError for a shape over the limits and std::bad_alloc.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <cmath>
#include <initializer_list>

namespace litorch {

/// Elements that are not set.
template <class T>
Tensor<T> empty(const Shape& shape) {
  return Tensor<T>::uninitialized("empty", shape);
}

/// Elements of all-zero bytes. Large ones are mapped and cost memory only where they are written.
template <class T>
Tensor<T> zeros(const Shape& shape) {
  return Tensor<T>::of(
      Storage::allocate_zeroed(static_cast<std::size_t>(detail::byte_count("zeros", shape, sizeof(T)))), shape);
}

template <class T>
Tensor<T> full(const Shape& shape, const std::type_identity_t<T>& value) {
  Tensor<T> result = Tensor<T>::uninitialized("full", shape);
  std::fill_n(result.data(), result.numel(), value);
  return result;
}

template <class T>
Tensor<T> ones(const Shape& shape) {
  return full<T>(shape, T(1));
}

/// start, start + step, ... up to, not including, stop. Throws ShapeError unless step leads from start to stop.
template <class T>
Tensor<T> arange(std::type_identity_t<T> start, std::type_identity_t<T> stop, std::type_identity_t<T> step = T(1)) {
  const bool forward = step > T(0);
  if (step == T(0) || (forward ? stop < start : start < stop))
    detail::fail<ShapeError>(
        "arange(): step does not lead from start to stop; give a step with the sign of stop - start");
  Index count = 0;
  if constexpr (std::is_integral_v<T>) {
    // Unsigned differences: right also where stop - start leaves the signed type.
    const std::uint64_t distance = forward ? static_cast<std::uint64_t>(stop) - static_cast<std::uint64_t>(start)
                                           : static_cast<std::uint64_t>(start) - static_cast<std::uint64_t>(stop);
    const std::uint64_t stride = forward ? static_cast<std::uint64_t>(step) : 0 - static_cast<std::uint64_t>(step);
    const std::uint64_t steps = distance / stride + (distance % stride != 0);
    if (steps > static_cast<std::uint64_t>(std::numeric_limits<Index>::max()))
      detail::fail<ShapeError>("arange(): more than 2^63 - 1 elements");
    count = static_cast<Index>(steps);
  } else {
    const double steps =
        std::ceil((static_cast<double>(stop) - static_cast<double>(start)) / static_cast<double>(step));
    if (!(steps < 9.2e18)) detail::fail<ShapeError>("arange(): the number of elements is not finite");
    count = static_cast<Index>(steps);
  }
  Tensor<T> result = Tensor<T>::uninitialized("arange", {count});
  for (Index i = 0; i < count; ++i) result.data()[i] = static_cast<T>(start + static_cast<T>(i) * step);
  return result;
}
/// 0, 1, ... up to, not including, stop.
template <class T>
Tensor<T> arange(std::type_identity_t<T> stop) {
  return arange<T>(T(0), stop);
}

/// `count` values at equal distances from start to stop, both included.
template <class T>
Tensor<T> linspace(std::type_identity_t<T> start, std::type_identity_t<T> stop, Index count) {
  Tensor<T> result = Tensor<T>::uninitialized("linspace", {count});
  for (Index i = 0; i < count; ++i) {  // from the nearer end, so that both ends are exact
    const bool left = i < count / 2 || count == 1;
    const double part =
        static_cast<double>(left ? i : count - 1 - i) / static_cast<double>(std::max<Index>(1, count - 1));
    const double distance = part * (static_cast<double>(stop) - static_cast<double>(start));
    result.data()[i] =
        static_cast<T>(left ? static_cast<double>(start) + distance : static_cast<double>(stop) - distance);
  }
  return result;
}

/// A tensor over memory of the caller, who keeps it alive and aligned for T. `strides` count in elements from `data`.
/// Throws ShapeError where they reach over 2^63 - 1 bytes.
template <class T>
Tensor<T> from_blob(T* data, const Shape& shape, const Strides& strides) {
  if (strides.rank() != shape.rank())
    detail::fail<ShapeError>("from_blob(): ", strides.rank(), " strides for shape ", shape, "; give one a dim");
  const Layout layout{shape, strides};
  detail::byte_bounds("from_blob", layout, sizeof(T));
  return Tensor<T>(Storage(), TensorView<T>(data, layout));
}
template <class T>
Tensor<T> from_blob(T* data, const Shape& shape) {
  return from_blob(data, shape, detail::row_major_strides(shape));
}
/// The same; `owner` (a shared pointer, a vector that was moved, a lock...) is kept until the last handle ends.
template <class T, class Owner>
requires(!std::convertible_to<Owner, const Strides&>) Tensor<T> from_blob(T* data, const Shape& shape, Owner&& owner) {
  return from_blob(data, shape, detail::row_major_strides(shape), std::forward<Owner>(owner));
}
template <class T, class Owner>
Tensor<T> from_blob(T* data, const Shape& shape, const Strides& strides, Owner&& owner) {
  const TensorView<T> view = from_blob(data, shape, strides);
  return Tensor<T>(Storage::adopt(const_cast<std::remove_const_t<T>*>(data), std::forward<Owner>(owner)), view);
}

namespace detail {

/// A value, or a list of such: what nested braces become. Lives as long as the braces.
template <class T>
class Nested {
 public:
  Nested(const T& value) : value_(value), is_value_(true) {}
  Nested(std::initializer_list<Nested> parts) : parts_(parts) {}

  /// The shape that the first part of each level has.
  Dims shape() const {
    Dims extents;
    for (const Nested* level = this; !level->is_value_; level = level->parts_.begin()) {
      extents.push_back(static_cast<Index>(level->parts_.size()));
      if (level->parts_.size() == 0) break;
    }
    return extents;
  }
  /// Writes the values in row-major order. Throws ShapeError where a level is not as long as its neighbours.
  void write(T*& to, const Shape& shape, Index dim = 0) const {
    if (is_value_ != (dim == shape.rank()) || (!is_value_ && static_cast<Index>(parts_.size()) != shape[dim]))
      fail<ShapeError>("tensor(): the lists of dim ", dim, " are not equally long, expected shape ", shape);
    if (is_value_) *to++ = value_;
    for (const Nested& part : parts_) part.write(to, shape, dim + 1);
  }

 private:
  T value_{};
  bool is_value_ = false;
  std::initializer_list<Nested> parts_;
};

}  // namespace detail

/// The values in nested braces: tensor<int>({{1, 2, 3}, {4, 5, 6}}) has shape (2, 3), tensor<int>(7) has shape ().
/// Throws ShapeError for ragged lists.
template <class T>
Tensor<T> tensor(const detail::Nested<std::type_identity_t<T>>& values) {
  Tensor<T> result = Tensor<T>::uninitialized("tensor", Shape(values.shape()));
  T* next = result.data();
  values.write(next, result.shape());
  return result;
}
/// A copy of the values in an array, a vector or a span.
template <class T, std::ranges::contiguous_range Values>
requires std::same_as<std::ranges::range_value_t<Values>, T> Tensor<T> tensor(const Values& values) {
  Tensor<T> result = Tensor<T>::uninitialized("tensor", {static_cast<Index>(std::ranges::size(values))});
  std::copy_n(std::ranges::data(values), result.numel(), result.data());
  return result;
}

}  // namespace litorch
