// SPDX-License-Identifier: MIT
// Joins pieces that nobody needs any more: whole pages change their place instead of being copied, and what has to be
// copied is freed on the way, so that the pieces and the result are never all there at once.
#pragma once

#include <litorch/ops/join.hpp>
#include <litorch/ops/tensor_list.hpp>

#include <optional>

namespace litorch::detail {

/// Pieces that follow one another in the memory of the output: the dims of `plan` before plan.dim have extent 1, and
/// there is at least one byte.
template <class T>
class ConsumingJoin {
  using Output = Tensor<std::remove_const_t<T>>;

 public:
  ConsumingJoin(const ConcatPlan& plan, std::vector<Tensor<T>>& pieces, const Tuning& tuning)
      : plan_(plan),
        pieces_(pieces),
        bytes_(plan.shape.numel() * kItem),
        step_(bytes_ / plan.shape[plan.dim]),
        tuning_{tuning.grain, bytes_ >= tuning.stream_from ? 0 : std::numeric_limits<Index>::max()} {}

  template <Executor E>
  Output run(const char* call, E&& executor) {
    // Pages that are touched for the first time cost more than a copy into warm ones: moving must save half of them.
    const bool move = movable_bytes() >= std::max(bytes_ / 2, kLeast);
    std::optional<JoinedPages> pages;
    Output out;
    if (move)
      data_ = pages.emplace(size(bytes_)).data();
    else
      data_ = erased(out = Output::uninitialized(call, plan_.shape)).data;

    // At least one piece a thread at a time, and more of those that are small beside the output.
    const std::size_t workers = executor.size();
    const Index batch = std::clamp(bytes_ / 64, Index{1} << 20, Index{16} << 20);
    Index offset = 0, filled = 0;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      Tensor<T>& piece = pieces_[i];
      const Index end = offset + plan_.extent_of(piece.shape()) * step_;
      JoinedPages* const own = move ? movable(piece, offset) : nullptr;
      if (own != nullptr || (i - first_ >= workers && offset - start_ >= batch)) copy_up_to(i, offset, executor);
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

 private:
  static constexpr Index kItem = sizeof(T);
  static constexpr Index kLeast = Storage::kMappedBytes;  // worth moving
  static std::size_t size(Index bytes) { return static_cast<std::size_t>(bytes); }

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
    if (start_ < offset) {
      ConcatPlan part = plan_;
      part.shape = plan_.shape.with(plan_.dim, (offset - start_) / step_);
      const std::span<const Tensor<T>> batch(&pieces_[first_], last - first_);
      join(executor, {data_ + start_, row_major(part.shape)}, part, TensorList(batch).views(), sizeof(T), tuning_);
    }
    for (; first_ < last; ++first_) std::move(pieces_[first_]).discard();
    start_ = offset;
  }

  const ConcatPlan& plan_;
  std::vector<Tensor<T>>& pieces_;
  Index bytes_, step_;  // of the output, and of one index of the dim
  Tuning tuning_;
  std::byte* data_ = nullptr;
  std::size_t first_ = 0;  // the first piece that is neither moved nor copied, and where it begins
  Index start_ = 0;
};

}  // namespace litorch::detail
