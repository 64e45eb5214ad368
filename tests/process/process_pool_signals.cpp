// SPDX-License-Identifier: MIT
// A process pool in a program that has signals, children and handlers of its own, or that may start few processes.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/numbers.hpp"
#include "support/refused_calls.hpp"

#include <litorch/litorch.hpp>

#include <grp.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

using namespace litorch;
using namespace std::chrono_literals;
using support::mentions;
using support::message_of;
using support::numbers;

namespace {

/// 0 when 30 tasks with results by message and from memory have them, and the 31st, which is killed, has its error.
int check_pool(std::size_t processes = 3) {
  ProcessPool pool({.processes = processes, .on_error = OnTaskError::collect});
  const auto results = pool.map(
      [](int task) {
        if (task == 30) ::raise(SIGKILL);
        return full<int>({task % 2 == 0 ? 20'000 : 3}, task);
      },
      numbers(31));
  for (int task = 0; task < 30; ++task)
    if (!equal(results[static_cast<std::size_t>(task)], full<int>({task % 2 == 0 ? 20'000 : 3}, task))) return 1;
  if (pool.failures().size() != 1 || pool.failures()[0].task != 30) return 2;
  const std::string text = message_of<WorkerDied>([&] { std::rethrow_exception(pool.failures()[0].error); });
  return mentions(text, {"task 30"}) ? 0 : 3;
}

/// 0 when a task that hangs is ended by its deadline.
int check_timeout() {
  ProcessPool pool({.processes = 2, .timeout = 50ms, .on_error = OnTaskError::collect});
  const auto results = pool.map(
      [](int task) {
        while (task == 1) ::pause();
        return task;
      },
      numbers(4));
  if (results != std::vector<int>{0, 0, 2, 3} || pool.failures().size() != 1) return 4;
  return mentions(message_of<Timeout>([&] { std::rethrow_exception(pool.failures()[0].error); }), {"50 ms"}) ? 0 : 5;
}

std::atomic<int> handled{0};

}  // namespace

TEST_CASE("signals that interrupt every call of the parent and of the workers change no result and no deadline") {
  const support::ChildEnd end = support::run_in_child([]() -> int {
    struct ::sigaction action {};
    action.sa_handler = [](int) { ++handled; };  // and no SA_RESTART
    ::sigaction(SIGALRM, &action, nullptr);
    ::sigaction(SIGUSR1, &action, nullptr);
    const ::itimerval storm{{0, 1000}, {0, 1000}};
    if (::setitimer(ITIMER_REAL, &storm, nullptr) != 0) return 10;
    for (int round = 0; round < 15; ++round) {
      const ::pid_t parent = ::getpid();
      ProcessPool pool({.processes = 2});
      const auto results = pool.map(
          [&](int task) {
            for (int i = 0; i < 20; ++i) ::kill(parent, SIGUSR1);
            const ::itimerval own{{0, 1000}, {0, 1000}};  // a fork does not inherit the one of its parent
            ::setitimer(ITIMER_REAL, &own, nullptr);
            return full<int>({task % 2 == 0 ? 100'000 : 3}, task);
          },
          numbers(8));
      for (int task = 0; task < 8; ++task)
        if (results[static_cast<std::size_t>(task)](2) != task) return 11;
      if (const int wrong = check_pool(); wrong != 0) return wrong;
    }
    if (const int wrong = check_timeout(); wrong != 0) return wrong;
    if (handled < 100) return 12;
    return ::waitpid(-1, nullptr, WNOHANG) == -1 ? 0 : 13;
  });
  CHECK(end.exit_code == 0);
}

TEST_CASE("a program that reaps all its children, or has a handler for them, gets all results and its handler calls") {
  const support::ChildEnd reaping = support::run_in_child([]() -> int {
    std::atomic<bool> done{false};
    std::thread reaper([&] {
      while (!done)
        if (::waitpid(-1, nullptr, 0) < 0) std::this_thread::yield();
    });
    int wrong = 0;
    for (int round = 0; round < 20 && wrong == 0; ++round) wrong = check_pool();
    if (wrong == 0) wrong = check_timeout();
    done = true;
    reaper.join();
    return wrong;
  });
  CHECK(reaping.exit_code == 0);
  const support::ChildEnd handling = support::run_in_child([]() -> int {
    std::signal(SIGCHLD, [](int) { ++handled; });
    if (const int wrong = check_pool(); wrong != 0) return wrong;
    return handled > 0 ? 0 : 20;
  });
  CHECK(handling.exit_code == 0);
}

TEST_CASE("workers are ended by their descriptors and not by numbers, which may be those of others") {
  const support::ChildEnd end =
      support::run_refused({{SYS_kill, EPERM}}, [] { return check_pool() == 0 ? check_timeout() : 1; });
  CHECK((end.exited_with(0) || end.exited_with(support::kNotPermitted)));
}

TEST_CASE("a worker that ended while nothing was asked of it is replaced, and writing to it ends nobody") {
  const support::ChildEnd end = support::run_in_child([]() -> int {
    std::signal(SIGPIPE, SIG_DFL);
    ProcessPool pool({.processes = 2, .on_error = OnTaskError::collect});
    const SharedTensor<int> pids({1});
    const auto results = pool.map(
        [&](int task) {
          std::atomic_ref<int> other(*pids.tensor().data());
          if (task % 5 == 1) other = static_cast<int>(::getpid());
          if (task % 5 == 3 && other != 0 && other != ::getpid()) ::kill(other, SIGKILL);
          return task;
        },
        numbers(200));
    std::size_t lost = 0;
    for (int task = 0; task < 200; ++task) lost += results[static_cast<std::size_t>(task)] != task;
    return lost <= pool.failures().size() && ::waitpid(-1, nullptr, WNOHANG) == -1 ? 0 : 1;
  });
  CHECK(end.exited_with(0));
}

TEST_CASE("with room for fewer processes than were asked for, those do the work") {
  if (::geteuid() != 0) {
    WARN("needs the rights of root: not tested");
    return;
  }
  int refused = 0, served = 0;
  for (::rlim_t limit = 1; limit <= 6; ++limit) {
    const support::ChildEnd end = support::run_in_child([&]() -> int {
      const ::rlimit tight{limit, limit};
      constexpr ::uid_t kNobodyElse = 64'321;  // whose processes are these alone
      if (::setrlimit(RLIMIT_NPROC, &tight) != 0 || ::setgroups(0, nullptr) != 0) return 20;
      if (::setresgid(kNobodyElse, kNobodyElse, kNobodyElse) != 0) return 21;
      if (::setresuid(kNobodyElse, kNobodyElse, kNobodyElse) != 0) return 22;
      try {
        return check_pool(4);
      } catch (const IoError& error) {
        return error.errno_value() == EAGAIN && ::waitpid(-1, nullptr, WNOHANG) == -1 ? 30 : 23;
      }
    });
    refused += end.exited_with(30);
    served += end.exited_with(0);
    CAPTURE(limit, end.exit_code, end.signal);
    CHECK((end.exited_with(0) || end.exited_with(30)));
  }
  CHECK(refused > 0);
  CHECK(served >= 4);
}
