// SPDX-License-Identifier: MIT
// Tensors of any element type with bytes to tell apart, and all element types one after the other.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <cstring>
#include <vector>

namespace support {

using litorch::Index;

/// Row-major elements of bytes that repeat after 2^16; booleans are 0 and 1. npy_numpy_check.py knows the formula too.
template <class T>
litorch::Tensor<T> numbered(const litorch::Shape& shape, Index seed = 0) {
  litorch::Tensor<T> tensor = litorch::Tensor<T>::uninitialized("numbered", shape);
  std::byte* const bytes = tensor.storage().data();
  for (Index i = 0; i < tensor.numel() * static_cast<Index>(sizeof(T)); ++i) {
    const unsigned value = static_cast<unsigned>(i * 37 + i / 256 + seed) & 0xffu;
    bytes[i] = static_cast<std::byte>(std::is_same_v<T, bool> ? value % 3 % 2 : value);
  }
  return tensor;
}

/// The dims in reverse: what was row-major is then in Fortran order.
template <class View>
View reversed(const View& tensor) {
  litorch::Dims order;
  for (Index dim = tensor.rank() - 1; dim >= 0; --dim) order.push_back(dim);
  return tensor.permute(order);
}

/// Whether both have the same shape and the same bytes in each element, read one after the other.
template <class A, class B>
bool same_bits(const A& a, const B& b) {
  using T = typename A::value_type;
  if (a.shape() != b.shape()) return false;
  for (Index i = 0; i < a.numel(); ++i) {
    Index rest = i, at_a = 0, at_b = 0;
    for (Index dim = a.rank() - 1; dim >= 0; --dim) {
      const Index index = rest % a.shape()[dim];
      rest /= a.shape()[dim];
      at_a += index * a.strides()[dim];
      at_b += index * b.strides()[dim];
    }
    if (std::memcmp(a.data() + at_a, b.data() + at_b, sizeof(T)) != 0) return false;
  }
  return true;
}

/// f.template operator()<T>() for every named element type.
template <class F>
void for_each_dtype(F&& f) {
  for (std::size_t i = 0; i < std::size(litorch::kDTypes); ++i) litorch::visit_dtype(static_cast<litorch::DType>(i), f);
}

/// Rank 0 to 8, with and without elements.
inline std::vector<litorch::Shape> shapes_of_every_rank() {
  return {{},
          {1},
          {7},
          {0},
          {3, 5},
          {5, 1},
          {0, 4},
          {4, 0},
          {2, 3, 4},
          {1, 6, 1},
          {2, 0, 3},
          {2, 3, 2, 3},
          {1, 2, 2, 3, 2},
          {2, 1, 3, 1, 2, 2},
          {2, 2, 1, 2, 2, 1, 3},
          {2, 1, 2, 2, 1, 2, 1, 3},
          {1, 1, 1, 1, 1, 1, 1, 1},
          {2, 2, 2, 0, 2, 2, 2, 2}};
}

}  // namespace support
