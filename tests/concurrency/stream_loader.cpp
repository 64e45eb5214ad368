// SPDX-License-Identifier: MIT
// Batches of a stream: in its order whatever the number of workers, each sample once, errors in their place.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

#include <list>
#include <thread>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

/// 0, 1, ... `count` - 1; throws behind them if `broken`. Notices when two threads read at once.
struct Numbers {
  int count;
  bool broken = false;
  std::shared_ptr<std::atomic<int>> readers = std::make_shared<std::atomic<int>>(0);
  int at = 0;

  std::optional<int> next() {
    if (++*readers != 1) std::abort();
    --*readers;
    if (at < count) return at++;
    if (broken) throw std::runtime_error("the line is cut");
    return std::nullopt;
  }
};

template <class Loader>
std::vector<int> values_of(Loader& loader, std::vector<Index>* sizes = nullptr) {
  std::vector<int> all;
  for (const Tensor<int>& batch : loader) {
    all.insert(all.end(), batch.data(), batch.data() + batch.numel());
    if (sizes != nullptr) sizes->push_back(batch.numel());
  }
  return all;
}

std::vector<int> counted(int count) {
  std::vector<int> all;
  for (int i = 0; i < count; ++i) all.push_back(i);
  return all;
}

}  // namespace

TEST_CASE("a stream comes in its order and once, for every number of workers and samples") {
  for (const std::size_t workers : {0u, 1u, 2u, 5u})
    for (int count = 0; count <= 25; ++count) {
      std::vector<Index> sizes;
      StreamLoader loader(Numbers{count}, {.batch_size = 4, .num_workers = workers});
      CHECK(values_of(loader, &sizes) == counted(count));
      CHECK(loader.next() == nullptr);
      CHECK(static_cast<int>(sizes.size()) == (count + 3) / 4);
      StreamLoader full(Numbers{count}, {.batch_size = 4, .num_workers = workers, .drop_last = true});
      CHECK(values_of(full) == counted(count / 4 * 4));
    }
}

TEST_CASE("a function makes samples of what the stream gives, and draws the same for any number of workers") {
  std::vector<std::uint64_t> expected;
  for (const std::size_t workers : {0u, 3u}) {
    const auto drawn = [](int i, SampleRandom& random) {
      if (i % 7 == 0) std::this_thread::yield();
      return std::pair(full<float>({2}, static_cast<float>(i)), random());
    };
    StreamLoader loader(Numbers{50}, {.batch_size = 3, .num_workers = workers, .seed = 9}, drawn);
    std::vector<std::uint64_t> draws;
    for (const auto& [x, draw] : loader) {
      CHECK(x(0, 1) == static_cast<float>(draws.size()));
      draws.insert(draws.end(), draw.data(), draw.data() + draw.numel());
    }
    CHECK(draws.size() == 50);
    if (workers == 0) expected = draws;
    CHECK(draws == expected);
  }
}

TEST_CASE("what a function throws costs its batch, and what the stream throws ends it behind all that came before") {
  for (const std::size_t workers : {0u, 1u, 4u}) {
    const auto fragile = [](int i) { return i == 9 ? throw std::runtime_error("not nine") : i; };
    StreamLoader loader(Numbers{22, true}, {.batch_size = 4, .num_workers = workers}, fragile);
    std::vector<int> all;
    std::vector<std::string> errors;
    for (bool more = true; more;) try {
        const Tensor<int>* const batch = loader.next();
        more = batch != nullptr;
        if (more) all.insert(all.end(), batch->data(), batch->data() + batch->numel());
      } catch (const SampleError& error) {
        errors.push_back(error.what());
      }
    std::vector<int> expected = counted(20);
    expected.erase(expected.begin() + 8, expected.begin() + 12);
    CHECK(all == expected);
    REQUIRE(errors.size() == 2);
    CHECK(mentions(errors[0], {"batch 2", "not nine"}));
    CHECK(mentions(errors[1], {"batch 5", "the line is cut"}));
  }
}

TEST_CASE("a loader of a stream without end can be left at any time, and reads no further than it has room") {
  struct Endless {
    std::shared_ptr<std::atomic<int>> read;
    std::optional<int> next() { return (*read)++; }
  };
  for (int taken = 0; taken < 10; ++taken) {
    const auto read = std::make_shared<std::atomic<int>>(0);
    {
      StreamLoader loader(Endless{read}, {.batch_size = 2, .num_workers = 3});
      for (int k = 0; k < taken; ++k) CHECK(loader.next() != nullptr);
    }
    CHECK(*read <= 2 * (taken + 6));
  }
}

TEST_CASE("a range becomes batches by a function of all samples, and options out of range are refused") {
  StreamLoader loader(RangeStream(std::list<int>{3, 1, 4, 1, 5, 9, 2, 6}), {.batch_size = 3, .num_workers = 2},
                      std::identity(), [](const std::vector<int>& samples) { return samples.front(); });
  std::vector<int> firsts;
  for (const int first : loader) firsts.push_back(first);
  CHECK(firsts == std::vector<int>{3, 1, 2});
  CHECK(mentions(message_of<ShapeError>([] { StreamLoader(Numbers{1}, {.batch_size = 0}); }), {"batch size 0"}));
  CHECK(mentions(message_of<Error>([] { StreamLoader(Numbers{1}, {.prefetch_factor = 0}); }), {"prefetch_factor"}));
}
