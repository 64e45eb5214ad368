// SPDX-License-Identifier: MIT
// Workers killed at random moments from outside, thousands of times: each task ends once, with its result or WorkerDied.
// LITORCH_SOAK_KILLS says how many kills; 5,000 unless it is set.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <thread>

using namespace litorch;

namespace {

std::vector<::pid_t> children() {
  std::vector<::pid_t> pids;
  std::ifstream list("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  for (::pid_t pid = 0; list >> pid;) pids.push_back(pid);
  return pids;
}

/// Value and size of a piece follow from its task.
Tensor<std::int32_t> soak_piece(int task) {
  return full<std::int32_t>({task % 7 == 0 ? 40'000 : 1 + task % 5, 2}, task);
}
/// It takes some time to be made, in which its worker may be killed.
Tensor<std::int32_t> slow_piece_of(int task) {
  ::usleep(static_cast<::useconds_t>(task * 37 % 200));
  return soak_piece(task);
}
bool is_piece(const Tensor<std::int32_t>& piece, int task) { return equal(piece, soak_piece(task)); }

}  // namespace

TEST_CASE("workers killed at random lose nothing but the task they were at") {
  const char* const asked = std::getenv("LITORCH_SOAK_KILLS");
  const long wanted = asked != nullptr ? std::atol(asked) : 5000;
  constexpr int kTasks = 400;
  std::vector<int> tasks;
  for (int i = 0; i < kTasks; ++i) tasks.push_back(i);

  std::atomic<long> kills{0};
  std::atomic<bool> done{false};
  std::thread killer([&] {  // the children belong to the main thread
    std::mt19937 random(11);
    std::set<::pid_t> victims;  // that are there still: a second signal is no second death
    while (!done) {
      std::vector<::pid_t> pids = children();
      std::erase_if(victims, [&](::pid_t pid) { return std::find(pids.begin(), pids.end(), pid) == pids.end(); });
      std::erase_if(pids, [&](::pid_t pid) { return victims.count(pid) > 0; });
      if (!pids.empty()) {
        const ::pid_t victim = pids[random() % pids.size()];
        victims.insert(victim);
        kills += ::kill(victim, SIGKILL) == 0;
      }
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 4000));  // a worker needs 1 ms to get a task
    }
  });

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(asked != nullptr ? 60 : 3);
  long wrong = 0, failed = 0, rounds = 0;
  for (; kills < wanted && std::chrono::steady_clock::now() < deadline; ++rounds) {
    ProcessPool pool({.processes = 4,
                      .retries = rounds % 2 == 0 ? std::size_t{0} : std::size_t{20},
                      .on_error = OnTaskError::collect});
    try {
      const auto pieces = pool.map(slow_piece_of, tasks);
      std::vector<bool> lost(kTasks);
      for (const TaskFailure& failure : pool.failures()) {
        wrong += lost[failure.task];
        lost[failure.task] = true;
        try {
          std::rethrow_exception(failure.error);
        } catch (const WorkerDied& error) {
          wrong += error.signal() != SIGKILL || error.input() != static_cast<Index>(failure.task);
        }
      }
      failed += static_cast<long>(pool.failures().size());
      for (std::size_t i = 0; i < kTasks; ++i) wrong += !lost[i] && !is_piece(pieces[i], static_cast<int>(i));
    } catch (const WorkerDied& error) {  // a hundred in a row before they had a task
      wrong += error.input() != -1;
    }
  }
  done = true;
  killer.join();
  CHECK(wrong == 0);
  CHECK(kills >= wanted);
  CHECK(failed > 0);  // it was no use to kill idle workers only
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  SUCCEED(kills << " kills in " << rounds << " rounds, " << failed << " tasks failed");
}
