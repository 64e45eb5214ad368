// SPDX-License-Identifier: MIT
// What a run that ended in the midst of an epoch has left of it, for a run of any number of replicas.
#pragma once

#include <litorch/data/any_sampler.hpp>

#include <algorithm>

namespace litorch {

/// The order of another sampler without its first `consumed` positions in `epoch`, and whole in all other epochs. Dealt
/// out by a DistributedSampler, it lets a training go on with more or fewer replicas:
///
///     const LoaderState state = loader.state();   // of any of the 2 replicas, which have delivered the same batches
///     RemainingSampler rest(ShuffledSampler(n, seed), state.epoch, state.consumed(2));
///     DataLoader more(dataset, {.batch_size = 32, .sampler = DistributedSampler(rest, rank, 3), ...});
///     more.set_epoch(state.epoch);
class RemainingSampler {
 public:
  /// More than there are leave none. Throws Error without an inner sampler, ShapeError where `consumed` is negative.
  RemainingSampler(AnySampler inner, std::uint64_t epoch, Index consumed)
      : inner_(std::move(inner)), epoch_(epoch), consumed_(detail::checked_size("RemainingSampler", consumed)) {
    if (!inner_) detail::fail<Error>("RemainingSampler(): there is no sampler; give the one of the run that ended");
  }

  Index size() const { return inner_.size(); }
  Index size(std::uint64_t epoch) const {
    const Index all = inner_.size(epoch);
    return epoch == epoch_ ? std::max<Index>(0, all - consumed_) : all;
  }
  Index index(std::uint64_t epoch, Index position) const {
    LITORCH_ASSERT(position >= 0 && position < size(epoch));
    return inner_.index(epoch, epoch == epoch_ ? position + consumed_ : position);
  }

 private:
  AnySampler inner_;
  std::uint64_t epoch_;
  Index consumed_;
};

}  // namespace litorch
