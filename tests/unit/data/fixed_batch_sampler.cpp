// SPDX-License-Identifier: MIT
// Batches of neighbours in a sampler's order.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/data/batch_sampler.hpp>

using namespace litorch;
using support::message_of;

namespace {

std::vector<std::vector<Index>> all_batches(const AnyBatchSampler& sampler, std::uint64_t epoch = 0) {
  std::vector<std::vector<Index>> all(static_cast<std::size_t>(sampler.size(epoch)));
  for (std::size_t k = 0; k < all.size(); ++k) sampler.batch(epoch, static_cast<Index>(k), all[k]);
  return all;
}

/// As a user writes one: in epoch e, e + 1 batches of one sample.
struct Growing {
  int size(std::uint64_t epoch) const { return static_cast<int>(epoch) + 1; }
  void batch(std::uint64_t, Index k, std::vector<Index>& indices) const { indices.assign(1, k); }
};

}  // namespace

static_assert(BatchSampler<FixedBatchSampler> && BatchSampler<Growing> && BatchSampler<AnyBatchSampler>);
static_assert(!BatchSampler<SequentialSampler> && !std::is_convertible_v<SequentialSampler, AnyBatchSampler>);

TEST_CASE("the last batch is shorter, or left out with drop_last") {
  const std::vector<std::vector<Index>> full{{0, 1, 2}, {3, 4, 5}};
  CHECK(all_batches(FixedBatchSampler(SequentialSampler(6), 3)) == full);
  CHECK(all_batches(FixedBatchSampler(SequentialSampler(8), 3, true)) == full);
  CHECK(all_batches(FixedBatchSampler(SequentialSampler(7), 3)) ==
        std::vector<std::vector<Index>>{{0, 1, 2}, {3, 4, 5}, {6}});
  CHECK(all_batches(FixedBatchSampler(SequentialSampler(2), 3)) == std::vector<std::vector<Index>>{{0, 1}});
  CHECK(all_batches(FixedBatchSampler(SequentialSampler(2), 3, true)).empty());
  CHECK(all_batches(FixedBatchSampler(SequentialSampler(0), 3)).empty());
}

TEST_CASE("batches follow the sampler's order of the epoch") {
  const ShuffledSampler sampler(100, 4);
  for (const std::uint64_t epoch : {0u, 1u}) {
    Index position = 0, wrong = 0;
    for (const auto& batch : all_batches(FixedBatchSampler(sampler, 7), epoch))
      for (const Index index : batch) wrong += index != sampler.index(epoch, position++);
    CHECK(position == 100);
    CHECK(wrong == 0);
  }
}

TEST_CASE("a batch replaces what was in the vector, where it was") {
  const FixedBatchSampler sampler(SequentialSampler(10), 4);
  std::vector<Index> indices{9, 9, 9, 9, 9};
  const Index* const memory = indices.data();
  sampler.batch(0, 0, indices);
  CHECK(indices == std::vector<Index>{0, 1, 2, 3});
  sampler.batch(0, 2, indices);
  CHECK(indices == std::vector<Index>{8, 9});
  CHECK(indices.data() == memory);
}

TEST_CASE("AnyBatchSampler holds none or any batch sampler") {
  AnyBatchSampler sampler;
  CHECK_FALSE(sampler);
  sampler = Growing();
  CHECK(sampler);
  CHECK(all_batches(sampler, 2) == std::vector<std::vector<Index>>{{0}, {1}, {2}});
}

TEST_CASE("a batch size below 1 and a missing sampler are refused") {
  CHECK(message_of<ShapeError>([] { FixedBatchSampler(SequentialSampler(4), 0); }) ==
        "litorch::FixedBatchSampler(): batch size 0; give 1 or more");
  CHECK(message_of<Error>([] { FixedBatchSampler({}, 2); }) ==
        "litorch::FixedBatchSampler(): there is no sampler; give SequentialSampler(n)");
}
