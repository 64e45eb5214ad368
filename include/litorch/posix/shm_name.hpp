// SPDX-License-Identifier: MIT
// The names of shared-memory objects under /dev/shm: which are allowed, whose they are, and which are there.
#pragma once

#include <litorch/base/error.hpp>

#include <dirent.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace litorch::posix {

/// Where Linux keeps the objects of shm_open(), and what the file names of litorch begin with.
inline constexpr std::string_view kShmFolder = "/dev/shm/";
inline constexpr std::string_view kShmPrefix = "litorch.";
inline constexpr std::size_t kShmNameLength = 30;

/// Whether `name` is 1 to 30 characters of [A-Za-z0-9._-], and neither "." nor "..".
inline bool is_shm_name(std::string_view name) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= kShmNameLength && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), allowed);
}

/// Throws before any system call.
inline void require_shm_name(const char* call, std::string_view name) {
  if (!is_shm_name(name))
    detail::fail_shm(ShmCode::bad_name, 0, call, "(): a name of ", name.size(),
                     " characters that is not allowed; give 1 to 30 characters of [A-Za-z0-9._-]");
}

inline std::string shm_object(std::string_view name) { return std::string("/").append(kShmPrefix).append(name); }
inline std::string shm_path(std::string_view name) { return std::string(kShmFolder).append(kShmPrefix).append(name); }

/// The names that litorch has given, in no order.
inline std::vector<std::string> shm_names(const char* call) {
  const std::unique_ptr<::DIR, int (*)(::DIR*)> folder(::opendir(kShmFolder.data()), &::closedir);
  if (!folder) detail::fail_shm(ShmCode::system, errno, call, "(): cannot list ", kShmFolder);
  std::vector<std::string> names;
  while (const ::dirent* const entry = ::readdir(folder.get())) {
    const std::string_view file = entry->d_name;
    if (file.substr(0, kShmPrefix.size()) == kShmPrefix && is_shm_name(file.substr(kShmPrefix.size())))
      names.emplace_back(file.substr(kShmPrefix.size()));
  }
  return names;
}

/// A name under /dev/shm that the process which created it takes away when it ends; never a forked child, and never an
/// object that somebody else has put in its place. Move-only.
class ShmName {
 public:
  ShmName() = default;
  ShmName(ShmName&& other) noexcept : name_(std::exchange(other.name_, {})), object_(other.object_), pid_(other.pid_) {}
  ShmName& operator=(ShmName&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(object_, other.object_);
    std::swap(pid_, other.pid_);
    other.end();
    return *this;
  }
  ~ShmName() { end(); }

  const std::string& name() const noexcept { return name_; }

  /// Takes `name` away if it is still that of the object of `status`. The two steps are not one: who replaces the object
  /// between them loses the new name.
  static bool unlink_object(const std::string& name, const struct ::stat& status) noexcept {
    struct ::stat now {};
    return ::lstat(shm_path(name).c_str(), &now) == 0 && now.st_dev == status.st_dev && now.st_ino == status.st_ino &&
           ::shm_unlink(shm_object(name).c_str()) == 0;
  }

 private:
  friend class SharedMemory;
  explicit ShmName(std::string_view name) : name_(name) {}
  void own(const struct ::stat& object) noexcept { object_ = object, pid_ = ::getpid(); }
  void end() noexcept {
    if (!name_.empty() && pid_ == ::getpid()) unlink_object(name_, object_);
    name_.clear();
  }

  std::string name_;
  struct ::stat object_ {};
  ::pid_t pid_ = 0;
};

}  // namespace litorch::posix
