// SPDX-License-Identifier: MIT
// The elements of any layout as runs in row-major order.
#pragma once

#include <litorch/ops/copy_kernels.hpp>
#include <litorch/shape/runs.hpp>
#include <litorch/tensor/tensor_view.hpp>

namespace litorch::detail {

/// Reads a view in row-major order, in place where it is contiguous. Thread-safe.
template <class T>
class RowMajorReader {
 public:
  /// A buffer for this many elements always suffices for read().
  static constexpr Index kMost = std::max<Index>(16 * 1024 / static_cast<Index>(sizeof(T)), 256);

  explicit RowMajorReader(const TensorView<const T>& view) : data_(view.data()), in_place_(view.is_contiguous()) {
    const Layout dense = row_major(view.shape());
    if (!in_place_) nest_ = loop_nest(dense.shape, dense.strides, view.strides(), memory_order(dense));
  }

  /// Elements [first, last), at most kMost, one after another: in the view itself, or copied to `buffer`.
  const T* read(Index first, Index last, T* buffer) const {
    if (in_place_) return data_ + first;
    constexpr Index kItem = static_cast<Index>(sizeof(T));
    const std::size_t inner = nest_.depth - 1, outer = nest_.depth - 2;
    const BlockStrides strides{nest_.a[outer], nest_.a[inner], nest_.b[outer], nest_.b[inner]};
    visit_blocks(nest_, first, last, [&](Index to_at, Index from_at, Index rows, Index columns) {
      copy_block<sizeof(T)>(reinterpret_cast<std::byte*>(buffer) + (to_at - first) * kItem,
                            reinterpret_cast<const std::byte*>(data_ + from_at), rows, columns, strides, false);
    });
    return buffer;
  }

 private:
  const T* data_;
  bool in_place_;
  LoopNest nest_;
};

}  // namespace litorch::detail
