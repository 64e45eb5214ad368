// SPDX-License-Identifier: MIT
// The program that uses a process pool ends while its workers are at work, by any cause: none of them is left.
// LITORCH_SOAK_PARENTS says how many programs are killed; 300 unless it is set.
#include "support/catch.hpp"
#include "support/descendants.hpp"
#include "support/numbers.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/litorch.hpp>

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <random>
#include <thread>

using namespace litorch;
using support::numbers;

namespace {

/// Uses pools until it is ended. Some tasks never end.
[[noreturn]] void use_pools_forever(unsigned seed) {
  for (unsigned round = seed;; ++round) {
    ProcessPool pool({.processes = 3});
    pool.map(
        [&](int i) {
          if (round % 4 == 1 && i == 6)
            for (;;) ::pause();
          if (round % 4 == 2 && i == 6) std::raise(SIGSTOP);
          if (round % 4 == 3 && i == 6)
            for (volatile bool forever = true; forever;) {}
          return full<int>({i % 2 == 0 ? 20'000 : 3}, i);
        },
        numbers(8));
  }
}

void pause_up_to(std::mt19937& random, unsigned microseconds) {
  std::this_thread::sleep_for(std::chrono::microseconds(random() % microseconds));
}

/// A program that ends itself from another thread, by `cause`; 0: it waits to be killed.
int be_victim(unsigned seed, int cause) {
  std::mt19937 random(seed);
  const auto wait = static_cast<unsigned>(random() % 6000);
  std::thread([=] {
    std::this_thread::sleep_for(std::chrono::microseconds(wait));
    if (cause == 1) std::raise(SIGSEGV);
    if (cause == 2) ::_exit(7);
    if (cause == 3) std::abort();
  }).detach();
  use_pools_forever(seed);
}

struct Tally {
  long rounds = 0, wrong = 0;
  std::chrono::milliseconds longest{0};
};

void count(Tally& tally, const support::Aftermath& after, bool as_expected) {
  ++tally.rounds;
  tally.wrong += !as_expected || after.program.hung;
  tally.longest = std::max(tally.longest, after.left);
}

/// CHECKs what `harness` counts in a child that gets all orphans, with a /dev/shm of its own where that is allowed.
template <class F>
void check_tally(F harness) {
  const SharedTensor<long> report({3});
  const auto run = [&]() -> int {
    if (!support::adopt_orphans()) return 1;
    const Tally tally = harness();
    report.tensor()(0) = tally.rounds;
    report.tensor()(1) = tally.wrong;
    report.tensor()(2) = static_cast<long>(tally.longest.count());
    return 0;
  };
  const auto run_and_look = [&]() -> int {
    if (const int code = run(); code != 0) return code;
    return support::entries("/dev/shm") == 2 ? 0 : 2;
  };
  support::ChildEnd end = support::run_with_own_shm("size=16m,mode=1777", run_and_look);
  if (end.exited_with(support::kNotPermitted)) end = support::run_in_child(run);
  CHECK(end.exited_with(0));
  CHECK(report.tensor()(0) > 0);
  CHECK(report.tensor()(1) == 0);
  CHECK(report.tensor()(2) < 20'000);
  SUCCEED(report.tensor()(0) << " programs, the last worker left " << report.tensor()(2) << " ms after one at most");
}

std::atomic<int> signals{0};

}  // namespace

TEST_CASE("a program that is killed, crashes or exits in the middle of a map leaves no worker") {
  const char* const asked = std::getenv("LITORCH_SOAK_PARENTS");
  const long wanted = asked != nullptr ? std::atol(asked) : 300;
  check_tally([&] {
    Tally tally;
    std::mt19937 random(5);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(40);
    while (tally.rounds < wanted && (asked != nullptr || std::chrono::steady_clock::now() < deadline)) {
      const auto seed = static_cast<unsigned>(random());
      const int cause = static_cast<int>(tally.rounds % 4);
      const pid_t program = support::start_program([&] { return be_victim(seed, cause); });
      if (cause == 0) {
        pause_up_to(random, 6000);
        ::kill(program, SIGKILL);
      }
      const support::Aftermath after = support::reap_all(program);
      const int expected[] = {SIGKILL, SIGSEGV, 0, SIGABRT};
      count(tally, after, cause == 2 ? after.program.exited_with(7) : after.program.signal == expected[cause]);
    }
    return tally;
  });
}

TEST_CASE("a signal from the terminal, once or twice, or to the program alone, leaves no worker") {
  check_tally([] {
    Tally tally;
    std::mt19937 random(6);
    for (unsigned round = 0; round < 60; ++round) {
      const int signal = round % 3 == 0 ? SIGINT : round % 3 == 1 ? SIGTERM : SIGHUP;
      const bool to_group = round % 2 == 0;
      const pid_t program = support::start_program([&]() -> int { use_pools_forever(round); });
      pause_up_to(random, 8000);
      ::kill(to_group ? -program : program, signal);
      if (round % 4 == 0) ::kill(-program, signal);
      const support::Aftermath after = support::reap_all(program);
      count(tally, after, after.program.signal == signal);
    }
    return tally;
  });
}

TEST_CASE("a program that handles a signal from the terminal gets all results, or ends as its handler says") {
  check_tally([] {
    Tally tally;
    for (unsigned round = 0; round < 20; ++round) {
      const bool ends = round % 4 == 3;
      int ready[2];
      if (::pipe(ready) != 0) return Tally{1, 1};
      const pid_t program = support::start_program([&]() -> int {
        std::signal(
            SIGINT, ends ? +[](int) { ::_exit(9); } : +[](int) { ++signals; });
        if (::write(ready[1], "x", 1) != 1) return 1;
        do {
          ProcessPool pool({.processes = 3});
          const auto results = pool.map([](int i) { return full<int>({20'000}, i); }, numbers(20));
          for (int i = 0; i < 20; ++i)
            if (!equal(results[static_cast<std::size_t>(i)], full<int>({20'000}, i))) return 2;
          if (::waitpid(-1, nullptr, WNOHANG) != -1) return 3;
        } while (ends || signals == 0);
        return 0;
      });
      char go = 0;
      if (::read(ready[0], &go, 1) != 1) ++tally.wrong;
      for (int i = 0; i < 8; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        ::kill(-program, SIGINT);
      }
      const support::Aftermath after = support::reap_all(program);
      count(tally, after, after.program.exited_with(ends ? 9 : 0));
      ::close(ready[0]);
      ::close(ready[1]);
    }
    return tally;
  });
}
