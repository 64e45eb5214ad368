// SPDX-License-Identifier: MIT
// The output of map_cat() while its pieces are made: each worker writes the piece of its task where it belongs, so that
// the parent has nothing to copy.
#pragma once

#include <litorch/ipc/result_codec.hpp>
#include <litorch/posix/memory_file.hpp>

#include <optional>

namespace litorch::detail {

/// A file in memory with a place for one piece a task, all of one shape. Made before the workers are forked, so that
/// they have it too. The first piece that is offered decides on the shape; a piece of another shape goes to the parent
/// as any result does, and so does one that is small, or whose runs in the output are shorter than a page. Nothing else
/// in the file depends on a worker that dies, and a task that is done again is written again.
template <class T>
class SharedOutput {
 public:
  SharedOutput(const char* call, std::size_t tasks, Index dim)
      : file_(call), tasks_(static_cast<Index>(tasks)), dim_(dim) {}

  /// In a worker: writes `piece` to the place of `task`; false where it has none. Asks `reply` unless a piece of that
  /// shape was written before. Throws IoError where there is no memory left.
  template <class Reply>
  bool place(std::size_t task, const Tensor<T>& piece, Reply& reply) {
    const Shape& shape = piece.shape();
    if (byte_size<T>(shape) < kLeast) return false;
    if (!shape_ || *shape_ != shape) {
      const std::span<const Index> extents(shape.begin(), shape.end());
      if (!reply.ask(std::as_bytes(extents))) return false;
      shape_ = shape;
    }
    const auto dense = piece.contiguous();
    const Index dim = normalize_dim("ProcessPool::map_cat", dim_, shape.rank()), run = run_bytes(shape, dim);
    const auto* from = reinterpret_cast<const std::byte*>(dense.data());
    const Index end = shape.numel() * kItem * tasks_;
    for (Index at = static_cast<Index>(task) * run; at < end; at += run * tasks_, from += run)
      file_.write_at(from, static_cast<std::size_t>(run), at);
    return true;
  }

  /// In the parent: whether pieces of the offered shape have a place. What a worker says is not trusted.
  bool accepts(ResultReader& offer) {
    Dims extents;
    for (std::size_t rank = offer.left() / sizeof(Index); rank > 0; --rank) {
      const auto extent = offer.value<Index>();
      if (extent < 1 || extents.rank() == kMaxRank) return false;
      extents.push_back(extent);
    }
    if (shape_) return shape_->dims() == extents;
    if (dim_ < -extents.rank() || dim_ >= extents.rank()) return false;
    const Index dim = normalize_dim("ProcessPool::map_cat", dim_, extents.rank());
    Index bytes = kItem, joined = 0, before = 1;
    for (const Index extent : extents)
      if (!multiply_checked(bytes, extent, bytes)) return false;
    if (!multiply_checked(bytes, tasks_, bytes) || !multiply_checked(extents[dim], tasks_, joined)) return false;
    const Shape shape(extents);
    for (Index each = 0; each < dim; ++each) before *= shape[each];
    if (before > 1 && run_bytes(shape, dim) < kLeastRun) return false;
    if (!file_.resize(static_cast<std::size_t>(bytes))) return false;
    shape_ = shape;
    joined_ = shape.with(dim, joined);
    return true;
  }

  /// In the parent, when no worker is left: the tensor of all pieces. What has not been written is zero. Throws IoError.
  Tensor<T> tensor() const {
    JoinedPages pages(file_.map(), JoinedPages::Origin::file);
    return Tensor<T>::of(Storage::mapped(std::move(pages)), joined_);
  }
  /// The piece of `task`, through a mapping of its own. Throws IoError.
  Tensor<T> piece(std::size_t task) const {
    const Index dim = normalize_dim("ProcessPool::map_cat", dim_, joined_.rank());
    const Index run = run_bytes(*shape_, dim), runs = shape_->numel() * kItem / run;
    const Index first = static_cast<Index>(task) * run, last = first + (runs - 1) * run * tasks_ + run;
    const Index start = first - first % static_cast<Index>(posix::page_size());
    const Storage storage = Storage::mapped(JoinedPages(file_.map(start, last), JoinedPages::Origin::file));
    T* const data = reinterpret_cast<T*>(storage.data() + (first - start));
    return Tensor<T>(storage, TensorView<T>(data, {*shape_, row_major_strides(joined_)}));
  }

 private:
  static constexpr Index kItem = sizeof(T);
  static constexpr std::size_t kLeast = 32 * 1024;  // bytes: smaller ones fit into a message
  static constexpr Index kLeastRun = 4096;          // bytes: one call of the system for each

  static Index run_bytes(const Shape& shape, Index dim) {
    Index bytes = kItem;
    for (Index inner = dim; inner < shape.rank(); ++inner) bytes *= shape[inner];
    return bytes;
  }

  posix::MemoryFile file_;
  Index tasks_, dim_;
  std::optional<Shape> shape_;  // of a piece
  Shape joined_;
};

}  // namespace litorch::detail
