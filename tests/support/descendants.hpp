// SPDX-License-Identifier: MIT
// A program with descendants that ends in the middle of its work: who is left, and for how long.
#pragma once

#include "support/forked_child.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <initializer_list>

namespace support {

/// Orphans of all descendants come to this process from now on.
inline bool adopt_orphans() { return ::prctl(PR_SET_CHILD_SUBREAPER, 1) == 0; }

/// Forks a process group of its own, with the signals as a shell sets them. It ends by itself after a minute.
template <class F>
pid_t start_program(F body) {
  ::sigset_t all, before;
  ::sigfillset(&all);
  ::sigprocmask(SIG_BLOCK, &all, &before);  // so that the handlers of this process never run in the other one
  const pid_t child = ::fork();
  if (child != 0) {
    ::setpgid(child, child);  // both do it: whoever comes first
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    return child;
  }
  ::setpgid(0, 0);
  ::alarm(60);
  const ::rlimit none{};
  ::setrlimit(RLIMIT_CORE, &none);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGCHLD}) std::signal(signal, SIG_DFL);
  ::sigprocmask(SIG_UNBLOCK, &all, nullptr);
  int code = 255;
  try {
    code = body();
  } catch (...) {}
  ::_exit(code);
}

struct Aftermath {
  ChildEnd program;
  std::chrono::milliseconds left{0};  ///< from the end of the program to that of its last descendant
};

/// Waits for a program and all its descendants. After kHangDeadline they are left, and `program` has hung.
inline Aftermath reap_all(pid_t program) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + kHangDeadline;
  auto ended = Clock::now();
  Aftermath result;
  for (int status = 0; Clock::now() < deadline;) {
    const pid_t reaped = ::waitpid(-1, &status, WNOHANG);
    if (reaped < 0 && errno == ECHILD) {
      result.left = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - ended);
      return result;
    }
    if (reaped == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
    if (reaped != program) continue;
    ended = Clock::now();
    if (WIFEXITED(status)) result.program.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) result.program.signal = WTERMSIG(status);
  }
  result.program.hung = true;
  return result;
}

}  // namespace support
