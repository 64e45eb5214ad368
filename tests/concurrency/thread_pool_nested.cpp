// SPDX-License-Identifier: MIT
// Regions inside of regions run on the thread that calls them.
#include "support/catch.hpp"
#include "support/meet.hpp"

#include <litorch/parallel/thread_pool.hpp>

#include <atomic>
#include <thread>

using namespace litorch;

namespace {

void nest(ThreadPool& pool, int depth, std::atomic<int>& leaves) {
  pool.run(3, [&](std::size_t) {
    if (depth == 1)
      ++leaves;
    else
      nest(pool, depth - 1, leaves);
  });
}

}  // namespace

TEST_CASE("five regions deep, every leaf is reached once") {
  const std::size_t threads = GENERATE(1u, 2u, 3u, 4u, 8u);
  ThreadPool pool(threads);
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> leaves{0};
    nest(pool, 5, leaves);
    CHECK(leaves == 3 * 3 * 3 * 3 * 3);
  }
  CHECK(pool.parallel_runs() == (threads > 1 ? 10u : 0u));  // the outermost ones
}

TEST_CASE("a nested region stays on its thread, in order, in any pool") {
  ThreadPool outer(4), other(4);
  std::atomic<int> strays{0}, calls{0};
  const auto check_inline = [&](auto&& executor) {
    const std::thread::id self = std::this_thread::get_id();
    std::size_t next = 0;
    executor.run(10, [&](std::size_t i) {
      ++calls;
      strays += i != next++ || std::this_thread::get_id() != self;
    });
  };
  std::atomic<std::size_t> arrived{0};
  outer.run(20, [&](std::size_t i) {
    if (i < 4) support::meet(arrived, 4);  // all workers are in the region
    check_inline(outer);
    check_inline(other);
    check_inline(DefaultExecutor());
  });
  CHECK(calls == 20 * 3 * 10);
  CHECK(strays == 0);
  CHECK(other.parallel_runs() == 0);
}

TEST_CASE("inside a region the default executor has one thread") {
  set_num_threads(4);
  CHECK(DefaultExecutor().size() == 4);
  std::atomic<int> wrong{0};
  std::atomic<std::size_t> arrived{0};
  ThreadPool(2).run(2, [&](std::size_t) {
    support::meet(arrived, 2);
    wrong += DefaultExecutor().size() != 1;
  });
  CHECK(wrong == 0);
  CHECK(DefaultExecutor().size() == 4);
}

TEST_CASE("an exception of a nested region ends the outer one") {
  const std::size_t threads = GENERATE(1u, 2u, 4u);
  ThreadPool pool(threads);
  std::atomic<int> after{0};
  CHECK_THROWS_AS(pool.run(4,
                           [&](std::size_t) {
                             pool.run(4, [](std::size_t i) {
                               if (i == 2) throw 2;
                             });
                             ++after;
                           }),
                  int);
  CHECK(after == 0);
}

TEST_CASE("after a region, with or without an exception, its caller may run parallel regions again") {
  ThreadPool pool(2);
  CHECK_THROWS_AS(pool.run(2, [](std::size_t) { throw 1; }), int);
  pool.run(2, [](std::size_t) {});
  ThreadPool other(2);
  other.run(2, [](std::size_t) {});
  CHECK(pool.parallel_runs() == 2);
  CHECK(other.parallel_runs() == 1);
}
