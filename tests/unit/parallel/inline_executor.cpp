// SPDX-License-Identifier: MIT
// The serial executor, and what counts as an executor.
#include "support/catch.hpp"

#include <litorch/parallel/executor.hpp>
#include <litorch/parallel/thread_pool.hpp>

#include <stdexcept>
#include <vector>

using namespace litorch;

namespace {

struct WithoutRun {
  std::size_t size() const { return 1; }
};

static_assert(Executor<InlineExecutor> && Executor<const InlineExecutor&>);
static_assert(Executor<ThreadPool> && Executor<ThreadPool&>);
static_assert(Executor<DefaultExecutor> && Executor<const DefaultExecutor>);
static_assert(!Executor<WithoutRun> && !Executor<const ThreadPool> && !Executor<int>);

}  // namespace

TEST_CASE("the inline executor calls every index in order") {
  const InlineExecutor executor;
  CHECK(executor.size() == 1);
  std::vector<std::size_t> seen;
  executor.run(5, [&](std::size_t i) { seen.push_back(i); });
  CHECK(seen == std::vector<std::size_t>{0, 1, 2, 3, 4});
  executor.run(0, [&](std::size_t) { seen.clear(); });
  CHECK(seen.size() == 5);
}

TEST_CASE("the inline executor stops at the first exception and passes it on") {
  std::size_t calls = 0;
  const auto throws_at_3 = [&](std::size_t i) {
    ++calls;
    if (i == 3) throw std::runtime_error("three");
  };
  CHECK_THROWS_WITH(InlineExecutor().run(10, throws_at_3), "three");
  CHECK(calls == 4);
}

TEST_CASE("an executor calls the very object it is given") {
  struct Counter {
    Counter() = default;
    Counter(const Counter&) = delete;
    void operator()(std::size_t i) { sum += i; }
    std::size_t sum = 0;
  };
  Counter counter;
  InlineExecutor().run(4, counter);
  ThreadPool(1).run(4, counter);
  DefaultExecutor().run(1, counter);
  CHECK(counter.sum == 12);
}
