// SPDX-License-Identifier: MIT
// Sums, means and extremes, of a whole tensor or along a dim. What holds for all of them:
// - `sum(t)` gives a tensor of shape () from all elements, in row-major order; `sum(t, dim)` one without `dim`, or, with
//   `keepdim`, one in which `dim` has extent 1. Any strides.
// - The bits of a value depend on its elements and their number: not on the number of threads, nor on the strides, nor
//   on which dim is reduced. reduction_tree.hpp tells the order.
// - They read each element once, in one parallel region on `executor`, and are thread-safe. They throw IndexError for a
//   dim out of range, std::bad_alloc, and what is said below.
#pragma once

#include <litorch/ops/folds.hpp>
#include <litorch/ops/reduction.hpp>

namespace litorch {

/// The sum; 0 of no elements. Floating-point and complex sums have the type of the elements; those of Float16 are added
/// up as float and rounded once. Signed integers and booleans sum up to std::int64_t, unsigned integers to
/// std::uint64_t, both modulo 2^64.
template <TensorLike X, Executor E = DefaultExecutor>
auto sum(const X& tensor, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_all("sum", executor, detail::SumFold<T>(), TensorView<const T>(tensor));
}
template <TensorLike X, Executor E = DefaultExecutor>
auto sum(const X& tensor, Index dim, bool keepdim = false, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_dim("sum", executor, detail::SumFold<T>(), TensorView<const T>(tensor), dim, keepdim);
}

/// The sum divided by the number of elements; NaN of no elements. Of integers and booleans it is a double, as in NumPy;
/// otherwise it has the type of the elements.
template <TensorLike X, Executor E = DefaultExecutor>
auto mean(const X& tensor, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_all("mean", executor, detail::MeanFold<T>(), TensorView<const T>(tensor));
}
template <TensorLike X, Executor E = DefaultExecutor>
auto mean(const X& tensor, Index dim, bool keepdim = false, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_dim("mean", executor, detail::MeanFold<T>(), TensorView<const T>(tensor), dim, keepdim);
}

/// The greatest element; NaN where any is NaN, as in PyTorch. Throws ShapeError where the tensor, or `dim`, is empty.
template <TensorLike X, Executor E = DefaultExecutor>
auto max(const X& tensor, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_all("max", executor, detail::ExtremeFold<T, true>(), TensorView<const T>(tensor));
}
template <TensorLike X, Executor E = DefaultExecutor>
auto max(const X& tensor, Index dim, bool keepdim = false, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_dim("max", executor, detail::ExtremeFold<T, true>(), TensorView<const T>(tensor), dim, keepdim);
}

/// The least element, otherwise as max().
template <TensorLike X, Executor E = DefaultExecutor>
auto min(const X& tensor, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_all("min", executor, detail::ExtremeFold<T, false>(), TensorView<const T>(tensor));
}
template <TensorLike X, Executor E = DefaultExecutor>
auto min(const X& tensor, Index dim, bool keepdim = false, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_dim("min", executor, detail::ExtremeFold<T, false>(), TensorView<const T>(tensor), dim,
                            keepdim);
}

/// Where the greatest element is, as a Tensor<Index>: the first such index, or that of the first NaN. In a whole tensor
/// it counts elements in row-major order. Throws as max() does.
template <TensorLike X, Executor E = DefaultExecutor>
auto argmax(const X& tensor, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_all("argmax", executor, detail::FirstGreatestFold<T>(), TensorView<const T>(tensor));
}
template <TensorLike X, Executor E = DefaultExecutor>
auto argmax(const X& tensor, Index dim, bool keepdim = false, E&& executor = {}) {
  using T = typename X::value_type;
  return detail::reduce_dim("argmax", executor, detail::FirstGreatestFold<T>(), TensorView<const T>(tensor), dim,
                            keepdim);
}

}  // namespace litorch
