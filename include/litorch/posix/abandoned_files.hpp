// SPDX-License-Identifier: MIT
// Temporary files whose writer is gone: they are locked while it lives, so whoever gets the lock may remove them.
#pragma once

#include <litorch/posix/unique_fd.hpp>

#include <dirent.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace litorch::posix {

/// How names of temporary files begin.
inline constexpr std::string_view kTemporaryPrefix = ".litorch-";

/// Locks a file that was just created. False where another process has taken it for an abandoned one in between. File
/// systems without locks get along without.
inline bool lock_named(int fd) noexcept {
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
  struct ::stat status {};
  return ::fstat(fd, &status) != 0 || status.st_nlink > 0;
}

/// Removes the temporary files in `folder` whose writers ended without a chance to, as after SIGKILL or a power cut.
/// Those that are being written, and all that cannot be looked at, stay. O(files in the folder).
inline void remove_abandoned_files(const std::string& folder) noexcept {
  const std::unique_ptr<::DIR, int (*)(::DIR*)> entries(::opendir(folder.c_str()), &::closedir);
  if (!entries) return;
  const int at = ::dirfd(entries.get());
  while (const ::dirent* const entry = ::readdir(entries.get())) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with(kTemporaryPrefix) || !name.ends_with(".tmp")) continue;
    const UniqueFd file(::openat(at, entry->d_name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW));
    struct ::stat status {};
    if (file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
        ::flock(file.get(), LOCK_EX | LOCK_NB) == 0)
      ::unlinkat(at, entry->d_name, 0);
  }
}

}  // namespace litorch::posix
