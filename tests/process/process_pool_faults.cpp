// SPDX-License-Identifier: MIT
// Workers that throw, exit, crash, hang or are killed: their task fails with an error that says so, all others are done.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/numbers.hpp"

#include <litorch/litorch.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>

using namespace litorch;
using namespace std::chrono_literals;
using support::mentions;
using support::message_of;
using support::numbers;

namespace {

/// Ten tasks, of which number 5 calls `fault`: what map() throws, and how many of the others were done.
template <class E, class F>
std::string failure(F fault, ProcessPoolOptions options = {.processes = 2}) {
  options.on_error = OnTaskError::collect;
  ProcessPool pool(options);
  const auto results = pool.map(
      [&](int i) {
        if (i == 5) fault();
        return i + 100;
      },
      numbers(10));
  for (int i = 0; i < 10; ++i)
    if (i != 5 && results[static_cast<std::size_t>(i)] != i + 100) return "another task failed";
  if (::waitpid(-1, nullptr, WNOHANG) != -1) return "a process is left";
  if (pool.failures().size() != 1 || pool.failures()[0].task != 5) return "failures";
  return message_of<E>([&] { std::rethrow_exception(pool.failures()[0].error); });
}

struct NoCopy {
  NoCopy() = default;
  NoCopy(NoCopy&&) = default;
};

int overflow_stack(int depth) {
  if (depth < 0) return 0;
  volatile char frame[4096];
  frame[0] = static_cast<char>(depth);
  return overflow_stack(depth + 1) + frame[0];
}

}  // namespace

TEST_CASE("an exception of a task arrives as its text, whatever was thrown") {
  CHECK(failure<WorkerException>([] { throw std::runtime_error("no such row"); }) ==
        "litorch::ProcessPool::map(): task 5 threw: no such row");
  CHECK(mentions(failure<WorkerException>([] { throw 42; }),
                 {"task 5 threw: an exception that is not a std::exception"}));
  CHECK(mentions(failure<WorkerException>([] { throw NoCopy(); }), {"not a std::exception"}));
  CHECK(mentions(failure<WorkerException>([] { cat(std::vector<Tensor<int>>()); }),
                 {"cat(): the list of inputs is empty"}));
  CHECK(failure<WorkerException>([] { throw std::runtime_error(std::string(1 << 20, 'x')); }).size() > 1 << 20);
}

TEST_CASE("a worker that ends by itself is an error with its exit code, and no handler of the parent runs in it") {
  static const ::pid_t parent = ::getpid();
  std::atexit([] {
    if (::getpid() != parent) ::kill(parent, SIGKILL);
  });
  CHECK(mentions(failure<WorkerDied>([] { std::exit(7); }), {"task 5", "exited with code 7"}));
  CHECK(mentions(failure<WorkerDied>([] { std::exit(0); }), {"exited with code 0"}));
  CHECK(mentions(failure<WorkerDied>([] { ::_exit(3); }), {"exited with code 3"}));
  CHECK(mentions(failure<WorkerDied>([] { std::quick_exit(4); }), {"exited with code 4"}));
}

TEST_CASE("a worker that crashes or is killed is an error with the name of the signal") {
  for (const int signal : {SIGKILL, SIGSEGV, SIGFPE, SIGILL, SIGBUS, SIGTRAP, SIGXCPU, SIGTERM, SIGABRT}) {
    const std::string message = failure<WorkerDied>([&] {
      std::signal(signal, SIG_DFL);
      std::raise(signal);
    });
    CHECK(mentions(message, {"the worker of task 5", "process ", "by signal " + std::to_string(signal) + " (SIG"}));
  }
  const auto crash = [] {
    std::signal(SIGSEGV, SIG_DFL);
    overflow_stack(0);
  };
  CHECK(mentions(failure<WorkerDied>(crash), {"(SIGSEGV)", "stack"}));
}

