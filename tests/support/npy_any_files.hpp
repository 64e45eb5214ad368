// SPDX-License-Identifier: MIT
// .npy files of any order, byte order and format version, and arrays compared piece by piece.
#pragma once

#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"

#include <litorch/tensor/tensor.hpp>

#include <algorithm>
#include <random>

namespace support {

using NpyRandom = std::mt19937_64;

inline Index draw(NpyRandom& random, Index first, Index last) {
  return std::uniform_int_distribution<Index>(first, last)(random);
}

template <class T>
void swap_each(std::string& bytes, std::size_t from) {
  const std::size_t unit = static_cast<std::size_t>(litorch::info(litorch::dtype_of<T>).swap_size);
  for (std::size_t at = from; at < bytes.size(); at += unit)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                 bytes.begin() + static_cast<std::ptrdiff_t>(at + unit));
}

/// Writes `tensor` in any order, byte order and format version.
template <class T>
void write_any(NpyRandom& random, const std::string& path, const litorch::Tensor<T>& tensor) {
  const bool fortran = draw(random, 0, 2) == 0, swapped = draw(random, 0, 2) == 0;
  const int version = static_cast<int>(draw(random, 1, 3));
  const litorch::DTypeInfo& type = litorch::info(litorch::dtype_of<T>);
  const std::string order = type.item_size == 1 ? "|" : swapped == litorch::kLittleEndian ? ">" : "<";
  std::string bytes =
      npy_padded(litorch::detail::to_text("{'descr': '", order, std::string(1, type.kind), type.item_size,
                                          "', 'fortran_order': ", fortran ? "True" : "False",
                                          ", 'shape': ", tensor.shape(), ", }"),
                 version);
  const std::size_t head = bytes.size();
  const litorch::Tensor<T> stored = fortran ? reversed(tensor).clone() : tensor;
  bytes.append(reinterpret_cast<const char*>(stored.data()), static_cast<std::size_t>(stored.numel()) * sizeof(T));
  if (swapped && type.item_size > 1) swap_each<T>(bytes, head);
  write_file(path, bytes);
}

/// Element by element: what the joined array holds at each place.
template <class T>
bool is_joined(const litorch::Tensor<T>& found, const std::vector<litorch::Tensor<T>>& pieces, Index dim) {
  Index start = 0;
  for (const litorch::Tensor<T>& piece : pieces) {
    if (!same_bits(found.narrow(dim, start, piece.size(dim)), piece)) return false;
    start += piece.size(dim);
  }
  return start == found.size(dim);
}

}  // namespace support
