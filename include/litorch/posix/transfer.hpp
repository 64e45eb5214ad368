// SPDX-License-Identifier: MIT
// Whole transfers: the one place where interrupted and short reads, writes and copies are gone on with.
#pragma once

#include <litorch/base/config.hpp>

#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>

namespace litorch::posix {

/// Writes all of `data` where the descriptor stands. Returns 0, or the errno of what stopped it.
inline int write_all(int fd, const void* data, std::size_t bytes) noexcept {
  for (std::size_t done = 0; done < bytes;) {
    const ::ssize_t put = ::write(fd, static_cast<const std::byte*>(data) + done, bytes - done);
    if (put >= 0)
      done += static_cast<std::size_t>(put);
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

/// Writes all of `data` from `offset` on. Returns 0, or the errno of what stopped it. Thread-safe.
inline int write_all_at(int fd, const void* data, std::size_t bytes, Index offset) noexcept {
  for (std::size_t done = 0; done < bytes;) {
    const ::ssize_t put = ::pwrite(fd, static_cast<const std::byte*>(data) + done, bytes - done,
                                   static_cast<::off_t>(offset) + static_cast<::off_t>(done));
    if (put >= 0)
      done += static_cast<std::size_t>(put);
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

/// Has the kernel write a range to disk from now on, without waiting for it: a hint.
inline void start_writeback(int fd, Index offset, std::size_t bytes) noexcept {
  ::sync_file_range(fd, static_cast<::off_t>(offset), static_cast<::off_t>(bytes), SYNC_FILE_RANGE_WRITE);
}

/// Reads `bytes` from `offset` on; `done` is how many there were, fewer only where the file ends. Returns 0, or the errno
/// of what stopped it. Thread-safe.
inline int read_all(int fd, void* data, std::size_t bytes, Index offset, std::size_t& done) noexcept {
  for (done = 0; done < bytes;) {
    const ::ssize_t got = ::pread(fd, static_cast<std::byte*>(data) + done, bytes - done,
                                  static_cast<::off_t>(offset) + static_cast<::off_t>(done));
    if (got == 0) return 0;
    if (got > 0)
      done += static_cast<std::size_t>(got);
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

/// Copies memory of which pages may be missing, as those of a file are that somebody truncates. Returns 0, or the errno
/// of what stopped it: EFAULT for a missing page.
inline int copy_mapped(void* target, const void* source, std::size_t bytes) noexcept {
  for (std::size_t done = 0; done < bytes;) {
    const ::iovec to{static_cast<std::byte*>(target) + done, bytes - done};
    const ::iovec from{static_cast<std::byte*>(const_cast<void*>(source)) + done, bytes - done};
    const ::ssize_t put = ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0);
    if (put > 0)
      done += static_cast<std::size_t>(put);
    else if (put == 0 || errno != EINTR)
      return put == 0 ? EFAULT : errno;
  }
  return 0;
}

}  // namespace litorch::posix