TEST_CASE("the error has the pid, the signal, the exit code and the task") {
  ProcessPool pool({.processes = 2});
  int pid = 0;
  try {
    pool.map(
        [](int i) {
          if (i == 1) std::raise(SIGKILL);
          return i;
        },
        numbers(3));
  } catch (const WorkerDied& error) {
    pid = error.pid();
    CHECK(error.signal() == SIGKILL);
    CHECK(error.exit_code() == -1);
    CHECK(error.input() == 1);
  }
  CHECK(pid > 0);
  CHECK(pool.map([](int i) { return i; }, numbers(3)) == numbers(3));  // it is usable as before
}

TEST_CASE("a task that takes too long or is stopped ends with Timeout, and the others are done") {
  const ProcessPoolOptions limited{.processes = 2, .timeout = 200ms};
  CHECK(mentions(failure<Timeout>(
                     [] {
                       for (;;) ::pause();
                     },
                     limited),
                 {"task 5 took over 200 ms", "process "}));
  CHECK(mentions(failure<Timeout>([] { ::raise(SIGSTOP); }, limited), {"task 5 took over 200 ms"}));
  const auto ignore_all = [] {
    for (int signal = 1; signal < 32; ++signal) std::signal(signal, SIG_IGN);
    for (volatile bool forever = true; forever;) {}
  };
  CHECK(mentions(failure<Timeout>(ignore_all, limited), {"task 5 took over 200 ms"}));
}

TEST_CASE("a task whose worker dies is tried again as often as asked, a task that throws is not") {
  ProcessPool pool({.processes = 2, .retries = 3});
  int pipe_ends[2];  // a byte in it for each attempt
  REQUIRE(::pipe(pipe_ends) == 0);
  const auto results = pool.map(
      [&](int i) {
        if (i != 2) return i;
        int attempts = 0;
        if (::write(pipe_ends[1], "x", 1) != 1 || ::ioctl(pipe_ends[0], FIONREAD, &attempts) != 0) return -1;
        if (attempts < 3) std::raise(SIGKILL);
        return attempts;
      },
      numbers(4));
  CHECK(results == std::vector<int>{0, 1, 3, 3});
  CHECK(mentions(failure<WorkerDied>([] { std::raise(SIGKILL); }, {.processes = 2, .retries = 2}), {"task 5"}));
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST_CASE("all workers at once may die, also while they are idle, and the rest is done") {
  ProcessPool pool({.processes = 4, .on_error = OnTaskError::collect});
  const auto results = pool.map(
      [](int i) {
        if (i % 3 == 0) std::raise(SIGKILL);
        return i;
      },
      numbers(100));
  CHECK(pool.failures().size() == 34);
  int wrong = 0;
  for (int i = 0; i < 100; ++i) wrong += results[static_cast<std::size_t>(i)] != (i % 3 == 0 ? 0 : i);
  CHECK(wrong == 0);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("a program that ignores or reaps its children gets an error without a status, not a hang") {
  std::signal(SIGCHLD, SIG_IGN);
  const std::string message = failure<WorkerDied>([] { std::raise(SIGKILL); });
  std::signal(SIGCHLD, SIG_DFL);
  CHECK(mentions(message, {"task 5", "ended, and something else in this program has its status"}));
}

TEST_CASE("a limit on processes or descriptors is an error when no worker can be had") {
  ::rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  int refused = 0, served = 0;
  for (::rlim_t limit = 3; limit < 15; ++limit) {
    const ::rlimit tight{limit, before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &tight);
    try {
      ProcessPool pool({.processes = 3});
      served += pool.map([](int i) { return i; }, numbers(6)) == numbers(6);
    } catch (const IoError&) {
      ++refused;
    }
    ::setrlimit(RLIMIT_NOFILE, &before);
  }
  CHECK(refused > 0);
  CHECK(served > 0);
  CHECK(refused + served == 12);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("an exception of the progress callback ends the workers and passes") {
  ProcessPool pool({.processes = 2, .progress = [](std::size_t, std::size_t) { throw std::runtime_error("enough"); }});
  CHECK(message_of<std::runtime_error>([&] { pool.map([](int i) { return i; }, numbers(10)); }) == "enough");
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}
