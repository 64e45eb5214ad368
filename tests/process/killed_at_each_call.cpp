// SPDX-License-Identifier: MIT
// A worker, a program or the creator of a segment is killed before each of its system calls in turn: before it gets a task,
// at it, between the result and the answer, while it starts, while it ends.
#include "support/catch.hpp"
#include "support/traced_program.hpp"

#include <litorch/litorch.hpp>

#include <csignal>

using namespace litorch;
using support::run_and_kill;
using support::ShmScratch;
using support::TracedEnd;

namespace {

constexpr Index kTasks = 5;

Tensor<int> killed_piece(int task) { return full<int>({task % 2 == 0 ? 20'000 : 3}, task); }

/// How often each task was begun.
std::atomic_ref<int> begun(const SharedTensor<int>& counts, Index task) {
  return std::atomic_ref<int>(counts.tensor().data()[task]);
}

/// 0 when each task had its result or WorkerDied, once.
int use_pool(std::size_t retries) {
  const SharedTensor<int> counts({kTasks});
  std::vector<int> tasks;
  for (int i = 0; i < kTasks; ++i) tasks.push_back(i);
  ProcessPool pool({.processes = 2, .retries = retries, .on_error = OnTaskError::collect});
  const auto pieces = pool.map(
      [&](int task) {
        ++begun(counts, task);
        return killed_piece(task);
      },
      tasks);
  std::vector<bool> lost(kTasks);
  for (const TaskFailure& failure : pool.failures()) {
    lost[failure.task] = true;
    try {
      std::rethrow_exception(failure.error);
    } catch (const WorkerDied& error) {
      if (error.signal() != SIGKILL || error.input() != static_cast<Index>(failure.task)) return 1;
    }
  }
  if (pool.failures().size() > (retries == 0 ? 1u : 0u)) return 2;
  Index twice = 0;
  for (Index task = 0; task < kTasks; ++task) {
    const auto at = static_cast<std::size_t>(task);
    if (!lost[at] && !equal(pieces[at], killed_piece(static_cast<int>(task)))) return 3;
    if (!lost[at] && begun(counts, task) < 1) return 4;
    twice += begun(counts, task) > 1;
  }
  if (twice > static_cast<Index>(retries)) return 5;
  return ::waitpid(-1, nullptr, WNOHANG) == -1 ? 0 : 6;
}

/// One run after the other, until one has no such call.
template <class F, class Check>
void at_each_call(int target, F body, Check check) {
  for (long at = 0;; ++at) {
    const TracedEnd end = run_and_kill(target, at, body);
    if (end.program.exited_with(support::kNotPermitted)) {
      WARN("no tracing allowed: not tested");
      return;
    }
    CAPTURE(target, at, end.program.exit_code, end.program.signal);
    REQUIRE_FALSE(end.program.hung);
    check(end);
    if (!end.killed) {
      CHECK(at > 5);
      return;
    }
  }
}

}  // namespace

TEST_CASE("a worker that is killed at any of its system calls costs the task it was at, and nothing else") {
  for (const std::size_t retries : {0u, 1u})
    for (const int worker : {1, 2})
      at_each_call(
          worker,
          [&] {
            const int wrong = use_pool(retries);
            return wrong != 0 ? wrong : use_pool(0);
          },
          [](const TracedEnd& end) { REQUIRE(end.program.exited_with(0)); });
}

TEST_CASE("a program that is killed at any of its system calls leaves no worker") {
  at_each_call(
      0, [] { return use_pool(0); },
      [](const TracedEnd& end) {  // that it returns says that all descendants have ended
        REQUIRE((end.killed ? end.program.signal == SIGKILL : end.program.exited_with(0)));
      });
}

TEST_CASE("a creator that is killed at any of its system calls leaves nothing, or a segment that can be taken away") {
  const ShmScratch scratch;
  const auto create = [&]() -> int {
    static const auto made = SharedTensor<int>::create(scratch.name(), {1000});
    return 0;
  };
  at_each_call(0, create, [&](const TracedEnd&) {
    const auto code =
        support::shm_code_of([&] { SharedTensor<int>::open(scratch.name(), std::chrono::milliseconds(5)); });
    REQUIRE((!code || *code == ShmCode::not_found || *code == ShmCode::not_ready));
    SharedTensor<int>::reclaim_stale();
    if (scratch.exists()) REQUIRE(SharedTensor<int>::remove(scratch.name()));
    const auto made = SharedTensor<int>::create(scratch.name(), {1000});
    REQUIRE(SharedTensor<int>::open(scratch.name()).shape() == Shape{1000});
  });
}
