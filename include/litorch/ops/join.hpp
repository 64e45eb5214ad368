// SPDX-License-Identifier: MIT
// The engine of concatenation: fills ranges of an output from the inputs that lie in them.
#pragma once

#include <litorch/ops/copy.hpp>
#include <litorch/ops/dense_join.hpp>

namespace litorch::detail {

/// Calls part(i, start, positions) for each input i that has some of the positions of the output in `range`, where
/// `start` is its place along the dim.
template <class Part>
void visit_parts(const ConcatPlan& plan, const JoinedDim& joined, const StridedSpan<const ErasedView>& inputs,
                 Positions range, Part&& part) {
  Index start = 0;
  for (Index i = 0; i < inputs.size(); ++i) {
    const Index extent = plan.extent_of(inputs[i].layout.shape);
    const Positions positions = joined.of_piece(range, start, extent);
    if (positions.first < positions.last) part(i, start, positions);
    start += extent;
    if (joined.rows() == 1 && start * joined.inner_size() >= range.last) return;
  }
}

/// Calls fill(range) for ranges of positions that together are all of the output, in one parallel region.
template <Executor E, class Fill>
void fill_in_parts(E&& executor, const ConcatPlan& plan, const JoinedDim& joined, Index inputs, Index item, Index extra,
                   const std::byte* out, const Tuning& tuning, Fill&& fill) {
  // Where many short rows alternate between the inputs, the output is filled a part at a time that stays in the cache.
  // Otherwise as far down each input as the range goes: going back to one costs its translations of addresses.
  constexpr Index kPartBytes = 128 * 1024, kManyRows = 64;
  const Index row = joined.row_size();
  const bool alternate = joined.rows() > 1 && row * item / inputs < kShortRun;
  const Index part = alternate ? std::max(row, kPartBytes / item) : plan.numel();
  const Index unit = joined.rows() >= kManyRows ? row : 1;  // is not split between workers
  for_each_range(executor, plan.numel() / unit, unit * item, {extra}, out, tuning, [&](Index first, Index last) {
    const Index end = last * unit;
    for (Index at = first * unit; at < end; at += part) fill(Positions{at, std::min(end, at + part)});
  });
}

/// Fills `out`, which has been checked, in one parallel region.
template <Executor E>
void join(E&& executor, const ErasedView& out, const ConcatPlan& plan, const StridedSpan<const ErasedView>& inputs,
          std::size_t item_size, const Tuning& tuning) {
  const Index item = static_cast<Index>(item_size);
  if (plan.numel() == 0) return;
  if (plan.dense && is_contiguous(out.layout)) {
    DenseJoin(out.data, plan, inputs, item, tuning).run(executor);
    return;
  }
  const Dims order = memory_order(out.layout);
  const JoinedDim joined(plan.shape, plan.dim, order);
  const bool stream = plan.numel() * item >= tuning.stream_from;
  const Index stride = out.layout.strides[plan.dim] * item;
  fill_in_parts(executor, plan, joined, inputs.size(), item, bytes_for(plan.numel(), Cost::element), out.data, tuning,
                [&](Positions range) {
                  visit_parts(plan, joined, inputs, range, [&](Index i, Index start, Positions part) {
                    const Layout piece = plan.piece(inputs[i].layout);
                    const CopyNest copy({piece.shape, out.layout.strides}, piece, order, item_size);
                    copy(out.data + start * stride, inputs[i].data, part.first, part.last, stream);
                  });
                  if (stream) stream_fence();
                });
}

}  // namespace litorch::detail
