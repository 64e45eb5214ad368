// SPDX-License-Identifier: MIT
// Pools in a forked child, which has none of the threads and any of the locks.
#include "support/catch.hpp"
#include "support/forked_child.hpp"
#include "support/meet.hpp"
#include "support/sanitizer.hpp"

#include <litorch/parallel/thread_pool.hpp>

#include <atomic>
#include <cstdlib>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

using namespace litorch;

namespace {

/// 0 when the executor calls every index once; on this thread, where `alone` says so.
template <class E>
int check(E&& executor, bool alone) {
  std::vector<std::atomic<int>> calls(100);
  std::atomic<int> strays{0};
  const std::thread::id self = std::this_thread::get_id();
  executor.run(calls.size(), [&](std::size_t i) {
    ++calls[i];
    strays += std::this_thread::get_id() != self;
  });
  for (const std::atomic<int>& count : calls)
    if (count != 1) return 1;
  return alone && strays != 0 ? 2 : 0;
}

/// What a child does with the pools of its parent and then with its own.
int use_pools(std::unique_ptr<ThreadPool>& inherited) {
  const std::uint64_t regions = inherited->parallel_runs();
  if (const int wrong = check(*inherited, true)) return wrong;
  if (inherited->parallel_runs() != regions) return 3;
  inherited.reset();
  if (support::kTsan) return 0;  // it forbids threads in a forked child
  if (const int wrong = check(DefaultExecutor(), false)) return 10 + wrong;
  ThreadPool own(3);
  if (const int wrong = check(own, false)) return 20 + wrong;
  if (own.parallel_runs() != 1) return 4;
  set_num_threads(2);
  return check(DefaultExecutor(), false) ? 5 : 0;
}

}  // namespace

TEST_CASE("a child uses and destroys an inherited pool without its threads") {
  set_num_threads(3);
  auto pool = std::make_unique<ThreadPool>(4);
  REQUIRE(check(*pool, false) == 0);
  REQUIRE(check(DefaultExecutor(), false) == 0);
  CHECK(support::run_in_child([&] { return use_pools(pool); }).exited_with(0));
  CHECK(check(*pool, false) == 0);  // the parent's is as it was
  CHECK(check(DefaultExecutor(), false) == 0);
}

TEST_CASE("a child of a child does so, too") {
  auto pool = std::make_unique<ThreadPool>(2);
  REQUIRE(check(*pool, false) == 0);
  const support::ChildEnd end = support::run_in_child([&] {
    if (!support::kTsan && check(DefaultExecutor(), false) != 0) return 1;
    return support::run_in_child([&] { return use_pools(pool); }).exited_with(0) ? 0 : 2;
  });
  CHECK(end.exited_with(0));
}

TEST_CASE("children forked while regions are under way neither hang nor fail") {
  set_num_threads(2);
  auto pool = std::make_unique<ThreadPool>(3);
  std::atomic<bool> stop{false};
  std::vector<std::thread> noise;
  for (int i = 0; i < 2; ++i)
    noise.emplace_back([&] {
      while (!stop) {
        pool->run(3, [](std::size_t) {});
        parallel_for(2, [](std::size_t) {});
        set_num_threads(2);
      }
    });
  int bad = 0;
  for (int round = 0; round < 100; ++round)
    bad += !support::run_in_child([&] { return use_pools(pool); }).exited_with(0);
  stop = true;
  for (std::thread& thread : noise) thread.join();
  CHECK(bad == 0);
}

TEST_CASE("a child that ends with exit() runs the destructors of static pools") {
  static ThreadPool pool(3);
  set_num_threads(2);
  REQUIRE(check(pool, false) == 0);
  REQUIRE(check(DefaultExecutor(), false) == 0);
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    if (check(pool, true) != 0) ::_exit(1);
    if (!support::kTsan && check(DefaultExecutor(), false) != 0) ::_exit(2);
    std::exit(0);
  });
  CHECK(end.exited_with(0));
}

TEST_CASE("a child forked inside a region can use the pool and end there") {
  const std::size_t threads = GENERATE(1u, 2u, 4u);
  ThreadPool pool(threads);
  std::atomic<int> bad{0};
  pool.run(4, [&](std::size_t) { bad += !support::run_in_child([&] { return check(pool, true); }).exited_with(0); });
  CHECK(bad == 0);
}

TEST_CASE("a child that comes back to its parent's region gets an error, on a worker an end") {
  ThreadPool pool(2);
  const pid_t parent = ::getpid();
  std::atomic<std::size_t> arrived{0};
  pid_t children[2] = {-1, -1};
  try {
    pool.run(2, [&](std::size_t i) {
      support::meet(arrived, 2);
      const pid_t child = ::fork();
      if (child == 0)
        std::set_terminate([] { ::_exit(9); });
      else
        children[i] = child;
    });
  } catch (const ForkSafetyError&) {
    if (::getpid() != parent) ::_exit(9);
    throw;
  } catch (...) {}
  if (::getpid() != parent) ::_exit(1);
  for (const pid_t child : children) CHECK(support::wait_for_child(child).exited_with(9));
}
