// SPDX-License-Identifier: MIT
// The engine of concatenation: fills ranges of an output from the inputs that lie in them.
#pragma once

#include <litorch/ops/concat_plan.hpp>
#include <litorch/ops/copy.hpp>

namespace litorch::detail {

/// Row-major inputs into a row-major output: each row of the output is one run from each input.
class DenseJoin {
 public:
  DenseJoin(std::byte* out, const ConcatPlan& plan, StridedSpan<const ErasedView> inputs, Index item_size,
            const Tuning& tuning)
      : out_(out), plan_(plan), inputs_(inputs), inner_(item_size) {
    for (Index dim = 0; dim < plan.dim; ++dim) rows_ *= plan.shape[dim];
    for (Index dim = plan.dim + 1; dim < plan.shape.rank(); ++dim) inner_ *= plan.shape[dim];
    row_ = plan.shape[plan.dim] * inner_;
    stream_ = rows_ * row_ >= tuning.stream_from;
    grain_ = tuning.grain;
  }

  template <Executor E>
  void run(E&& executor) const {
    const Index runs = rows_ * inputs_.size();
    if (rows_ > 1 && row_ <= kChunkBytes)
      for_each_range(executor, rows_, row_, runs, out_, grain_,
                     [this](Index first, Index last) { join_rows(first, last); });
    else
      for_each_range(executor, rows_ * row_, 1, runs, out_, grain_,
                     [this](Index first, Index last) { join_bytes(first, last); });
  }

 private:
  static constexpr Index kChunkBytes = 16 * 1024;  // of output, assembled in the first-level cache
  static constexpr Index kShortRun = 512;          // shorter ones are gathered before they are streamed

  /// Bytes that input i brings to a row.
  Index width_of(Index i) const { return plan_.extent_of(inputs_[i].layout.shape) * inner_; }

  /// Bytes [first, last) of the output, which may begin and end inside a row or a run.
  void join_bytes(Index first, Index last) const {
    for (Index row = first / row_; row * row_ < last; ++row) {
      const Index from = std::max<Index>(0, first - row * row_), to = std::min(row_, last - row * row_);
      Index i = plan_.each > 0 ? from / (plan_.each * inner_) : 0;
      Index start = plan_.each > 0 ? i * plan_.each * inner_ : 0;
      for (; start < to; ++i) {
        const Index width = width_of(i), begin = std::max(start, from), end = std::min(start + width, to);
        if (i + kAhead < inputs_.size()) prefetch(inputs_[i + kAhead]);
        if (begin < end)
          copy_run(out_ + row * row_ + begin, inputs_[i].data + row * width + (begin - start),
                   static_cast<std::size_t>(end - begin), stream_);
        start += width;
      }
    }
    if (stream_) stream_fence();
  }

  /// Whole rows, a few at a time.
  void join_rows(Index first, Index last) const {
    alignas(kCacheLine) std::byte buffer[kChunkBytes];
    const bool gather = stream_ && row_ / inputs_.size() < kShortRun;
    const Index step = std::max<Index>(1, kChunkBytes / row_);
    for (Index row = first; row < last; row += step) {
      const Index count = std::min(step, last - row);
      std::byte* const to = out_ + row * row_;
      if (gather) {
        fill_rows(buffer, row, count, false);
        stream_run(to, buffer, static_cast<std::size_t>(count * row_));
      } else {
        fill_rows(to, row, count, stream_);
      }
    }
    if (stream_) stream_fence();
  }

  /// `count` rows from `row` on, to `to`.
  void fill_rows(std::byte* to, Index row, Index count, bool stream) const {
    const auto column = [&](Index i) { return inputs_[i].data + row * plan_.each * inner_; };
    switch (plan_.each * inner_) {
      case 1: return transpose_rows<1>(to, row_, column, count, inputs_.size());
      case 2: return transpose_rows<2>(to, row_, column, count, inputs_.size());
      case 4: return transpose_rows<4>(to, row_, column, count, inputs_.size());
      case 8: return transpose_rows<8>(to, row_, column, count, inputs_.size());
      default: break;
    }
    for (Index i = 0; i < inputs_.size(); ++i) {
      const Index width = width_of(i);
      copy_runs(to, row_, inputs_[i].data + row * width, width, static_cast<std::size_t>(width), count, stream);
      to += width;
    }
  }

  static constexpr Index kAhead = 8;
  static void prefetch(const ErasedView& input) {
    __builtin_prefetch(&input);
    __builtin_prefetch(input.data);
  }

  std::byte* out_;
  const ConcatPlan& plan_;
  StridedSpan<const ErasedView> inputs_;
  Index rows_ = 1, inner_, row_ = 0;
  Index grain_ = 0;
  bool stream_ = false;
};

/// Any layouts: copies the part of each input that lies in positions [first, last) of the output.
inline void join_positions(const ErasedView& out, const ConcatPlan& plan, const JoinedDim& joined, const Dims& order,
                           StridedSpan<const ErasedView> inputs, std::size_t item_size, Positions range, bool stream) {
  const Index stride = out.layout.strides[plan.dim] * static_cast<Index>(item_size);
  Index start = 0;
  for (Index i = 0; i < inputs.size(); ++i) {
    const ErasedView& input = inputs[i];
    const Index extent = plan.extent_of(input.layout.shape);
    const Positions part = joined.of_piece(range, start, extent);
    if (part.first < part.last) {
      const Layout piece = plan.piece(input.layout);
      const CopyNest copy({piece.shape, out.layout.strides}, piece, order, item_size);
      copy(out.data + start * stride, input.data, part.first, part.last, stream);
    }
    start += extent;
    if (joined.rows() == 1 && start * joined.inner_size() >= range.last) return;
  }
}

/// Fills `out`, which has been checked, in one parallel region.
template <Executor E>
void join(E&& executor, const ErasedView& out, const ConcatPlan& plan, StridedSpan<const ErasedView> inputs,
          std::size_t item_size, const Tuning& tuning) {
  const Index item = static_cast<Index>(item_size);
  if (plan.shape.numel() == 0) return;
  if (plan.dense && is_contiguous(out.layout)) {
    DenseJoin(out.data, plan, inputs, item, tuning).run(executor);
    return;
  }
  const Dims order = memory_order(out.layout);
  const JoinedDim joined(plan.shape, plan.dim, order);
  const bool stream = plan.shape.numel() * item >= tuning.stream_from;
  // Where many short rows alternate between the inputs, the output is filled a part at a time that stays in the cache.
  constexpr Index kPartBytes = 128 * 1024;
  const Index part = std::max<Index>(joined.row_size(), kPartBytes / item);
  for_each_range(
      executor, plan.shape.numel(), item, plan.shape.numel(), out.data, tuning.grain, [&](Index first, Index last) {
        const Index step = joined.rows() == 1 ? last - first : part;
        for (Index at = first; at < last; at += step)
          join_positions(out, plan, joined, order, inputs, item_size, {at, std::min(last, at + step)}, stream);
        if (stream) stream_fence();
      });
}

}  // namespace litorch::detail
