// SPDX-License-Identifier: MIT
// Samples that cannot be had: raised with all that is known of them, skipped or replaced; and nothing else is lost.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

#include <atomic>
#include <condition_variable>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

/// Sample i is i; each tenth throws, the last of them something that is no exception.
struct Fragile {
  Index count = 100;
  Index size() const { return count; }
  int get(Index i) const {
    if (i == count - 10) throw 42;
    if (i % 10 == 0) throw std::runtime_error(detail::to_text("no file for ", i));
    return static_cast<int>(i);
  }
};

template <class Loader>
std::vector<int> values(Loader& loader) {
  std::vector<int> all;
  for (const Tensor<int>& batch : loader) all.insert(all.end(), batch.data(), batch.data() + batch.numel());
  return all;
}

}  // namespace

TEST_CASE(
    "a sample that throws costs its batch, with epoch, batch, sample, worker and what it threw, and all others come") {
  for (const std::size_t workers : {0u, 4u}) {
    DataLoader loader(Fragile(), {.batch_size = 5, .num_workers = workers});
    for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
      int raised = 0, delivered = 0, wrong = 0;
      for (bool more = true; more;) try {
          const Tensor<int>* const batch = loader.next();
          more = batch != nullptr;
          delivered += more ? static_cast<int>(batch->numel()) : 0;
        } catch (const SampleError& error) {
          ++raised;
          wrong += error.epoch() != epoch || error.batch() != error.sample() / 5 || error.sample() % 10 != 0;
          wrong += error.worker() >= std::max<std::size_t>(workers, 1);
          const auto nested = [&] { return message_of<std::runtime_error>([&] { std::rethrow_if_nested(error); }); };
          if (error.sample() != 90) wrong += nested() != detail::to_text("no file for ", error.sample());
          wrong += !mentions(error.what(), {detail::to_text("sample ", error.sample(), " failed (epoch ", epoch)});
        }
      CHECK(raised == 10);
      CHECK(delivered == 50);
      CHECK(wrong == 0);
    }
    CHECK(loader.failures().size() == 30);
    CHECK(loader.stats().failed == 30);
  }
}

TEST_CASE("samples that fail are skipped, and batches of none are left out") {
  for (const std::size_t workers : {0u, 3u}) {
    DataLoader loader(Fragile{1000}, {.batch_size = 7, .num_workers = workers, .on_error = OnError::skip});
    std::vector<int> expected;
    for (int i = 0; i < 1000; ++i)
      if (i % 10 != 0) expected.push_back(i);
    CHECK(values(loader) == expected);
    CHECK(loader.failures().size() == 100);
    DataLoader ones(Fragile{100}, {.batch_size = 1, .num_workers = workers, .on_error = OnError::skip});
    CHECK(values(ones).size() == 90);
    CHECK(ones.stats().batches == 90);
  }
}

TEST_CASE("samples that fail are replaced by others, the same ones in each run") {
  std::vector<int> first;
  for (const std::size_t workers : {0u, 3u}) {
    DataLoader loader(Fragile(), {.batch_size = 5, .num_workers = workers, .seed = 5, .on_error = OnError::replace});
    const std::vector<int> all = values(loader);
    CHECK(all.size() == 100);
    CHECK(all[11] == 11);
    CHECK(all[10] % 10 != 0);
    if (workers == 0) first = all;
    CHECK(all == first);
  }
}

TEST_CASE("a sample that takes too long is an error that names it, and the loader goes on without its worker") {
  struct Gate {
    std::mutex mutex;
    std::condition_variable opened;
    bool open = false;
  } gate;
  struct Stuck {
    Gate* gate;
    Index size() const { return 60; }
    int get(Index i) const {
      if (i == 17) {
        std::unique_lock lock(gate->mutex);
        gate->opened.wait(lock, [this] { return gate->open; });
      }
      return static_cast<int>(i);
    }
  };
  {
    DataLoader loader(Stuck{&gate}, {.batch_size = 6, .num_workers = 2, .timeout = std::chrono::milliseconds(60)});
    int delivered = 0;
    std::string text;
    for (bool more = true; more;) try {
        const auto* const batch = loader.next();
        more = batch != nullptr;
        delivered += more ? static_cast<int>(batch->numel()) : 0;
      } catch (const SampleError& error) {
        text = error.what();
        CHECK(error.sample() == 17);
        CHECK_THROWS_AS(std::rethrow_if_nested(error), Timeout);
      }
    CHECK(mentions(text, {"sample 17", "batch 2", "get(17)", "60 ms"}));
    CHECK(delivered == 54);
    const std::lock_guard lock(gate.mutex);
    gate.open = true;
    gate.opened.notify_all();
  }
}

TEST_CASE("what a sampler or a collate function throws costs its batch, and a loader that is moved goes on") {
  struct Broken {
    Index size(std::uint64_t) const { return 6; }
    void batch(std::uint64_t, Index k, std::vector<Index>& indices) const {
      if (k == 2) throw std::runtime_error("no batch two");
      indices = {5 * k + 1, 5 * k + 2};
    }
  };
  const auto collate = [](const std::vector<int>& samples) {
    return samples[0] == 21 ? throw std::runtime_error("not these") : samples[0];
  };
  for (const std::size_t workers : {0u, 3u}) {
    DataLoader first(Fragile(), {.batch_sampler = Broken(), .num_workers = workers}, collate);
    CHECK(*first.next() == 1);
    DataLoader loader = std::move(first);
    std::vector<int> found;
    std::string texts;
    for (bool more = true; more;) try {
        const int* const batch = loader.next();
        more = batch != nullptr;
        if (more) found.push_back(*batch);
      } catch (const SampleError& error) {
        CHECK(error.sample() == -1);
        texts += error.what();
      }
    CHECK(found == std::vector<int>{6, 16, 26});
    CHECK(mentions(texts, {"the batch failed (epoch 0, batch 2", "no batch two", "batch 4", "not these"}));
  }
}

TEST_CASE("a loader that ends while samples are under way waits for them") {
  struct Slow {
    std::atomic<int>* inside;
    Index size() const { return 20; }
    int get(Index i) const {
      ++*inside;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      --*inside;
      return static_cast<int>(i);
    }
  };
  std::atomic<int> inside{0};
  {
    DataLoader loader(Slow{&inside}, {.batch_size = 2, .num_workers = 3});
    loader.next();
  }
  CHECK(inside == 0);
}
