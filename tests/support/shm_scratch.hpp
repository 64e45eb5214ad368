// SPDX-License-Identifier: MIT
// Names in /dev/shm that are gone when a test ends, and what shared memory costs a process.
#pragma once

#include "support/forked_child.hpp"

#include <litorch/ipc/shared_tensor.hpp>

#include <dirent.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <atomic>
#include <optional>
#include <string>

namespace support {

/// A name of this test only. Whatever is under it when the test ends is removed, in the process that made it.
class ShmScratch {
 public:
  ShmScratch() : name_("test-" + std::to_string(::getpid()) + "-" + std::to_string(counter++)), pid_(::getpid()) {}
  ShmScratch(const ShmScratch&) = delete;
  ShmScratch& operator=(const ShmScratch&) = delete;
  ~ShmScratch() {
    if (pid_ == ::getpid() && ::unlink(path().c_str()) != 0) ::rmdir(path().c_str());
  }

  const std::string& name() const { return name_; }
  std::string path() const { return "/dev/shm/litorch." + name_; }
  bool exists() const {
    struct ::stat status {};
    return ::lstat(path().c_str(), &status) == 0;
  }
  /// Puts a file of these bytes there, as a foreign program would.
  bool plant(const void* data, std::size_t bytes, ::mode_t mode = 0600) const {
    const int fd = ::open(path().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    const bool done = fd >= 0 && ::fchmod(fd, mode) == 0 && ::write(fd, data, bytes) == static_cast<::ssize_t>(bytes);
    if (fd >= 0) ::close(fd);
    return done;
  }

 private:
  static inline std::atomic<int> counter{0};
  std::string name_;
  ::pid_t pid_;
};

/// What is wrong, by the ShmError of `call()`; nothing when it returns.
template <class F>
std::optional<litorch::ShmCode> shm_code_of(F call) {
  try {
    call();
  } catch (const litorch::ShmError& error) {
    return error.code();
  }
  return std::nullopt;
}

/// Entries of a folder; -1 where there is none.
inline int entries(const char* folder) {
  ::DIR* const open = ::opendir(folder);
  if (open == nullptr) return -1;
  int count = 0;
  while (::readdir(open) != nullptr) ++count;
  ::closedir(open);
  return count;
}
inline int open_descriptors() { return entries("/proc/self/fd"); }

inline constexpr int kNotPermitted = 77;

/// run_in_child() with a /dev/shm of its own; kNotPermitted where the system forbids that.
template <class F>
ChildEnd run_with_own_shm(const char* options, F body) {
  return run_in_child([&]() -> int {
    if (::unshare(CLONE_NEWNS) != 0) return kNotPermitted;
    if (::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kNotPermitted;
    if (::mount("tmpfs", "/dev/shm", "tmpfs", 0, options) != 0) return kNotPermitted;
    return body();
  });
}

}  // namespace support
