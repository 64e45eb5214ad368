// SPDX-License-Identifier: MIT
// Are two tensors the same?
#pragma once

#include <litorch/shape/runs.hpp>
#include <litorch/tensor/tensor.hpp>

#include <cmath>
#include <complex>

namespace litorch {
namespace detail {

/// Whether `same(x, y)` holds for all pairs of elements of two tensors of one shape. Reads each element once at most.
template <class T, class Same>
bool all_pairs(TensorView<const T> a, TensorView<const T> b, Same same) {
  if (a.shape() != b.shape()) return false;
  const LoopNest nest = loop_nest(a.shape(), a.strides(), b.strides(), memory_order(a.layout()));
  const std::size_t inner = nest.depth - 1;
  bool all = true;
  visit_blocks(nest, 0, a.numel(), [&](Index at_a, Index at_b, Index rows, Index columns) {
    for (Index row = 0; all && row < rows; ++row) {
      const T* x = a.data() + at_a + row * nest.a[inner - 1];
      const T* y = b.data() + at_b + row * nest.b[inner - 1];
      for (Index column = 0; all && column < columns; ++column)
        all = same(x[column * nest.a[inner]], y[column * nest.b[inner]]);
    }
  });
  return all;
}

}  // namespace detail

/// Whether both have one shape and equal elements; a NaN equals nothing. O(numel).
template <TensorLike A, TensorLike B>
bool equal(const A& a, const B& b) {
  using T = typename A::value_type;
  return detail::all_pairs<T>(a, b, [](const T& x, const T& y) { return x == y; });
}

/// Whether both have one shape and |x - y| <= atol + rtol * |y| for all elements; infinities must be equal, and a NaN is
/// close to nothing. O(numel).
template <TensorLike A, TensorLike B>
bool allclose(const A& a, const B& b, double rtol = 1e-5, double atol = 1e-8) {
  using T = typename A::value_type;
  return detail::all_pairs<T>(a, b, [=](const T& x, const T& y) {
    if (x == y) return true;
    using Wide = std::conditional_t<std::is_convertible_v<T, double>, double, std::complex<double>>;
    const double far = std::abs(Wide(x) - Wide(y)), size = std::abs(Wide(y));
    return std::isfinite(size) && far <= atol + rtol * size;
  });
}

}  // namespace litorch
