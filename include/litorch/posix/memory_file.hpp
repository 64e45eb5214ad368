// SPDX-License-Identifier: MIT
// A file without a name in memory, by which bytes get from one process to another.
#pragma once

#include <litorch/posix/mapped_region.hpp>
#include <litorch/posix/transfer.hpp>
#include <litorch/posix/unique_fd.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace litorch::posix {

/// Move-only owner of a memory file.
class MemoryFile {
 public:
  /// Throws IoError.
  explicit MemoryFile(const char* call)
      : call_(call), fd_(above_standard(UniqueFd(::memfd_create("litorch", MFD_CLOEXEC | MFD_ALLOW_SEALING)))) {
    if (!fd_) detail::fail_io(errno, call_, "(): cannot make a file in memory");
  }
  /// One that another process made.
  MemoryFile(const char* call, UniqueFd fd) : call_(call), fd_(std::move(fd)) {}

  int fd() const noexcept { return fd_.get(); }

  /// Appends. Throws IoError where there is no memory left.
  void append(const void* data, std::size_t bytes) {
    if (const int error = write_all(fd_.get(), data, bytes); error != 0)
      detail::fail_io(error, call_, "(): cannot write ", bytes, " bytes to memory");
  }
  /// From now on nobody can change its size, so that no access to what is mapped of it can fail. Throws IoError.
  void seal() {
    if (::fcntl(fd_.get(), F_ADD_SEALS, kSeals) != 0) detail::fail_io(errno, call_, "(): cannot seal a file in memory");
  }
  /// Throws IoError.
  std::size_t size() const {
    struct ::stat status;
    if (::fstat(fd_.get(), &status) != 0)
      detail::fail_io(errno, call_, "(): cannot ask for the size of a file in memory");
    return static_cast<std::size_t>(status.st_size);
  }
  /// All of it. Throws IoError, also where it is not sealed.
  MappedRegion map() const {
    const int seals = ::fcntl(fd_.get(), F_GET_SEALS);
    if (seals < 0 || (seals & kSeals) != kSeals)
      detail::fail_io(EPERM, call_, "(): another process sent a file that it can still change");
    return MappedRegion::own_copy(call_, fd_.get(), size());
  }

 private:
  static constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW;

  const char* call_;
  UniqueFd fd_;
};

}  // namespace litorch::posix
