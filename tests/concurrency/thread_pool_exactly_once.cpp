// SPDX-License-Identifier: MIT
// A region calls every index once, on the threads it may use, and is over when run() returns.
#include "support/catch.hpp"
#include "support/meet.hpp"

#include <litorch/parallel/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

using namespace litorch;

TEST_CASE("every index is called exactly once, whatever the number of threads") {
  const std::size_t threads = GENERATE(1u, 2u, 3u, 4u, 8u);
  ThreadPool pool(threads);
  CHECK(pool.size() == threads);
  std::size_t regions = 0;
  for (const std::size_t n : {0u, 1u, 2u, 3u, 7u, 8u, 9u, 64u, 1000u, 20000u})
    for (int repeat = 0; repeat < 20; ++repeat) {
      std::vector<std::atomic<int>> calls(n);
      pool.run(n, [&](std::size_t i) { calls[i].fetch_add(1, std::memory_order_relaxed); });
      regions += threads > 1 && n > 1;
      std::size_t wrong = 0;
      for (const std::atomic<int>& count : calls) wrong += count.load(std::memory_order_relaxed) != 1;
      if (wrong != 0) FAIL_CHECK(wrong << " of " << n << " indices");
    }
  CHECK(pool.parallel_runs() == regions);
}

TEST_CASE("what the caller wrote is visible to the calls, and what they wrote to the caller") {
  ThreadPool pool(4);
  std::vector<std::size_t> in(100), out(100);  // plain memory: the race detector watches
  for (std::size_t round = 0; round < 500; ++round) {
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = round * i;
    pool.run(in.size(), [&](std::size_t i) { out[i] = in[i] + 1; });
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < out.size(); ++i) wrong += out[i] != round * i + 1;
    if (wrong != 0) FAIL_CHECK(wrong << " wrong in round " << round);
  }
}

TEST_CASE("as many calls as the pool has threads are under way at once, the caller's among them") {
  const std::size_t threads = GENERATE(2u, 3u, 4u, 8u);
  ThreadPool pool(threads);
  for (std::size_t n = 2; n <= threads; ++n) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));  // until the workers are asleep
    std::mutex mutex;
    std::set<std::thread::id> ids;
    std::atomic<std::size_t> arrived{0};
    pool.run(n, [&](std::size_t) {
      {
        const std::lock_guard lock(mutex);
        ids.insert(std::this_thread::get_id());
      }
      support::meet(arrived, n);
    });
    CHECK(ids.size() == n);
    CHECK(ids.count(std::this_thread::get_id()) == 1);
  }
}

TEST_CASE("a worker that wakes too late for a region leaves it and the next one alone") {
  ThreadPool pool(8);
  std::size_t wrong = 0;
  for (std::size_t round = 0; round < 20000; ++round) {
    std::atomic<std::size_t> calls[4] = {};
    const std::size_t n = 2 + round % 3;
    pool.run(n, [&calls, round](std::size_t i) { calls[i] += round + 1; });
    for (std::size_t i = 0; i < 4; ++i) wrong += calls[i] != (i < n ? round + 1 : 0);
  }
  CHECK(wrong == 0);
}

TEST_CASE("never more calls are under way than the pool has threads") {
  ThreadPool pool(3);
  std::atomic<int> now{0}, peak{0};
  pool.run(300, [&](std::size_t) {
    const int mine = ++now;
    int seen = peak;
    while (mine > seen && !peak.compare_exchange_weak(seen, mine)) {}
    std::this_thread::yield();
    --now;
  });
  CHECK(peak <= 3);
  CHECK(now == 0);
}

TEST_CASE("a region of one index or none wakes nobody and runs on the caller") {
  ThreadPool pool(4);
  std::thread::id id;
  pool.run(1, [&](std::size_t) { id = std::this_thread::get_id(); });
  pool.run(0, [&](std::size_t) { id = {}; });
  CHECK(id == std::this_thread::get_id());
  CHECK(pool.parallel_runs() == 0);
}

TEST_CASE("functions, const callables and callables with state can be run") {
  static std::atomic<std::size_t> sum;
  sum = 0;
  struct Adder {
    void operator()(std::size_t i) const { sum += i; }
  };
  const Adder adder;
  ThreadPool pool(2);
  pool.run(10, adder);
  pool.run(10, Adder());
  pool.run(
      10, *+[](std::size_t i) { sum += i; });
  pool.run(10, [](std::size_t i) mutable { return sum += i; });
  CHECK(sum == 4 * 45);
}
