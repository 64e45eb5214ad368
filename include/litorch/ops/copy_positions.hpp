// SPDX-License-Identifier: MIT
// Copies a range of positions of one layout into another, and splits positions between workers: the two things that
// copy_, clone, cat and block share.
#pragma once

#include <litorch/ops/copy_kernels.hpp>
#include <litorch/parallel/executor.hpp>
#include <litorch/parallel/index_range.hpp>
#include <litorch/parallel/thread_pool.hpp>
#include <litorch/shape/runs.hpp>
#include <litorch/tensor/view_operations.hpp>

namespace litorch::detail {

/// How to copy one layout into another of the same shape. Positions count elements in the order of `order`.
class CopyNest {
 public:
  /// Elements of a size that no kernel has become an innermost loop over their bytes.
  CopyNest(const Layout& dst, const Layout& src, const Dims& order, std::size_t item_size)
      : nest_(loop_nest(dst.shape, dst.strides, src.strides, order)) {
    if (!std::has_single_bit(item_size) || item_size > 16) {
      scale_ = static_cast<Index>(item_size);
      for (std::size_t loop = 0; loop < nest_.depth; ++loop) nest_.a[loop] *= scale_, nest_.b[loop] *= scale_;
      nest_.push_inner(scale_, 1, 1);
    } else {
      unit_ = static_cast<Index>(item_size);
    }
    kernel_ = block_kernel(static_cast<std::size_t>(unit_));
    const std::size_t inner = nest_.depth - 1;
    strides_ = {nest_.a[inner - 1], nest_.a[inner], nest_.b[inner - 1], nest_.b[inner]};
  }

  /// Copies positions [first, last); `dst` and `src` are the first elements of the layouts. `stream`: past the caches,
  /// which needs a stream_fence(). Thread-safe for disjoint positions.
  void operator()(std::byte* dst, const std::byte* src, Index first, Index last, bool stream) const {
    visit_blocks(nest_, first * scale_, last * scale_, [&](Index dst_at, Index src_at, Index rows, Index columns) {
      kernel_(dst + dst_at * unit_, src + src_at * unit_, rows, columns, strides_, stream);
    });
  }

  /// Positions that lie in one run on both sides.
  Index run_size() const {
    const std::size_t inner = nest_.depth - 1;
    const bool run = nest_.a[inner] == 1 && nest_.b[inner] == 1;
    return run ? std::max<Index>(1, nest_.inner_extent() / scale_) : 1;
  }

 private:
  LoopNest nest_;
  BlockStrides strides_;
  CopyBlock kernel_;
  Index unit_ = 1;
  Index scale_ = 1;
};

/// The sizes that decide how bytes are moved; the tests set them low.
struct Tuning {
  Index grain = 256 * 1024;                ///< bytes worth a worker: below it, waking one costs more than it saves
  Index stream_from = stream_threshold();  ///< bytes of output from which on it is stored past the caches
};
/// What starting a run costs, as the bytes that could be copied meanwhile.
inline constexpr Index kRunBytes = 64;

/// Calls f(first, last) for ranges that cover [0, positions) exactly once, in one parallel region. The ranges hold about
/// equal numbers of output bytes, at least `grain` where a position costs `item_size` bytes and `runs` runs are
/// among them, and meet at cache lines of an output that starts at `start` and has no gaps.
template <Executor E, class F>
void for_each_range(E&& executor, Index positions, Index item_size, Index runs, const std::byte* start, Index grain,
                    F&& f) {
  constexpr Index kRangesPerWorker = 4;  // a worker that the system holds up leaves work to the others
  const Index worth = (positions * item_size + runs * kRunBytes) / grain;
  const Index workers = worth < 2 ? 1 : static_cast<Index>(executor.size());
  if (workers < 2) {
    f(Index{0}, positions);
    return;
  }
  const AlignedPartition ranges(positions, static_cast<std::size_t>(item_size),
                                reinterpret_cast<std::uintptr_t>(start) % kCacheLine,
                                std::min(worth, workers * kRangesPerWorker));
  executor.run(static_cast<std::size_t>(ranges.parts()), [&](std::size_t part) {
    const IndexRange range = ranges.part(static_cast<Index>(part));
    if (!range.empty()) f(range.begin, range.end);
  });
}

}  // namespace litorch::detail
