// SPDX-License-Identifier: MIT
// A training that goes on with another number of replicas: what is left of the epoch is read by them, once.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

constexpr Index kSamples = 103, kBatch = 4;

struct World {
  std::vector<Index> seen;
  LoaderState state;
};

DataLoader<TensorDataset<Index>> replica(const AnySampler& order, Index rank, Index world, std::size_t workers) {
  return DataLoader(
      TensorDataset<Index>(arange<Index>(0, kSamples)),
      {.batch_size = kBatch, .sampler = DistributedSampler(order, rank, world, Uneven::keep), .num_workers = workers});
}

/// Each replica delivers `batches` batches of the epoch, or all there are.
void deliver(World& so_far, const AnySampler& order, std::uint64_t epoch, Index world, Index batches,
             std::size_t workers) {
  for (Index rank = 0; rank < world; ++rank) {
    auto loader = replica(order, rank, world, workers);
    loader.set_epoch(epoch);
    for (Index k = 0; k < batches; ++k) {
      const Tensor<Index>* const batch = loader.next();
      if (batch == nullptr) break;
      so_far.seen.insert(so_far.seen.end(), batch->data(), batch->data() + batch->numel());
    }
    so_far.state = loader.state();
  }
}

bool all_once(std::vector<Index> seen) {
  std::sort(seen.begin(), seen.end());
  for (Index i = 0; i < kSamples; ++i)
    if (static_cast<Index>(seen.size()) != kSamples || seen[static_cast<std::size_t>(i)] != i) return false;
  return true;
}

}  // namespace

TEST_CASE("what replicas have left of an epoch is read once by more or fewer of them") {
  constexpr std::uint64_t kEpoch = 5;
  const ShuffledSampler order(kSamples, 8);
  for (const auto& [before, after] : {std::pair<Index, Index>{2, 1}, {1, 4}, {3, 2}, {1, 1}})
    for (Index batches = 1; batches < 103 / (kBatch * before); ++batches) {
      World world;
      deliver(world, order, kEpoch, before, batches, 2);
      const RemainingSampler rest(order, kEpoch, world.state.consumed(before));
      CHECK(static_cast<Index>(world.seen.size()) == world.state.consumed(before));
      deliver(world, rest, kEpoch, after, kSamples, 3);
      CHECK(all_once(world.seen));

      World next;  // the epoch after that is whole
      deliver(next, rest, kEpoch + 1, after, kSamples, 1);
      CHECK(all_once(next.seen));
    }
}

TEST_CASE("a run can be interrupted twice, with another number of replicas each time") {
  const ShuffledSampler order(kSamples, 8);
  World world;
  deliver(world, order, 0, 4, 2, 1);
  const RemainingSampler second(order, 0, world.state.consumed(4));
  deliver(world, second, 0, 3, 3, 1);
  const RemainingSampler third(second, 0, world.state.consumed(3));
  deliver(world, third, 0, 2, kSamples, 1);
  CHECK(all_once(world.seen));
}

TEST_CASE("a position among batches of no fixed size or order is no position in the order of samples") {
  LoaderState state;
  CHECK(mentions(message_of<Error>([&] { (void)state.consumed(); }), {"consumed()", "batch sampler"}));
  state.batch_size = 4;
  state.ahead = {3};
  CHECK(mentions(message_of<Error>([&] { (void)state.consumed(); }), {"out of order"}));
  CHECK(mentions(message_of<Error>([] { RemainingSampler(AnySampler(), 0, 1); }), {"RemainingSampler()"}));
  CHECK(mentions(message_of<ShapeError>([] { RemainingSampler(SequentialSampler(3), 0, -1); }), {"-1"}));
  CHECK(RemainingSampler(SequentialSampler(3), 0, 7).size(0) == 0);
}
