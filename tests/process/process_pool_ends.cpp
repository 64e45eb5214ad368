// SPDX-License-Identifier: MIT
// The ways in which a task can end its worker, or its own call: what the parent says, and what stays as it was.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/shm_scratch.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

/// Three tasks in one worker, of which the middle one calls `fault`: the text of its error, and the pids of the others.
template <class E, class F>
std::string lone_failure(F fault, bool* same_worker = nullptr) {
  ProcessPool pool({.processes = 1, .on_error = OnTaskError::collect});
  const auto pids = pool.map(
      [&](int task) {
        if (task == 1) fault();
        return static_cast<int>(::getpid());
      },
      std::vector<int>{0, 1, 2});
  if (same_worker != nullptr) *same_worker = pids[0] == pids[2];
  if (pool.failures().size() != 1 || pool.failures()[0].task != 1) return "not one failure";
  return message_of<E>([&] { std::rethrow_exception(pool.failures()[0].error); });
}

/// Without a core file, and with the handlers that a program without a test framework has.
void be_plain() {
  const ::rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  for (const int signal : {SIGABRT, SIGSEGV}) std::signal(signal, SIG_DFL);
}

struct NoSecond {
  NoSecond() = default;
  NoSecond(const NoSecond&) { throw std::runtime_error("a copy"); }
};

}  // namespace

TEST_CASE("std::terminate, abort and pthread_exit in a task are a worker that died") {
  CHECK(mentions(lone_failure<WorkerDied>([] {
                   be_plain();
                   std::terminate();
                 }),
                 {"task 1", "(SIGABRT)"}));
  CHECK(mentions(lone_failure<WorkerDied>([] {
                   be_plain();
                   std::abort();
                 }),
                 {"task 1", "(SIGABRT)"}));
  CHECK(mentions(lone_failure<WorkerDied>([] {
                   be_plain();
                   ::pthread_exit(nullptr);
                 }),
                 {"task 1", "(SIGABRT)"}));
}

TEST_CASE("a worker lives on after any exception of a task") {
  const std::string long_text(1 << 20, 'x');
  bool same = false;
  CHECK(
      mentions(lone_failure<WorkerException>([] { throw std::bad_alloc(); }, &same), {"task 1 threw: std::bad_alloc"}));
  CHECK(same);
  CHECK(mentions(lone_failure<WorkerException>([] { throw 42; }, &same), {"not a std::exception"}));
  CHECK(same);
  const auto uncopyable = [] {
    static const NoSecond first;
    try {
      throw first;  // whose copy throws
    } catch (const NoSecond&) {}
  };
  CHECK(mentions(lone_failure<WorkerException>(uncopyable, &same), {"task 1 threw: a copy"}));
  CHECK(same);
  CHECK(lone_failure<WorkerException>([&] { throw std::runtime_error(long_text); }, &same).size() > long_text.size());
  CHECK(same);
}

TEST_CASE("all tasks may throw at once, each its own exception") {
  constexpr int kTasks = 64;
  std::vector<int> tasks;
  for (int i = 0; i < kTasks; ++i) tasks.push_back(i);
  const SharedTensor<int> arrived({1});
  const auto count = [&] { return std::atomic_ref<int>(*arrived.tensor().data()); };
  for (int round = 0; round < 5; ++round) {
    ProcessPool pool({.processes = 8, .on_error = OnTaskError::collect});
    pool.for_each(
        [&](int task) {
          ++count();
          const int together = kTasks * round + 8;
          for (int wait = 0; task < 8 && count() < together && wait < 100'000; ++wait) ::usleep(10);
          throw std::runtime_error(std::to_string(task));
        },
        tasks);
    REQUIRE(pool.failures().size() == kTasks);
    for (const TaskFailure& one : pool.failures())
      CHECK(message_of<WorkerException>([&] { std::rethrow_exception(one.error); }) ==
            detail::to_text("litorch::ProcessPool::for_each(): task ", one.task, " threw: ", one.task));
  }
}

TEST_CASE("a worker that calls exit() leaves the segments of its parent, and what the parent prints comes once") {
  const support::TemporaryFolder folder;
  const support::ShmScratch scratch;
  const std::string file = folder / "output";
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    if (std::freopen(file.c_str(), "w", stdout) == nullptr) return 1;
    static const auto made = SharedTensor<int>::create(scratch.name(), {1});
    std::printf("before\n");
    for (const int code : {0, 3}) {
      ProcessPool pool({.processes = 2, .on_error = OnTaskError::collect});
      pool.for_each(
          [&](int task) {
            std::printf("task %d\n", task);
            if (task == 1) std::exit(code);
          },
          std::vector<int>{0, 1, 2});
      if (pool.failures().size() != 1 || !scratch.exists()) return 2;
    }
    std::printf("after\n");
    std::fflush(stdout);
    return 0;
  });
  CHECK(end.exited_with(0));
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  const auto times = [&](const std::string& line) {
    int count = 0;
    for (auto at = text.str().find(line); at != std::string::npos; at = text.str().find(line, at + 1)) ++count;
    return count;
  };
  CHECK(times("before\n") == 1);
  CHECK(times("after\n") == 1);
  for (const char* const line : {"task 0\n", "task 1\n", "task 2\n"}) CHECK(times(line) == 2);
}
