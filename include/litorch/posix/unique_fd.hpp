// SPDX-License-Identifier: MIT
// Owner of a file descriptor.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace litorch::posix {

/// Closes its descriptor when it ends; -1 means none. Move-only. Errors of close() are not reported: whoever needs to
/// know that data reached the disk syncs before.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    other.reset();
    return *this;
  }
  ~UniqueFd() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  void reset() noexcept {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));  // not retried on EINTR: Linux has released the number by then
  }

 private:
  int fd_ = -1;
};

/// The same under a number that is not that of a standard stream: where standard output is closed its number is free,
/// and what is printed would go into whatever has it next. None, and errno, where no number is left.
inline UniqueFd above_standard(UniqueFd fd) noexcept {
  if (fd.get() < 0 || fd.get() > 2) return fd;
  return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
}

}  // namespace litorch::posix
