// SPDX-License-Identifier: MIT
// Samples of all kinds become batches, memory is used again, and statistics add up.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

#include <map>
#include <set>
#include <thread>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

struct Picture {
  Tensor<float> x;
  int y;
  std::string name;
};

template <class Make>
auto dataset(Index count, Make make) {
  std::vector<decltype(make(0))> samples;
  for (Index i = 0; i < count; ++i) samples.push_back(make(static_cast<int>(i)));
  return samples;
}

}  // namespace

TEST_CASE("structures, tuples, pairs and maps of samples become those of batches") {
  const auto row = [](int i) { return full<float>({3}, static_cast<float>(i)); };
  for (const std::size_t workers : {0u, 2u}) {
    const DataLoaderOptions options{.batch_size = 4, .num_workers = workers};
    DataLoader pictures(dataset(6, [&](int i) { return Picture{row(i), i, "n" + std::to_string(i)}; }), options);
    std::vector<std::string> all;
    for (const auto& [x, y, name] : pictures) {
      CHECK(x.shape() == Shape{static_cast<Index>(name.size()), 3});
      CHECK(x(1, 2) == static_cast<float>(y(1)));
      all.insert(all.end(), name.begin(), name.end());
    }
    CHECK(all == std::vector<std::string>{"n0", "n1", "n2", "n3", "n4", "n5"});

    DataLoader pairs(dataset(4, [&](int i) { return std::pair{row(i), i % 2 == 1}; }), options);
    CHECK(pairs.next()->second(3) == true);
    DataLoader maps(dataset(4,
                            [&](int i) {
                              return std::map<std::string, Tensor<float>>{{"a", row(i)}, {"b", row(-i)}};
                            }),
                    options);
    CHECK(maps.next()->at("b")(2, 0) == -2);
  }
}

TEST_CASE("samples of several shapes are an error that says so, and a function of all samples can take them") {
  const auto ragged = dataset(4, [](int i) { return ones<float>({i + 1}); });
  DataLoader refused(ragged, {.batch_size = 4});
  CHECK(mentions(message_of<SampleError>([&] { refused.next(); }), {"shape (2,)", "expected (1,)"}));
  const auto longest = [](std::vector<Tensor<float>> samples) { return pad_sequence(samples); };
  DataLoader padded(ragged, {.batch_size = 4, .num_workers = 2}, longest);
  CHECK(padded.next() != nullptr);
}

TEST_CASE("the memory of a batch is used again when nobody holds it, and not before") {
  for (const std::size_t workers : {0u, 2u}) {
    DataLoader loader(TensorDataset(arange<int>(0, 20'000).reshape({1000, 20})),
                      {.batch_size = 10, .num_workers = workers});
    std::set<const int*> places;
    for (int epoch = 0; epoch < 5; ++epoch)
      for (const auto& batch : loader) places.insert(batch.data());
    CHECK(places.size() <= 3 * std::max<std::size_t>(1, 2 * workers));
  }
}

TEST_CASE("statistics count what was delivered, and tell a slow dataset from a slow consumer") {
  struct Slow {
    Index size() const { return 20; }
    int get(Index i) const {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      return static_cast<int>(i);
    }
  };
  DataLoader bound(Slow(), {.batch_size = 5, .num_workers = 1});
  for ([[maybe_unused]] const auto& batch : bound) {}
  const LoaderStats stats = bound.stats();
  CHECK(stats.batches == 4);
  CHECK(stats.samples == 20);
  CHECK(stats.load >= std::chrono::milliseconds(40));
  CHECK(stats.wait_share() > 0.8);
  CHECK(mentions(stats.hint(), {"bound by loading", "get()"}));
}

TEST_CASE("a loop that is slower than its loader waits for nothing, and its counts are those of what it got") {
  DataLoader loader(TensorDataset(arange<int>(0, 95)), {.batch_size = 10, .num_workers = 2, .drop_last = true});
  Index batches = 0;
  for (int epoch = 0; epoch < 3; ++epoch)
    for ([[maybe_unused]] const auto& batch : loader) {
      ++batches;
      while (loader.stats().ready < 3) std::this_thread::yield();  // 4 are made ahead
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  const LoaderStats stats = loader.stats();
  CHECK(batches == 27);
  CHECK(stats.batches == 27);
  CHECK(stats.samples == 270);
  CHECK(stats.failed == 0);
  CHECK(stats.ready <= 4);
  CHECK(stats.wait_share() < 0.5);  // what the machine does meanwhile counts, too
  CHECK(mentions(stats.hint(), {stats.wait_share() < 0.2 ? "loading is not the limit" : "bound by loading"}));
}

TEST_CASE("a dataset that makes its own batches is asked for them") {
  struct Whole {
    Index size() const { return 10; }
    int get(Index) const { return -1; }
    std::vector<Index> get_batch(std::span<const Index> indices) const { return {indices.begin(), indices.end()}; }
  };
  DataLoader loader(Whole(), {.batch_size = 4, .num_workers = 2});
  std::vector<Index> all;
  for (const auto& batch : loader) all.insert(all.end(), batch.begin(), batch.end());
  CHECK(all == std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("batches of a batch sampler, in the epoch that was set") {
  std::vector<Index> lengths(50);
  for (std::size_t i = 0; i < 50; ++i) lengths[i] = static_cast<Index>(i * 7 % 13);
  const BucketBatchSampler buckets(lengths, {.batch_size = 6, .bucket_count = 3});
  DataLoader loader(TensorDataset(arange<int>(50)), {.batch_sampler = buckets, .num_workers = 2});
  loader.set_epoch(3);
  std::vector<Index> expected;
  Index k = 0;
  int wrong = 0;
  for (const auto& batch : loader) {
    buckets.batch(3, k++, expected);
    for (std::size_t i = 0; i < expected.size(); ++i) wrong += batch(static_cast<Index>(i)) != expected[i];
  }
  CHECK(k == buckets.size(3));
  CHECK(wrong == 0);
}
