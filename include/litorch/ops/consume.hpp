// SPDX-License-Identifier: MIT
// Joins pieces that nobody needs any more: whole pages change their place instead of being copied, and what has to be
// copied is freed on the way, so that the pieces and the result are never all there at once.
#pragma once

#include <litorch/ops/join.hpp>
#include <litorch/ops/tensor_list.hpp>

#include <optional>

namespace litorch::detail {

/// There is at least one byte. Pieces whose memory is that of `slots` lie there beside each other in the order of the
/// output, and nobody else looks at it.
template <class T>
class ConsumingJoin {
  using Output = Tensor<std::remove_const_t<T>>;

 public:
  ConsumingJoin(const ConcatPlan& plan, std::vector<Tensor<T>>& pieces, const Tuning& tuning, const Storage& slots)
      : plan_(plan),
        pieces_(pieces),
        slots_(slots.data()),
        bytes_(plan.numel() * kItem),
        step_(bytes_ / plan.rows / plan.shape[plan.dim]),
        batch_(std::clamp(bytes_ / 32, Index{1} << 20, Index{4} << 20)),
        tuning_{tuning.grain, bytes_ >= tuning.stream_from ? 0 : std::numeric_limits<Index>::max()} {}

  template <Executor E>
  Output run(const char* call, E&& executor) {
    return plan_.rows == 1 ? one_after_another(call, executor) : side_by_side(call, executor);
  }

 private:
  static constexpr Index kItem = sizeof(T);
  static constexpr Index kLeast = Storage::kMappedBytes;  // worth moving
  static std::size_t size(Index bytes) { return static_cast<std::size_t>(bytes); }

  /// The pieces follow one another in the memory of the output.
  template <Executor E>
  Output one_after_another(const char* call, E&& executor) {
    // Pages that are touched for the first time cost more than a copy into warm ones: moving must save half of them.
    const bool move = movable_bytes() >= std::max(bytes_ / 2, kLeast);
    std::optional<JoinedPages> pages;
    Output out;
    if (move)
      data_ = pages.emplace(size(bytes_)).data();
    else
      data_ = erased(out = Output::uninitialized(call, plan_.shape)).data;

    Index offset = 0, filled = 0;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      Tensor<T>& piece = pieces_[i];
      const Index end = offset + plan_.extent_of(piece.shape()) * step_;
      JoinedPages* const own = move ? movable(piece, offset) : nullptr;
      if (own != nullptr || offset - start_ >= batch_) copy_up_to(i, offset, executor);
      if (own != nullptr) {
        pages->push_fresh(size(offset - filled));
        pages->push(*own, JoinedPages::whole(size(end - offset)));
        std::move(piece).discard();
        first_ = i + 1;
        filled = start_ = end;
      }
      offset = end;
    }
    copy_up_to(pieces_.size(), offset, executor);
    pieces_.clear();
    if (!move) return out;
    if (filled < offset) pages->push_fresh(JoinedPages::whole(size(offset - filled)));
    return Output::of(Storage::mapped(std::move(*pages)), plan_.shape);
  }

  /// The pages of a piece that can be moved to `offset` of the output, or null.
  JoinedPages* movable(const Tensor<T>& piece, Index offset) const {
    const Index bytes = piece.numel() * kItem, page = static_cast<Index>(JoinedPages::whole(1));
    if (bytes == 0 || offset % page != 0 || (bytes % page != 0 && offset + bytes != bytes_)) return nullptr;
    if (!piece.is_contiguous() || erased(piece).data != piece.storage().data()) return nullptr;
    return piece.storage().own_pages();
  }
  Index movable_bytes() const {
    Index offset = 0, found = 0;
    for (const Tensor<T>& piece : pieces_) {
      const Index bytes = plan_.extent_of(piece.shape()) * step_;
      if (movable(piece, offset) != nullptr) found += bytes;
      offset += bytes;
    }
    return found;
  }

