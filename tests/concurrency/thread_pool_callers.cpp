// SPDX-License-Identifier: MIT
// Several threads that use one pool at the same time.
#include "support/catch.hpp"

#include <litorch/parallel/thread_pool.hpp>

#include <atomic>
#include <thread>
#include <vector>

using namespace litorch;

TEST_CASE("callers that come at the same time all get every index called once") {
  const std::size_t threads = GENERATE(1u, 2u, 4u);
  ThreadPool pool(threads);
  std::atomic<std::size_t> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (std::size_t round = 0; round < 1000; ++round) {
        std::vector<std::atomic<int>> calls(1 + round % 50);
        pool.run(calls.size(), [&](std::size_t i) { ++calls[i]; });
        for (const std::atomic<int>& count : calls) wrong += count != 1;
      }
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong == 0);
}

TEST_CASE("a caller that finds the pool busy does its work itself instead of waiting") {
  ThreadPool pool(2);
  std::atomic<int> inside{0};
  std::atomic<bool> release{false};
  std::thread first([&] {
    pool.run(2, [&](std::size_t) {
      ++inside;
      while (!release) std::this_thread::yield();
    });
  });
  while (inside < 2) std::this_thread::yield();
  int calls = 0, strays = 0;
  const std::thread::id self = std::this_thread::get_id();
  pool.run(100, [&](std::size_t) {
    ++calls;
    strays += std::this_thread::get_id() != self;
  });
  CHECK(calls == 100);
  CHECK(strays == 0);
  CHECK_THROWS_AS(pool.run(3, [](std::size_t) { throw 1; }), int);
  release = true;
  first.join();
  CHECK(pool.parallel_runs() == 1);
}

TEST_CASE("exceptions stay with the caller whose call threw") {
  ThreadPool pool(3);
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&, caller] {
      for (int round = 0; round < 1000; ++round) {
        int caught = -1;
        try {
          pool.run(6, [&](std::size_t i) {
            if (caller != 0 && i % 2 == 1) throw caller;
          });
        } catch (int value) {
          caught = value;
        }
        wrong += caught != (caller == 0 ? -1 : caller);
      }
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(wrong == 0);
}
