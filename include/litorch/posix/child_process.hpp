// SPDX-License-Identifier: MIT
// A forked child: how it is started, ended and reaped.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/posix/unique_fd.hpp>

#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace litorch::posix {

/// How a process ended.
struct ProcessEnd {
  int exit_code = -1;  ///< -1 unless it exited
  int signal = 0;      ///< 0 unless a signal ended it
};

/// "was ended by signal 9 (SIGKILL)", "exited with code 3".
inline std::string describe(const ProcessEnd& end) {
  if (end.signal == 0 && end.exit_code < 0) return "ended, and something else in this program has its status";
  if (end.signal == 0) return detail::to_text("exited with code ", end.exit_code);
  std::string text = detail::to_text("was ended by signal ", end.signal);
  if (const char* const name = ::sigabbrev_np(end.signal)) text += detail::to_text(" (SIG", name, ")");
  if (end.signal == SIGSEGV) text += ", perhaps by a stack that is too small";
  return text;
}

/// Writes out what is buffered for standard output and error, unless another thread is at it.
inline void flush_standard_streams() noexcept {
  for (std::FILE* const stream : {stdout, stderr})
    if (::ftrylockfile(stream) == 0) {
      ::fflush_unlocked(stream);
      ::funlockfile(stream);
    }
}

/// Move-only. A child that is still there when its owner ends is killed and reaped; not by another process that was forked
/// meanwhile.
class ChildProcess {
 public:
  ChildProcess() = default;
  /// Runs `body()` in a forked child, which ends with its return value as the exit code; no destructor and no exit
  /// handler of the parent runs there, not even if body() calls exit(). It is killed when the thread that started it
  /// ends. Throws IoError.
  template <class Body>
  static ChildProcess start(const char* call, Body&& body) {
    flush_standard_streams();  // else the child has it too
    const ::pid_t parent = ::getpid(), pid = ::fork();
    if (pid < 0) detail::fail_io(errno, call, "(): cannot start a worker process; raise the limit on processes");
    if (pid == 0) {
      ::on_exit([](int code, void*) { end(code); }, nullptr);
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) end(EXIT_FAILURE);  // it ended before that
      int code = EXIT_FAILURE;
      try {
        code = body();
      } catch (...) {}
      end(code);
    }
    return ChildProcess(pid, parent);
  }

  ChildProcess(ChildProcess&& other) noexcept
      : pid_(std::exchange(other.pid_, -1)), parent_(other.parent_), pidfd_(std::move(other.pidfd_)) {}
  ChildProcess& operator=(ChildProcess&& other) noexcept {
    std::swap(pid_, other.pid_);
    std::swap(parent_, other.parent_);
    std::swap(pidfd_, other.pidfd_);
    return *this;
  }
  ~ChildProcess() {
    if (pid_ < 0 || parent_ != ::getpid()) return;
    kill();
    wait();
  }

  int pid() const noexcept { return pid_; }
  /// Becomes readable when the child has ended; -1 on kernels before 5.3.
  int pidfd() const noexcept { return pidfd_.get(); }

  /// Ends the child, if there is one, also one that is stopped. It is there until wait().
  void kill() const noexcept {
    if (pid_ < 0) return;
    if (pidfd_)
      ::syscall(SYS_pidfd_send_signal, pidfd_.get(), SIGKILL, nullptr, 0);  // never another process of the same number
    else
      ::kill(pid_, SIGKILL);
  }

  /// Waits for the end of the child and reaps it.
  ProcessEnd wait() noexcept {
    int status = 0;
    ::pid_t reaped = 0;
    while ((reaped = ::waitpid(pid_, &status, 0)) < 0 && errno == EINTR) {}
    pid_ = -1;
    pidfd_.reset();
    if (reaped < 0) return {};  // somebody ignores or reaps all children of this program
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0};
  }

 private:
  ChildProcess(::pid_t pid, ::pid_t parent)
      : pid_(pid), parent_(parent), pidfd_(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))) {}

  [[noreturn]] static void end(int code) noexcept {
    flush_standard_streams();
    ::_exit(code);
  }

  ::pid_t pid_ = -1, parent_ = -1;
  UniqueFd pidfd_;
};

}  // namespace litorch::posix