  /// Copies the pieces from first_ to `last` to where they belong, [start_, offset) of the output, and frees them.
  template <Executor E>
  void copy_up_to(std::size_t last, Index offset, E&& executor) {
    if (start_ < offset && last - first_ == 1) {
      copy_in_parts(executor);
    } else if (start_ < offset) {
      const std::span<const Tensor<T>> batch(&pieces_[first_], last - first_);
      fill(data_ + start_, (offset - start_) / step_, plan_.each, TensorList(batch).views(), executor);
      for (const Tensor<T>& piece : batch) forget(piece, erased(piece), plan_.dim);
    }
    for (; first_ < last; ++first_) std::move(pieces_[first_]).discard();
    start_ = offset;
  }
  /// One piece, perhaps a large one, of which what has been copied goes back to the system at once.
  template <Executor E>
  void copy_in_parts(E&& executor) {
    const ErasedView& piece = erased(pieces_[first_]);
    const Index extent = plan_.extent_of(piece.layout.shape), most = std::max<Index>(1, batch_ / step_);
    for (Index from = 0; from < extent; from += most) {
      const Index count = std::min(most, extent - from);
      const ErasedView part = count == extent ? piece : part_of(piece, plan_.dim, from, count);
      fill(data_ + start_ + from * step_, count, count, {&part, sizeof part, 1}, executor);
      forget(pieces_[first_], part, plan_.dim);
    }
  }
  template <Executor E>
  void fill(std::byte* to, Index extent, Index each, const StridedSpan<const ErasedView>& parts, E&& executor) {
    const ConcatPlan plan(plan_.shape.with(plan_.dim, extent), plan_.dim, plan_.stacked, plan_.dense, each);
    join(executor, {to, row_major(plan.shape)}, plan, parts, sizeof(T), tuning_);
  }

  /// Rows of the output alternate between the pieces: some indices of the outermost dim of all of them at a time.
  template <Executor E>
  Output side_by_side(const char* call, E&& executor) {
    Output out = Output::uninitialized(call, plan_.shape);
    Index dim = 0;
    while (plan_.shape[dim] == 1) ++dim;
    const Index outer = plan_.shape[dim], row = bytes_ / outer, most = std::max<Index>(1, batch_ / row);
    std::vector<ErasedView> parts(pieces_.size());
    for (Index from = 0; from < outer; from += most) {
      const Index count = std::min(most, outer - from);
      for (std::size_t i = 0; i < parts.size(); ++i) parts[i] = part_of(erased(pieces_[i]), dim, from, count);
      const ConcatPlan plan(plan_.shape.with(dim, count), plan_.dim, plan_.stacked, plan_.dense, plan_.each);
      join(executor, {erased(out).data + from * row, row_major(plan.shape)}, plan,
           {parts.data(), sizeof(ErasedView), static_cast<Index>(parts.size())}, sizeof(T), tuning_);
      for (std::size_t i = 0; i < parts.size(); ++i) forget(pieces_[i], parts[i], dim);
    }
    for (Tensor<T>& piece : pieces_) std::move(piece).discard();
    pieces_.clear();
    return out;
  }

  static ErasedView part_of(const ErasedView& piece, Index dim, Index from, Index count) {
    if (ConcatPlan::skips(piece.layout.shape)) return piece;
    const Index offset = from * piece.layout.strides[dim] * kItem;
    return {piece.data + offset, {piece.layout.shape.with(dim, count), piece.layout.strides}};
  }

  /// The memory of a part of a piece, some indices of `dim`, that has been copied; unless other parts lie in it as well.
  void forget(const Tensor<T>& piece, const ErasedView& part, Index dim) const {
    constexpr Index kLeast = 64 * 1024;  // bytes: a call of the system takes longer than a copy of a few pages
    const std::byte* const memory = piece.storage().data();
    if (part.layout.shape.numel() == 0 || part.layout.shape.rank() <= dim) return;
    if (piece.storage().use_count() != 1 && (memory == nullptr || memory != slots_)) return;
    const Bounds reach = bounds("cat", part.layout);
    const Index length = reach.last + 1 - reach.first;
    if (length * kItem >= kLeast && length <= part.layout.shape[dim] * part.layout.strides[dim])
      piece.storage().forget(part.data + reach.first * kItem, size(length * kItem));
  }

  const ConcatPlan& plan_;
  std::vector<Tensor<T>>& pieces_;
  const std::byte* slots_;
  Index bytes_, step_, batch_;  // of the output, of one index of the dim, and of what is copied at a time
  Tuning tuning_;
  std::byte* data_ = nullptr;
  std::size_t first_ = 0;  // the first piece that is neither moved nor copied, and where it begins
  Index start_ = 0;
};

}  // namespace litorch::detail
