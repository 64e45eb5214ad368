// SPDX-License-Identifier: MIT
// A program that is killed, or one of the processes it forks, right before a system call of a given number: a test that
// goes through all numbers has been at every point between two of them.
#pragma once

#include "support/forked_child.hpp"
#include "support/shm_scratch.hpp"

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <map>

namespace support {

struct TracedEnd {
  ChildEnd program;     ///< hung where it or one of its descendants was there after kHangDeadline
  bool killed = false;  ///< there was such a call
};

/// Follows a program and all that it forks.
class Tracer {
 public:
  /// Of process `target`, 0 for the program, 1 for the first that it forks, the call number `at` from 0 on is its last.
  Tracer(pid_t program, int target, long at) : program_(program), target_(target), at_(at) {
    number_of(program);
    known_.at(program).started = true;
  }

  /// Returns when the program and all its descendants have ended.
  TracedEnd follow() {
    const auto deadline = std::chrono::steady_clock::now() + kHangDeadline;
    for (int status = 0;;) {
      const pid_t pid = ::waitpid(-1, &status, WNOHANG | __WALL);
      if (pid < 0) return result_;
      if (pid > 0)
        look(pid, status);
      else if (std::chrono::steady_clock::now() < deadline)
        ::usleep(20);
      else
        end_all();
    }
  }

 private:
  struct Process {
    int number;
    long calls = 0;
    bool inside = false;   // of a call
    bool started = false;  // behind the stop with which tracing begins
  };

  int number_of(pid_t pid) {
    return known_.try_emplace(pid, Process{static_cast<int>(known_.size())}).first->second.number;
  }
  void look(pid_t pid, int status) {
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
      if (pid == program_ && WIFEXITED(status)) result_.program.exit_code = WEXITSTATUS(status);
      if (pid == program_ && WIFSIGNALED(status)) result_.program.signal = WTERMSIG(status);
      return;
    }
    const bool is_target = number_of(pid) == target_;
    Process& process = known_.at(pid);
    int signal = WSTOPSIG(status);
    const bool call = signal == (SIGTRAP | 0x80), event = status >> 16 != 0;
    if (call && is_target) {
      process.inside = !process.inside;
      if (process.inside && process.calls++ == at_) {
        result_.killed = true;
        ::kill(pid, SIGKILL);
        return;
      }
    }
    const bool of_tracing = signal == SIGSTOP && !process.started;
    if (of_tracing) process.started = true;
    if (call || event || of_tracing) signal = 0;
    ::ptrace(is_target ? PTRACE_SYSCALL : PTRACE_CONT, pid, nullptr, signal);
  }
  void end_all() {
    result_.program.hung = true;
    for (const auto& [pid, process] : known_) ::kill(pid, SIGKILL);
  }

  pid_t program_;
  int target_;
  long at_;
  std::map<pid_t, Process> known_;
  TracedEnd result_;
};

/// run_in_child() in which process `target` is killed before its call number `at`; exit code kNotPermitted where the system
/// allows no tracing. The caller has no other children.
template <class F>
TracedEnd run_and_kill(int target, long at, F body) {
  std::fflush(nullptr);
  const pid_t program = ::fork();
  if (program == 0) {
    if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(kNotPermitted);
    ::raise(SIGSTOP);
    int code = 255;
    try {
      code = body();
    } catch (...) {}
    ::_exit(code);
  }
  int status = 0;
  ::waitpid(program, &status, 0);
  TracedEnd refused;
  refused.program.exit_code = kNotPermitted;
  if (!WIFSTOPPED(status)) return refused;
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
  if (::ptrace(PTRACE_SETOPTIONS, program, nullptr, options) != 0) {
    ::kill(program, SIGKILL);
    ::waitpid(program, &status, 0);
    return refused;
  }
  Tracer tracer(program, target, at);
  ::ptrace(target == 0 ? PTRACE_SYSCALL : PTRACE_CONT, program, nullptr, nullptr);
  return tracer.follow();
}

}  // namespace support
