// SPDX-License-Identifier: MIT
// The replicas of a training share out each epoch.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/data/distributed_sampler.hpp>

#include <algorithm>

using namespace litorch;
using support::message_of;

static_assert(Sampler<DistributedSampler>);

namespace {

std::vector<std::vector<Index>> shares(const AnySampler& inner, Index world, Uneven uneven, std::uint64_t epoch) {
  std::vector<std::vector<Index>> shares;
  for (Index rank = 0; rank < world; ++rank) {
    const DistributedSampler sampler(inner, rank, world, uneven);
    std::vector<Index>& share = shares.emplace_back();
    for (Index position = 0; position < sampler.size(); ++position) share.push_back(sampler.index(epoch, position));
  }
  return shares;
}

std::vector<Index> times_seen(const std::vector<std::vector<Index>>& shares, Index samples) {
  std::vector<Index> times(static_cast<std::size_t>(samples));
  for (const auto& share : shares)
    for (const Index index : share) ++times.at(static_cast<std::size_t>(index));
  return times;
}

}  // namespace

TEST_CASE("two replicas of eight samples are disjoint, complete, and in another order each epoch") {
  const ShuffledSampler inner(8, 11);
  std::vector<std::vector<std::vector<Index>>> epochs;
  for (std::uint64_t epoch = 0; epoch < 4; ++epoch) {
    epochs.push_back(shares(inner, 2, Uneven::pad, epoch));
    CHECK(epochs.back()[0].size() == 4);
    CHECK(epochs.back()[1].size() == 4);
    CHECK(times_seen(epochs.back(), 8) == std::vector<Index>(8, 1));
  }
  for (std::size_t epoch = 1; epoch < epochs.size(); ++epoch) CHECK(epochs[epoch] != epochs[epoch - 1]);
}

TEST_CASE("ranks take every world-th position") {
  CHECK(shares(SequentialSampler(6), 3, Uneven::keep, 0) == std::vector<std::vector<Index>>{{0, 3}, {1, 4}, {2, 5}});
}

TEST_CASE("uneven numbers are padded, dropped or kept, for all small numbers of samples and replicas") {
  for (Index samples = 0; samples <= 20; ++samples)
    for (Index world = 1; world <= 25; ++world) {
      CAPTURE(samples, world);
      const ShuffledSampler inner(samples, 3);
      const auto padded = shares(inner, world, Uneven::pad, 1);
      const auto dropped = shares(inner, world, Uneven::drop, 1);
      const auto kept = shares(inner, world, Uneven::keep, 1);
      const std::size_t fewer = static_cast<std::size_t>(samples / world);
      const std::size_t more = static_cast<std::size_t>((samples + world - 1) / world);
      Index wrong = 0, total_dropped = 0;
      for (const auto& share : padded) wrong += share.size() != more;
      for (const auto& share : dropped) wrong += share.size() != fewer;
      for (const auto& share : kept) wrong += share.size() != fewer && share.size() != more;
      for (const Index times : times_seen(kept, samples)) wrong += times != 1;
      for (const Index times : times_seen(padded, samples)) wrong += times < 1 || (samples >= world && times > 2);
      for (const Index times : times_seen(dropped, samples)) {
        wrong += times > 1;
        total_dropped += 1 - times;
      }
      CHECK(wrong == 0);
      CHECK(total_dropped == samples % world);
    }
}

TEST_CASE("a rank that is not in the world is refused") {
  const auto refused = [](Index rank, Index world) {
    return message_of<IndexError>([&] { DistributedSampler(SequentialSampler(8), rank, world); });
  };
  CHECK(refused(2, 2) == "litorch::DistributedSampler(): rank 2 is out of range for 2 replicas; give 0 to 1");
  CHECK(refused(-1, 2) == "litorch::DistributedSampler(): rank -1 is out of range for 2 replicas; give 0 to 1");
  CHECK(refused(0, 0) == "litorch::DistributedSampler(): a world of 0 replicas; give 1 or more");
  CHECK(message_of<Error>([] { DistributedSampler({}, 0, 1); }) ==
        "litorch::DistributedSampler(): there is no sampler to deal out; give ShuffledSampler(n)");
}
