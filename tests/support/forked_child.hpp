// SPDX-License-Identifier: MIT
// Runs code in a forked child and says how the child ended. A child that hangs is killed: it fails its test only.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

namespace support {

struct ChildEnd {
  int exit_code = -1;  ///< -1 unless it exited
  int signal = 0;      ///< 0 unless one ended it
  bool hung = false;   ///< outlived the deadline, and was killed

  bool exited_with(int code) const { return !hung && signal == 0 && exit_code == code; }
};

inline constexpr std::chrono::seconds kHangDeadline{60};

inline ChildEnd wait_for_child(pid_t child) {
  const auto deadline = std::chrono::steady_clock::now() + kHangDeadline;
  ChildEnd end;
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      end.hung = true;
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return end;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  return end;
}

/// `body()` returns the exit code. No assertions of the test framework in it; an exception that leaves it is code 255.
template <class F>
ChildEnd run_in_child(F body) {
  std::fflush(nullptr);  // a child that ends with exit() must not print what the parent has buffered
  const pid_t child = ::fork();
  if (child == 0) {
    int code = 255;
    try {
      code = body();
    } catch (...) {}
    ::_exit(code);
  }
  return wait_for_child(child);
}

}  // namespace support
