// SPDX-License-Identifier: MIT
// Regions that follow one another at any distance, so that workers are found looking for work, going to sleep, asleep
// and waking: each index is called once, and run() returns.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <chrono>
#include <thread>
#include <vector>

namespace lt = litorch;

TEST_CASE("regions at any distance from one another call each index once") {
  using Clock = std::chrono::steady_clock;
  for (const std::size_t threads : {std::size_t{2}, std::size_t{5}}) {
    lt::ThreadPool pool(threads);
    std::vector<int> calls(16);
    std::size_t wrong = 0;
    for (int round = 0; round < 6000; ++round) {
      const std::size_t count = 2 + static_cast<std::size_t>(round) % 15;
      std::fill(calls.begin(), calls.end(), 0);
      pool.run(count, [&](std::size_t i) { ++calls[i]; });
      for (std::size_t i = 0; i < calls.size(); ++i) wrong += calls[i] != (i < count ? 1 : 0);
      // About the 20 microseconds after which a worker goes to sleep.
      const auto end = Clock::now() + std::chrono::nanoseconds(round * 7919 % 60'000);
      while (Clock::now() < end) {}
    }
    CHECK(wrong == 0);
    CHECK(pool.parallel_runs() == 6000);
  }
}

TEST_CASE("a region whose workers take longer than its caller is waited for, awake and asleep") {
  lt::ThreadPool pool(3);
  for (const auto time : {std::chrono::microseconds(5), std::chrono::microseconds(300)}) {
    for (int round = 0; round < 200; ++round) {
      const std::thread::id caller = std::this_thread::get_id();
      std::vector<int> done(3);
      pool.run(3, [&](std::size_t i) {
        if (std::this_thread::get_id() != caller) std::this_thread::sleep_for(time);
        done[i] = 1;
      });
      if (done != std::vector<int>(3, 1)) FAIL("a call was not waited for");
    }
  }
}
