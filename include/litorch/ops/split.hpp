// SPDX-License-Identifier: MIT
// The inverse of concatenation: views of the parts.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <initializer_list>
#include <span>
#include <vector>

namespace litorch {
namespace detail {

/// A tensor cut at the running sums of `lengths`, which a caller has made to fit the dim.
template <TensorLike Handle>
std::vector<Handle> cut(const Handle& tensor, Index dim, Index pieces, auto&& length_of) {
  std::vector<Handle> parts;
  parts.reserve(static_cast<std::size_t>(pieces));
  for (Index i = 0, start = 0; i < pieces; ++i) {
    const Index length = length_of(i, start);
    parts.push_back(tensor.narrow(dim, start, length));
    start += length;
  }
  return parts;
}

}  // namespace detail

/// Parts of `size` indices of `dim` each; the last one may be smaller. A dim of extent 0 gives one empty part. All parts
/// share the elements of `tensor`. Throws IndexError for a dim out of range or a size below 1.
template <TensorLike Handle>
std::vector<Handle> split(const Handle& tensor, Index size, Index dim = 0) {
  dim = detail::normalize_dim("split", dim, tensor.rank());
  if (size < 1) detail::fail<IndexError>("split(): size ", size, " is not positive (shape ", tensor.shape(), ")");
  const Index extent = tensor.shape()[dim];
  const Index pieces = std::max<Index>(1, extent / size + (extent % size != 0));
  return detail::cut(tensor, dim, pieces, [&](Index, Index start) { return std::min(size, extent - start); });
}

/// Parts of the given lengths, which must sum up to the extent of `dim`. Throws ShapeError where they do not.
template <TensorLike Handle>
std::vector<Handle> split(const Handle& tensor, std::span<const Index> lengths, Index dim = 0) {
  dim = detail::normalize_dim("split", dim, tensor.rank());
  const Index extent = tensor.shape()[dim];
  Index left = extent;
  for (const Index length : lengths) {
    if (length < 0 || length > left) {
      left = -1;
      break;
    }
    left -= length;
  }
  if (left != 0)
    detail::fail<ShapeError>("split(): the ", lengths.size(), " lengths do not sum up to extent ", extent, " of dim ",
                             dim, " (shape ", tensor.shape(), ")");
  return detail::cut(tensor, dim, static_cast<Index>(lengths.size()),
                     [&](Index i, Index) { return lengths[static_cast<std::size_t>(i)]; });
}
template <TensorLike Handle>
std::vector<Handle> split(const Handle& tensor, std::initializer_list<Index> lengths, Index dim = 0) {
  return split(tensor, std::span(lengths), dim);
}

/// At most `pieces` parts of ceil(extent / pieces) indices, as PyTorch's chunk: 11 in 5 gives 3, 3, 3, 2. For exactly
/// `pieces` parts use tensor_split(). Throws IndexError.
template <TensorLike Handle>
std::vector<Handle> chunk(const Handle& tensor, Index pieces, Index dim = 0) {
  dim = detail::normalize_dim("chunk", dim, tensor.rank());
  if (pieces < 1) detail::fail<IndexError>("chunk(): ", pieces, " pieces asked for; give at least 1");
  const Index extent = tensor.shape()[dim];
  return split(tensor, std::max<Index>(1, extent / pieces + (extent % pieces != 0)), dim);
}

/// Exactly `pieces` parts whose lengths differ by at most 1, the longer ones first: 11 in 5 gives 3, 2, 2, 2, 2. Throws
/// IndexError.
template <TensorLike Handle>
std::vector<Handle> tensor_split(const Handle& tensor, Index pieces, Index dim = 0) {
  dim = detail::normalize_dim("tensor_split", dim, tensor.rank());
  if (pieces < 1) detail::fail<IndexError>("tensor_split(): ", pieces, " pieces asked for; give at least 1");
  const Index extent = tensor.shape()[dim];
  return detail::cut(tensor, dim, pieces, [&](Index i, Index) { return extent / pieces + (i < extent % pieces); });
}

/// One view for each index of `dim`, without the dim. Throws IndexError.
template <TensorLike Handle>
std::vector<Handle> unbind(const Handle& tensor, Index dim = 0) {
  dim = detail::normalize_dim("unbind", dim, tensor.rank());
  std::vector<Handle> parts;
  parts.reserve(static_cast<std::size_t>(tensor.shape()[dim]));
  for (Index i = 0; i < tensor.shape()[dim]; ++i) parts.push_back(tensor.select(dim, i));
  return parts;
}

}  // namespace litorch
