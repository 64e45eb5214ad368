// SPDX-License-Identifier: MIT
// Calls that throw: the first exception comes back once everybody has stopped, the others are counted.
#include "support/catch.hpp"
#include "support/meet.hpp"

#include <litorch/parallel/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace litorch;
using support::meet;

TEST_CASE("an exception comes back with its type and text, and the pool lives on") {
  const std::size_t threads = GENERATE(1u, 2u, 3u, 4u, 8u);
  ThreadPool pool(threads);
  for (std::size_t bad = 0; bad < 40; ++bad) {
    const auto throws_at_bad = [&](std::size_t i) {
      if (i == bad) throw std::out_of_range("index " + std::to_string(i));
    };
    CHECK_THROWS_WITH(pool.run(40, throws_at_bad), "index " + std::to_string(bad));
    CHECK_THROWS_AS(pool.run(40, throws_at_bad), std::out_of_range);
    std::atomic<int> calls{0};
    pool.run(40, [&](std::size_t) { ++calls; });
    CHECK(calls == 40);
  }
  CHECK(pool.suppressed_exceptions() == 0);
}

TEST_CASE("what is no std::exception comes back as it is") {
  const std::size_t threads = GENERATE(1u, 4u);
  ThreadPool pool(threads);
  int caught = 0;
  try {
    pool.run(100, [](std::size_t i) {
      if (i == 50) throw 42;
    });
  } catch (int value) {
    caught = value;
  }
  CHECK(caught == 42);
}

TEST_CASE("when all threads throw at once, one exception comes back and the others are counted") {
  const std::size_t threads = GENERATE(2u, 3u, 4u, 8u);
  ThreadPool pool(threads);
  for (std::size_t round = 1; round <= 100; ++round) {
    std::atomic<std::size_t> arrived{0};
    int caught = -1;
    try {
      pool.run(threads, [&](std::size_t i) {
        meet(arrived, threads);
        throw static_cast<int>(i);
      });
    } catch (int index) {
      caught = index;
    }
    CHECK(caught >= 0);
    CHECK(static_cast<std::size_t>(caught) < threads);
    CHECK(pool.suppressed_exceptions() == round * (threads - 1));
  }
}

TEST_CASE("the first exception wins") {
  ThreadPool pool(2);
  std::atomic<std::size_t> arrived{0};
  std::atomic<bool> first_thrown{false};
  struct Announce {
    ~Announce() { *flag = true; }
    std::atomic<bool>* flag;
  };
  CHECK_THROWS_WITH(pool.run(2,
                             [&](std::size_t i) {
                               meet(arrived, 2);
                               if (i == 1) {
                                 const Announce unwound{&first_thrown};
                                 throw std::runtime_error("first");
                               }
                               while (!first_thrown) std::this_thread::yield();
                               std::this_thread::sleep_for(std::chrono::milliseconds(100));
                               throw std::runtime_error("second");
                             }),
                    "first");
  CHECK(pool.suppressed_exceptions() == 1);
}

TEST_CASE("after an exception no new index is handed out") {
  const std::size_t threads = GENERATE(1u, 2u, 4u);
  ThreadPool pool(threads);
  std::atomic<std::size_t> arrived{0}, calls{0};
  const auto throws_at_0 = [&](std::size_t i) {
    ++calls;
    if (i < threads) meet(arrived, threads);  // all threads are in the region
    if (i == 0) throw 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  };
  CHECK_THROWS_AS(pool.run(1000, throws_at_0), int);
  CHECK(calls >= threads);
  CHECK(calls < 500);  // in fact `threads`, unless the one that throws is not scheduled for seconds
  if (threads == 1) CHECK(calls == 1);
}

TEST_CASE("an exception comes back only when all other calls have ended") {
  ThreadPool pool(4);
  for (int round = 0; round < 20; ++round) {
    std::atomic<std::size_t> arrived{0}, ended{0};
    CHECK_THROWS_AS(pool.run(4,
                             [&](std::size_t i) {
                               meet(arrived, 4);
                               if (i == 2) throw 2;
                               std::this_thread::sleep_for(std::chrono::milliseconds(2));
                               ++ended;
                             }),
                    int);
    CHECK(ended == 3);
  }
}
