// SPDX-License-Identifier: MIT
// The output of map_cat() while its pieces arrive: each is read from its worker to where it belongs.
#pragma once

#include <litorch/ipc/result_codec.hpp>
#include <litorch/ops/cat.hpp>

#include <new>

namespace litorch::detail {

/// The first piece decides on the slots of an output for all tasks. A piece that is as large or smaller along the dim
/// goes to its slot, in whatever order pieces come; what is left free is closed at the end, in place. A larger piece
/// gets memory of its own, and all are joined at the end.
template <class T>
class JoinedResults {
 public:
  JoinedResults(std::size_t tasks, Index dim) : dim_(dim), extents_(tasks, kElsewhere), pieces_(tasks) {}

  /// Takes the result of `task`. Throws as the reader and the allocation do.
  void accept(std::size_t task, ResultReader& reader) {
    const Shape shape = ResultCodec<Tensor<T>>::read_shape(reader);
    if (slot_ == 0) open(shape);
    if (!has_slot(shape)) {
      pieces_[task] = ResultCodec<Tensor<T>>::read_elements(reader, shape);
      return;
    }
    const Index run = shape[dim_] * inner_;
    reader.elements(data() + static_cast<Index>(task) * slot_ * inner_, run, row_size(), rows_);
    extents_[task] = shape[dim_];
  }

  /// The joined pieces in the order of the tasks, without those that did not come. Throws as cat() does.
  Tensor<T> join() && {
    Index placed = 0, total = 0;
    for (std::size_t task = 0; task < pieces_.size(); ++task) {
      placed += extents_[task] != kElsewhere || pieces_[task].numel() == 0;
      total += std::max<Index>(extents_[task], 0);
    }
    const bool alone = total > 0 && placed == static_cast<Index>(pieces_.size()) && no_other_shapes();
    if (alone) {
      close_gaps();
      const Shape shape = all_.shape().with(dim_, total);
      const Tensor<T> joined(all_.storage(), TensorView<T>(all_.data(), row_major(shape)));
      return 2 * joined.numel() < all_.numel() ? joined.clone() : joined;
    }
    for (std::size_t task = 0; task < pieces_.size(); ++task)
      if (extents_[task] != kElsewhere)
        pieces_[task] = all_.narrow(dim_, static_cast<Index>(task) * slot_, extents_[task]);
    const Storage slots = std::exchange(all_, {}).storage();
    return join_consuming("cat", plan_cat, pieces_, dim_, DefaultExecutor(), {}, slots);
  }

 private:
  static constexpr Index kElsewhere = -1;
  static constexpr Index kItem = sizeof(T);

  std::byte* data() const { return erased(all_).data; }
  Index row_size() const { return static_cast<Index>(pieces_.size()) * slot_ * inner_; }

  void open(const Shape& shape) {
    if (shape.numel() == 0 || dim_ < -shape.rank() || dim_ >= shape.rank()) return;  // cat() will say it
    const Index dim = normalize_dim("map_cat", dim_, shape.rank()), tasks = static_cast<Index>(pieces_.size());
    Index inner = kItem, rows = 1, all = 0;
    for (Index outer = 0; outer < dim; ++outer) rows *= shape[outer];
    for (Index after = dim + 1; after < shape.rank(); ++after) inner *= shape[after];
    if (!multiply_checked(shape.numel() * kItem, tasks, all)) return;
    try {
      all_ = Tensor<T>::uninitialized("ProcessPool::map_cat", shape.with(dim, shape[dim] * tasks));
    } catch (const std::bad_alloc&) {
      return;  // the others may be smaller
    }
    dim_ = dim;
    slot_ = shape[dim];
    inner_ = inner;
    rows_ = rows;
  }

  bool has_slot(const Shape& shape) const {
    if (slot_ == 0 || shape.rank() != all_.rank() || shape[dim_] > slot_) return false;
    return shape.with(dim_, 0) == all_.shape().with(dim_, 0);
  }
  /// Whether pieces without elements have, but for the dim, the shape of the others.
  bool no_other_shapes() const {
    return std::all_of(pieces_.begin(), pieces_.end(), [&](const Tensor<T>& piece) {
      return ConcatPlan::skips(piece.shape()) || has_slot(piece.shape());
    });
  }

  void close_gaps() {
    std::byte* to = data();
    for (Index row = 0; row < rows_; ++row)
      for (std::size_t task = 0; task < pieces_.size(); ++task) {
        const std::byte* const from = data() + row * row_size() + static_cast<Index>(task) * slot_ * inner_;
        const Index bytes = std::max<Index>(extents_[task], 0) * inner_;
        if (to != from) std::memmove(to, from, static_cast<std::size_t>(bytes));
        to += bytes;
      }
  }

  Index dim_;                   // from 0 on once there are slots
  std::vector<Index> extents_;  // along the dim, of what is in a slot
  std::vector<Tensor<T>> pieces_;
  Tensor<T> all_;               // the slots
  Index slot_ = 0;              // extent of a slot; 0 as long as there are none
  Index inner_ = 0, rows_ = 0;  // bytes of an index of the dim, and how many rows of slots there are
};

}  // namespace litorch::detail
