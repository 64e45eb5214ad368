// SPDX-License-Identifier: MIT
// A regular file that one process at a time may write behind what is there.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/posix/transfer.hpp>
#include <litorch/posix/unique_fd.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <string>
#include <utility>

namespace litorch::posix {

/// Open for reading and writing, and locked against other AppendFiles until it is closed. Move-only.
class AppendFile {
 public:
  AppendFile() = default;
  /// Nothing where there is no such file. Throws IoError, with EWOULDBLOCK where somebody else has it open.
  AppendFile(const char* call, const std::string& path)
      : call_(call),
        path_(path),
        fd_(above_standard(UniqueFd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)))) {
    struct ::stat status {};
    if (!fd_ && errno == ENOENT) return;
    if (!fd_ || ::fstat(fd_.get(), &status) != 0) detail::fail_io(errno, call, "(): cannot open '", path, "'");
    if (!S_ISREG(status.st_mode)) detail::fail_io(EINVAL, call, "(): '", path, "' is not a regular file");
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0)
      detail::fail_io(errno, call, "(): cannot lock '", path, "', to which one writer at a time may append");
    size_ = static_cast<Index>(status.st_size);
  }

  explicit operator bool() const noexcept { return static_cast<bool>(fd_); }
  const char* call() const noexcept { return call_; }
  const std::string& path() const noexcept { return path_; }
  /// In bytes, when it was opened.
  Index size() const noexcept { return size_; }

  /// Fewer bytes only where the file ends. Throws IoError.
  std::size_t read_at(void* data, std::size_t bytes, Index offset) const {
    std::size_t done = 0;
    require(read_all(fd_.get(), data, bytes, offset, done), "read");
    return done;
  }
  /// Throws IoError.
  void write_at(const void* data, std::size_t bytes, Index offset) {
    require(write_all_at(fd_.get(), data, bytes, offset), "write");
  }
  /// Cuts off what is behind `bytes`. Throws IoError.
  void truncate(Index bytes) {
    int failed = 0;
    while ((failed = ::ftruncate(fd_.get(), static_cast<::off_t>(bytes))) != 0 && errno == EINTR) {}
    require(failed == 0 ? 0 : errno, "shorten");
  }
  /// Returns when all that was written is on disk. Throws IoError.
  void sync() {
    int failed = 0;
    while ((failed = ::fdatasync(fd_.get())) != 0 && errno == EINTR) {}
    require(failed == 0 ? 0 : errno, "write");
  }

 private:
  void require(int error, const char* what) const {
    if (error != 0) detail::fail_io(error, call_, "(): cannot ", what, " '", path_, "'");
  }

  const char* call_ = "";
  std::string path_;
  UniqueFd fd_;
  Index size_ = 0;
};

}  // namespace litorch::posix
