// SPDX-License-Identifier: MIT
// The memory of a batch while its rows are written, and of the next batch when nobody holds the last one any more.
#pragma once

#include <litorch/ops/copy.hpp>

#include <span>
#include <utility>
#include <vector>

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
    row_ = row;
    bytes_ = byte_count("collate", row, sizeof(T));
    for (const Tensor<T>& buffer : buffers_)
      if (buffer.storage().use_count() == 1 && buffer.rank() == shape.rank() && buffer.size(0) >= count &&
          buffer.shape().with(0, count) == shape) {
        batch_ = buffer.narrow(0, 0, count);
        return;
      }
    if (buffers_.size() == kBuffers) buffers_.erase(buffers_.begin());
    buffers_.reserve(kBuffers);
    do buffers_.push_back(Tensor<T>::uninitialized("collate", shape));
    while (buffers_.size() < 2);  // while one is looked at, the other is filled
    batch_ = buffers_.back();
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
  static constexpr std::size_t kBuffers = 3;  // one may be kept for a while

  std::vector<Tensor<T>> buffers_;
  Tensor<T> batch_;
  Shape row_;
  Index bytes_ = 0;
};

}  // namespace litorch::detail
