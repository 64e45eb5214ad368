// SPDX-License-Identifier: MIT
// A system that has no more threads to give.
#include "support/catch.hpp"
#include "support/forked_child.hpp"
#include "support/sanitizer.hpp"
#include "support/thread_count.hpp"

#include <litorch/parallel/thread.hpp>
#include <litorch/parallel/thread_pool.hpp>

#include <grp.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <string>

using namespace litorch;

namespace {

/// Root may start any number of processes, so become nobody first. 0 takes the limit away.
bool limit_processes(unsigned processes) {
  if (::getuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)) return false;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NPROC, &limit) != 0) return false;
  limit.rlim_cur = processes == 0 ? limit.rlim_max : processes;
  return ::setrlimit(RLIMIT_NPROC, &limit) == 0;
}

/// 0 when a pool of 8 is refused as it should be, 1 when it is granted, 2 and up for what is wrong.
int ask_for_pool() {
  try {
    ThreadPool pool(8);
    std::atomic<int> calls{0};
    pool.run(100, [&](std::size_t) { ++calls; });
    return calls == 100 ? 1 : 2;
  } catch (const IoError& error) {
    if (error.errno_value() != EAGAIN) return 3;
    const std::string text = error.what();
    if (text.find("of 7 workers") == std::string::npos || text.find("fewer threads") == std::string::npos) return 4;
    return support::thread_count_becomes(1) ? 0 : 5;
  }
}

}  // namespace

TEST_CASE("a pool that cannot have all its threads has none, and says so") {
  if (support::kTsan) return;  // it forbids threads in a forked child
  const support::ChildEnd end = support::run_in_child([] {
    int refused = 0, granted = 0;
    for (unsigned processes = 1; processes <= 8; ++processes) {
      if (!limit_processes(processes)) return 100;
      const int result = ask_for_pool();
      if (result > 1) return result;
      ++(result == 0 ? refused : granted);
    }
    if (refused < 7) return 101;
    return limit_processes(0) && ask_for_pool() == 1 ? 0 : 102;  // what was refused has left nothing behind
  });
  CHECK(end.signal == 0);
  CHECK(end.exit_code == 0);
}

TEST_CASE("a Thread that cannot start can be started later") {
  if (support::kTsan) return;
  const support::ChildEnd end = support::run_in_child([] {
    if (!limit_processes(1)) return 100;
    std::atomic<int> ran{0};
    Thread thread([&] { ++ran; });
    try {
      thread.start();
      return 1;
    } catch (const IoError& error) {
      if (error.errno_value() != EAGAIN || thread.joinable()) return 2;
    }
    if (!limit_processes(0)) return 101;
    thread.start();
    thread.join();
    return ran == 1 ? 0 : 3;
  });
  CHECK(end.exit_code == 0);
}
