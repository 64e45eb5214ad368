// SPDX-License-Identifier: MIT
// Batches of samples of similar length.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/random_tensors.hpp"

#include <litorch/data/bucket_batch_sampler.hpp>

#include <list>
#include <set>

using namespace litorch;
using support::message_of;

static_assert(BatchSampler<BucketBatchSampler>);

namespace {

using Batches = std::vector<std::vector<Index>>;

Batches batches(const BucketBatchSampler& sampler, std::uint64_t epoch) {
  Batches all(static_cast<std::size_t>(sampler.size(epoch)));
  for (std::size_t k = 0; k < all.size(); ++k) sampler.batch(epoch, static_cast<Index>(k), all[k]);
  return all;
}

std::vector<Index> random_lengths(std::uint64_t seed, Index samples) {
  support::Random random(seed);
  std::vector<Index> lengths;
  for (Index i = 0; i < samples; ++i) lengths.push_back(random(0, 300));
  return lengths;
}

}  // namespace

TEST_CASE("every sample comes exactly once an epoch, in batches of the size or of what a bucket has left") {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    support::Random random(seed);
    const Index samples = random(0, 300), batch_size = random(1, 20), buckets = random(1, 12);
    const BucketBatchSampler sampler(random_lengths(seed, samples),
                                     {.batch_size = batch_size, .bucket_count = buckets, .seed = seed});
    std::vector<Index> times(static_cast<std::size_t>(samples));
    Index shorter = 0, wrong = 0;
    for (const auto& batch : batches(sampler, seed)) {
      const Index size = static_cast<Index>(batch.size());
      wrong += size < 1 || size > batch_size;
      shorter += size < batch_size;
      for (const Index index : batch) ++times.at(static_cast<std::size_t>(index));
    }
    for (const Index seen : times) wrong += seen != 1;
    CAPTURE(seed, samples, batch_size, buckets);
    CHECK(wrong == 0);
    CHECK(shorter <= buckets);
  }
}

TEST_CASE("with drop_last all batches have the size, none has a sample twice, and little is left out") {
  const BucketBatchSampler sampler(random_lengths(1, 1000), {.batch_size = 16, .bucket_count = 7, .drop_last = true});
  std::set<Index> seen;
  for (const auto& batch : batches(sampler, 0)) {
    CHECK(batch.size() == 16);
    seen.insert(batch.begin(), batch.end());
  }
  CHECK(static_cast<Index>(seen.size()) == 16 * sampler.size(0));
  CHECK(static_cast<Index>(seen.size()) > 1000 - 7 * 16);
}

TEST_CASE("no batch mixes lengths from both sides of a bound") {
  const std::vector<Index> lengths = random_lengths(2, 500);
  const BucketBatchSampler sampler(lengths, {.batch_size = 8, .bounds = {50, 100, 250}});
  const auto bucket = [&](Index sample) {
    const Index length = lengths[static_cast<std::size_t>(sample)];
    return (length >= 50) + (length >= 100) + (length >= 250);
  };
  Index wrong = 0;
  for (const auto& batch : batches(sampler, 3))
    for (const Index index : batch) wrong += bucket(index) != bucket(batch.front());
  CHECK(wrong == 0);
}

TEST_CASE("buckets without samples have no batches") {
  const std::vector<Index> lengths{5, 5, 90};
  CHECK(BucketBatchSampler(lengths, {.batch_size = 2, .bounds = {1, 2, 10, 20, 95}}).size(0) == 2);
  CHECK(BucketBatchSampler(std::vector<Index>{}, {.batch_size = 2}).size(0) == 0);
  CHECK(BucketBatchSampler(lengths, {.batch_size = 1, .bucket_count = 1000}).size(0) == 3);
}

TEST_CASE("buckets pad less than batches of any lengths") {
  const std::vector<Index> lengths = random_lengths(3, 2000);
  const auto padding = [&](const AnyBatchSampler& sampler) {
    Index wasted = 0;
    std::vector<Index> batch;
    for (Index k = 0; k < sampler.size(0); ++k) {
      sampler.batch(0, k, batch);
      Index longest = 0;
      for (const Index index : batch) longest = std::max(longest, lengths[static_cast<std::size_t>(index)]);
      for (const Index index : batch) wasted += longest - lengths[static_cast<std::size_t>(index)];
    }
    return wasted;
  };
  CHECK(10 * padding(BucketBatchSampler(lengths, {.batch_size = 20, .bucket_count = 20})) <
        2 * padding(FixedBatchSampler(ShuffledSampler(2000), 20)));
}

TEST_CASE("samples change their batches and batches their order by epoch and seed, and by nothing else") {
  const std::vector<Index> lengths = random_lengths(4, 400);
  const auto make = [&](std::uint64_t seed) {
    return BucketBatchSampler(lengths, {.batch_size = 10, .bucket_count = 4, .seed = seed});
  };
  const Batches first = batches(make(1), 0);
  CHECK(first == batches(make(1), 0));
  CHECK(first != batches(make(1), 1));
  CHECK(first != batches(make(2), 0));
  const auto contents = [](const Batches& all) {
    std::set<std::set<Index>> sets;
    for (const auto& batch : all) sets.emplace(batch.begin(), batch.end());
    return sets;
  };
  CHECK(contents(first) != contents(batches(make(1), 1)));
  const std::list<short> list(lengths.begin(), lengths.end());
  CHECK(first == batches(BucketBatchSampler(list, {.batch_size = 10, .bucket_count = 4, .seed = 1}), 0));
}

TEST_CASE("batches are those of an independent program in Python") {
  const BucketBatchSampler sampler(std::vector<int>{0, 7, 4, 1, 8, 5, 2, 9, 6, 3},
                                   {.batch_size = 2, .bucket_count = 2, .seed = 3});
  CHECK(batches(sampler, 0) == Batches{{8, 1}, {5, 7}, {4}, {6, 2}, {3, 9}, {0}});
  CHECK(batches(sampler, 5) == Batches{{7}, {4, 8}, {5, 1}, {6}, {0, 2}, {9, 3}});
}

TEST_CASE("options that make no buckets are refused") {
  const auto refused = [](const BucketOptions& options) {
    return message_of<Error>([&] { BucketBatchSampler(std::vector<Index>{1, 2}, options); });
  };
  CHECK(refused({.batch_size = 0}) == "litorch::BucketBatchSampler(): batch size 0; give 1 or more");
  CHECK(refused({.bucket_count = 0}) == "litorch::BucketBatchSampler(): 0 buckets; give 1 or more");
  CHECK(refused({.bounds = {10, 20, 20}}) ==
        "litorch::BucketBatchSampler(): bound 2 is 20, not over 20 before it; sort the bounds");
}
