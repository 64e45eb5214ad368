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
  Index grain = Index{1} << 19;            ///< bytes, or what costs as much, that are worth a worker
  Index stream_from = stream_threshold();  ///< bytes of output from which on it is stored past the caches
};

/// What a worker has to do beside moving bytes, as the bytes that could be moved meanwhile, out of a cache: to start on
/// another input, to start another run of one, to move an element that is no run. About 6, 1.5 and 0.5 ns.
enum class Cost : Index { input = 256, run = 64, element = 24 };
constexpr Index bytes_for(Index count, Cost cost) {
  return std::min(count, Index{1} << 40) * static_cast<Index>(cost);  // of a count that may belong to strides of zero
}

/// What there is to do beside moving the bytes, and from how many bytes on an output in the caches is shared.
struct Work {
  static constexpr Index kCachedBytes = Index{1} << 20;  // about a second-level cache

  Index extra = 0;  ///< as the bytes that could be moved meanwhile
  Index share_from = kCachedBytes;
};

/// Calls f(first, last) for ranges that cover [0, positions) exactly once, in one parallel region. The ranges hold about
/// equal numbers of output bytes, and meet at cache lines of an output that starts at `start` and has no gaps. A
/// position is `item_size` bytes.
///
/// Bytes that fit into the cache of one processor are moved by the calling thread: it does that at several times the speed
/// of memory, and other threads would first have to get them from there. Extra work is shared from one grain on.
/// Outputs that fit into the caches of all are cut into one range a worker, so that each finds there what it wrote last
/// time; larger ones into more, so that a worker that the system holds up leaves work to the others.
template <Executor E, class F>
void for_each_range(E&& executor, Index positions, Index item_size, Work work, const std::byte* start,
                    const Tuning& tuning, F&& f) {
  const Index bytes = positions * item_size;
  const bool worth = work.extra >= tuning.grain || bytes >= std::min(tuning.stream_from, work.share_from);
  const Index grains = worth ? bytes / tuning.grain + work.extra / tuning.grain : 1;
  const Index workers = grains > 1 ? static_cast<Index>(executor.size()) : 1;
  if (workers < 2) {
    f(Index{0}, positions);
    return;
  }
  const AlignedPartition ranges(positions, static_cast<std::size_t>(item_size),
                                reinterpret_cast<std::uintptr_t>(start) % kCacheLine,
                                std::min(grains, bytes < tuning.stream_from ? workers : 4 * workers));
  executor.run(static_cast<std::size_t>(ranges.parts()), [&](std::size_t part) {
    const IndexRange range = ranges.part(static_cast<Index>(part));
    if (!range.empty()) f(range.begin, range.end);
  });
}

}  // namespace litorch::detail
