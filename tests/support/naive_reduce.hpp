// SPDX-License-Identifier: MIT
// Reductions the slow way: each line is gathered index by index, and folded by a function that knows nothing of memory.
#pragma once

#include "support/random_tensors.hpp"

namespace support {

/// All elements in row-major order.
template <class T>
std::vector<T> all_elements(const lt::TensorView<T>& tensor) {
  std::vector<T> elements;
  for_each_index({tensor.shape().begin(), tensor.shape().end()},
                 [&](const std::vector<Index>& at) { elements.push_back(element(tensor, at)); });
  return elements;
}

/// The elements along `dim`, one line for each index of the other dims in row-major order.
template <class T>
std::vector<std::vector<T>> lines_of(const lt::TensorView<T>& tensor, Index dim) {
  std::vector<Index> others(tensor.shape().begin(), tensor.shape().end());
  others.erase(others.begin() + dim);
  std::vector<std::vector<T>> lines;
  for_each_index(others, [&](std::vector<Index> at) {
    at.insert(at.begin() + dim, 0);
    lines.emplace_back();
    for (Index& i = at[static_cast<std::size_t>(dim)]; i < tensor.shape()[dim]; ++i)
      lines.back().push_back(element(tensor, at));
  });
  return lines;
}

/// The sum in the order that reduction_tree.hpp promises, spelt out: 16 lanes in blocks of 256, both combined in pairs.
template <class Acc>
Acc promised_sum(const std::vector<Acc>& x) {
  if (x.empty()) return Acc();
  if (x.size() <= 256) {
    std::vector<Acc> lanes(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(16, x.size())));
    for (std::size_t i = 16; i < x.size(); ++i) lanes[i % 16] = lanes[i % 16] + x[i];
    for (std::size_t half = 8; half > 0; half /= 2) {
      for (std::size_t i = half; i < lanes.size(); ++i) lanes[i - half] = lanes[i - half] + lanes[i];
      lanes.resize(std::min(lanes.size(), half));
    }
    return lanes[0];
  }
  std::size_t left = 256;
  while (2 * left < x.size()) left *= 2;
  const auto middle = x.begin() + static_cast<std::ptrdiff_t>(left);
  return promised_sum(std::vector<Acc>(x.begin(), middle)) + promised_sum(std::vector<Acc>(middle, x.end()));
}

/// The same bits, or both NaN.
template <class T>
bool same_value(const T& a, const T& b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0 || (a != a && b != b);
}

}  // namespace support
