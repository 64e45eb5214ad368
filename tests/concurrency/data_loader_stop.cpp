// SPDX-License-Identifier: MIT
// A get() that looks at sample_stop_token() ends as soon as nobody waits for its sample. One that is not told hangs here.
#include "support/catch.hpp"
#include "support/meet.hpp"

#include <litorch/litorch.hpp>

#include <thread>

using namespace litorch;

namespace {

/// Sample 17 takes until it is told to stop; `left` counts how often that was.
struct Endless {
  std::atomic<int>* left;
  Index size() const { return 60; }
  int get(Index i) const {
    if (i == 17) {
      const std::stop_token stop = sample_stop_token();
      while (!stop.stop_requested()) std::this_thread::yield();
      ++*left;
    }
    return static_cast<int>(i);
  }
};

}  // namespace

TEST_CASE("a sample that takes too long is told to stop, and the loader goes on through the next epochs") {
  std::atomic<int> left{0};
  DataLoader loader(Endless{&left}, {.batch_size = 6, .num_workers = 2, .timeout = std::chrono::milliseconds(50)});
  for (int epoch = 0; epoch < 3; ++epoch) {
    int delivered = 0, raised = 0;
    for (bool more = true; more;) try {
        const auto* const batch = loader.next();
        more = batch != nullptr;
        delivered += more ? static_cast<int>(batch->numel()) : 0;
      } catch (const SampleError& error) {
        ++raised;
        CHECK(error.sample() == 17);
      }
    CHECK(delivered == 54);
    CHECK(raised == 1);
    while (left <= epoch) std::this_thread::yield();
  }
}

TEST_CASE("a loader that ends tells the samples under way") {
  std::atomic<int> left{0};
  {
    DataLoader loader(Endless{&left}, {.batch_size = 6, .num_workers = 2});
    for (int k = 0; k < 2; ++k) CHECK(loader.next() != nullptr);
  }
  CHECK(left <= 1);  // none where the loader ended before it was begun
  left = 0;
  {
    std::atomic<std::size_t> arrived{0};
    StreamLoader loader(RangeStream(std::vector<int>{1, 2, 3}), {.batch_size = 1, .num_workers = 1}, [&](int number) {
      ++arrived;
      const std::stop_token stop = sample_stop_token();
      while (!stop.stop_requested()) std::this_thread::yield();
      ++left;
      return number;
    });
    while (arrived == 0) std::this_thread::yield();
  }
  CHECK(left == 1);
}

TEST_CASE("outside of the workers of a loader nothing is ever told to stop") {
  CHECK_FALSE(sample_stop_token().stop_possible());
  struct Asking {
    Index size() const { return 8; }
    int get(Index) const { return sample_stop_token().stop_possible() ? 1 : 0; }
  };
  DataLoader inline_loader(Asking(), {.batch_size = 8});
  DataLoader threaded(Asking(), {.batch_size = 8, .num_workers = 2});
  CHECK(equal(*inline_loader.next(), zeros<int>({8})));
  CHECK(equal(*threaded.next(), ones<int>({8})));
}
