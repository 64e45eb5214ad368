// SPDX-License-Identifier: MIT
// The shortest way for the most frequent call: row-major inputs, one after another, into a small row-major output.
#pragma once

#include <litorch/base/strided_span.hpp>
#include <litorch/ops/copy_positions.hpp>

namespace litorch::detail {

/// Fills `out` with `inputs` along dim 0 on the calling thread and returns true; or returns false, having written
/// nothing, where it does not see at once that they fit, lie as the output does, share no byte with it and are not worth
/// a second thread. What to do then, or whom to blame, is for the general way to say. Two passes over the inputs.
inline bool join_in_order(const ErasedView& out, const StridedSpan<const ErasedView>& inputs, std::size_t item_size,
                          const Tuning& tuning) {
  const Index rank = out.layout.shape.rank(), item = static_cast<Index>(item_size);
  if (rank == 0 || !is_contiguous(out.layout)) return false;
  Index step = item;  // bytes for an index of dim 0
  for (Index dim = 1; dim < rank; ++dim) step *= out.layout.shape[dim];
  const Index bytes = out.layout.shape[0] * step;
  if (bytes == 0 || bytes >= std::min(tuning.stream_from, Work::kCachedBytes)) return false;

  const auto start = reinterpret_cast<std::uintptr_t>(out.data);
  Index total = 0;
  for (Index i = 0; i < inputs.size(); ++i) {
    const auto& [shape, strides] = inputs[i].layout;
    bool fits = shape.rank() == rank && (strides[0] == out.layout.strides[0] || shape[0] <= 1);
    for (Index dim = 1; dim < rank; ++dim)
      fits = fits && shape[dim] == out.layout.shape[dim] && strides[dim] == out.layout.strides[dim];
    if (!fits || !add_checked(total, shape[0], total) || total > out.layout.shape[0]) return false;
    const auto first = reinterpret_cast<std::uintptr_t>(inputs[i].data);
    if (first < start + static_cast<std::uintptr_t>(bytes) &&
        start < first + static_cast<std::uintptr_t>(shape[0] * step))
      return false;
  }
  if (total != out.layout.shape[0]) return false;

  constexpr Index kAhead = 8;  // inputs
  std::byte* to = out.data;
  for (Index i = 0; i < inputs.size(); ++i) {
    if (i + 2 * kAhead < inputs.size()) {
      __builtin_prefetch(&inputs[i + 2 * kAhead]);
      __builtin_prefetch(inputs[i + kAhead].data);
    }
    const Index run = inputs[i].layout.shape[0] * step;
    copy_run(to, inputs[i].data, static_cast<std::size_t>(run), false, nullptr);
    to += run;
  }
  return true;
}

}  // namespace litorch::detail
