// SPDX-License-Identifier: MIT
// The memory of a batch while its rows are written, and of the next batch when nobody holds the last one any more.
#pragma once

#include <litorch/ops/copy.hpp>
#include <litorch/tensor/recycled_memory.hpp>

#include <span>
#include <utility>

namespace litorch::detail {

/// Rows of one shape. Different rows may be written at the same time.
template <class T>
class BatchBuffer {
 public:
  /// Room for `count` rows: memory of an earlier batch, unless somebody has a share in it. Throws ShapeError,
  /// std::bad_alloc.
  void open_rows(const Shape& row, Index count) {
    if (batch_.storage().use_count() > 0 && row == row_ && batch_.size(0) == count) return;
    Dims extents = row.dims();
    extents.insert(0, count);
    const Shape shape(extents);
    const Index bytes = byte_count("collate", shape, sizeof(T));
    row_ = row;
    bytes_ = byte_count("collate", row, sizeof(T));
    batch_ = Tensor<T>::of(memory_.take(static_cast<std::size_t>(bytes)), shape);
  }

  const Shape& row_shape() const noexcept { return row_; }
  Index row_bytes() const noexcept { return bytes_; }
  std::byte* row(Index k) const { return erased(batch_).data + k * bytes_; }

  /// Moves the rows in `kept`, which ascend, to the front.
  void keep(std::span<const Index> kept) const {
    for (Index to = 0; const Index from : kept) std::memmove(row(to++), row(from), static_cast<std::size_t>(bytes_));
  }
  /// The first `count` rows.
  Tensor<T> take(Index count) { return std::exchange(batch_, Tensor<T>()).narrow(0, 0, count); }

 private:
  RecycledMemory memory_;
  Tensor<T> batch_;
  Shape row_;
  Index bytes_ = 0;
};

}  // namespace litorch::detail
