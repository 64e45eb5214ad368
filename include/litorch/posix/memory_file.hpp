// SPDX-License-Identifier: MIT
// A file without a name in memory, by which bytes get from one process to another.
#pragma once

#include <litorch/posix/mapped_region.hpp>
#include <litorch/posix/unique_fd.hpp>

#include <sys/mman.h>
#include <sys/stat.h>

namespace litorch::posix {

/// Move-only owner of a memory file.
class MemoryFile {
 public:
  /// Throws IoError.
  explicit MemoryFile(const char* call) : call_(call), fd_(::memfd_create("litorch", MFD_CLOEXEC)) {
    if (!fd_) detail::fail_io(errno, call_, "(): cannot make a file in memory");
  }
  /// One that another process made.
  MemoryFile(const char* call, UniqueFd fd) : call_(call), fd_(std::move(fd)) {}

  int fd() const noexcept { return fd_.get(); }

  /// Appends. The pages are filled by the kernel, which is faster than to have each zeroed and faulted in. Throws
  /// IoError where there is no memory left.
  void append(const void* data, std::size_t bytes) {
    for (std::size_t done = 0; done < bytes;) {
      const ::ssize_t put = ::write(fd_.get(), static_cast<const std::byte*>(data) + done, bytes - done);
      if (put > 0)
        done += static_cast<std::size_t>(put);
      else if (put == 0 || errno != EINTR)
        detail::fail_io(put == 0 ? ENOSPC : errno, call_, "(): cannot write ", bytes, " bytes to memory");
    }
  }
  /// Throws IoError.
  std::size_t size() const {
    struct ::stat status;
    if (::fstat(fd_.get(), &status) != 0)
      detail::fail_io(errno, call_, "(): cannot ask for the size of a file in memory");
    return static_cast<std::size_t>(status.st_size);
  }
  /// All of it. What is written to the mapping is seen by nobody else, also not by children forked later, whose own
  /// writes are not seen here. The mapping outlives the file. Throws IoError.
  MappedRegion map() const {
    const std::size_t bytes = size();
    if (bytes == 0) return {};
    void* const start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd_.get(), 0);
    if (start == MAP_FAILED) detail::fail_io(errno, call_, "(): cannot map ", bytes, " bytes of a file in memory");
    return MappedRegion::adopt(static_cast<std::byte*>(start), bytes);
  }

 private:
  const char* call_;
  UniqueFd fd_;
};

}  // namespace litorch::posix
