// SPDX-License-Identifier: MIT
// A sampler's order dealt out to the replicas of a distributed training.
#pragma once

#include <litorch/data/any_sampler.hpp>

namespace litorch {

/// What becomes of a number of samples that the replicas do not divide.
enum class Uneven {
  pad,   ///< the first samples of the order are read twice, so that all replicas have the same number
  drop,  ///< the last samples of the order are left out this epoch, so that all replicas have the same number
  keep,  ///< the first replicas have one sample more; replicas that wait for each other must know
};

/// Every world-th position of another sampler, from `rank` on: the replicas read disjoint samples (but for those that
/// Uneven::pad repeats), and together all of them (but for those that Uneven::drop leaves out). All replicas must have
/// the same inner sampler, seed included; its epoch is the order's, so nobody need call set_epoch.
class DistributedSampler {
 public:
  /// Throws IndexError for a rank outside of 0 .. world - 1 or a world without replicas, Error without an inner sampler.
  DistributedSampler(AnySampler inner, Index rank, Index world, Uneven uneven = Uneven::pad)
      : inner_(std::move(inner)), rank_(rank), world_(world), uneven_(uneven) {
    if (!inner_) detail::fail<Error>("DistributedSampler(): there is no sampler to deal out; give ShuffledSampler(n)");
    if (world < 1) detail::fail<IndexError>("DistributedSampler(): a world of ", world, " replicas; give 1 or more");
    if (rank < 0 || rank >= world)
      detail::fail<IndexError>("DistributedSampler(): rank ", rank, " is out of range for ", world,
                               " replicas; give 0 to ", world - 1);
  }

  Index size() const { return share_of(inner_.size()); }
  Index size(std::uint64_t epoch) const { return share_of(inner_.size(epoch)); }
  Index index(std::uint64_t epoch, Index position) const {
    LITORCH_ASSERT(position >= 0 && position < size(epoch));
    return inner_.index(epoch, (position * world_ + rank_) % inner_.size(epoch));
  }

 private:
  Index share_of(Index samples) const {
    const Index left = samples % world_;
    const bool one_more = uneven_ == Uneven::pad ? left > 0 : uneven_ == Uneven::keep && rank_ < left;
    return samples / world_ + one_more;
  }

  AnySampler inner_;
  Index rank_, world_;
  Uneven uneven_;
};

}  // namespace litorch
