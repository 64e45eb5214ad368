// SPDX-License-Identifier: MIT
// Owners of shared-memory objects: without a name (memfd), or with one under /dev/shm. EINTR is dealt with here. All
// errors are ShmError.
#pragma once

#include <litorch/base/control_groups.hpp>
#include <litorch/base/error.hpp>
#include <litorch/posix/mapped_region.hpp>
#include <litorch/posix/shm_name.hpp>
#include <litorch/posix/transfer.hpp>
#include <litorch/posix/unique_fd.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

namespace litorch::posix {

inline ShmCode shm_code(int error) noexcept {
  switch (error) {
    case ENOENT: return ShmCode::not_found;
    case EEXIST: return ShmCode::exists;
    case EACCES:
    case EPERM: return ShmCode::permission;
    case ENOSPC:
    case EFBIG:
    case EDQUOT: return ShmCode::no_space;
    case ELOOP:
    case EISDIR:
    case EINVAL:  // what shm_open() makes of EISDIR
    case ENODEV:
    case ENXIO: return ShmCode::not_regular;
    default: return ShmCode::system;
  }
}

/// What programs can still get without swapping, in bytes; -1 where the system does not say.
inline Index available_memory() {
  const std::string text = detail::read_text("/proc/meminfo");
  constexpr std::string_view kField = "MemAvailable:";
  const std::size_t at = text.find(kField);
  if (at == std::string::npos) return -1;
  std::string_view rest = std::string_view(text).substr(at + kField.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const Index kibibytes = detail::parse_count(detail::next_field(rest, ' '));
  return kibibytes < 0 ? -1 : kibibytes * 1024;
}

/// An open shared-memory object. Move-only. It may end as soon as it is mapped: what is mapped stays.
class SharedMemory {
 public:
  /// `bytes` > 0 of zeros in an object without a name, which children inherit once it is mapped. Nobody can change its
  /// size any more, so that no access to it can fail.
  static SharedMemory anonymous(const char* call, Index bytes) {
    SharedMemory memory(call, "", above_standard(UniqueFd(::memfd_create("litorch", MFD_CLOEXEC | MFD_ALLOW_SEALING))));
    if (!memory.fd_) memory.fail(errno, "cannot create");
    memory.reserve(bytes);
    if (::fcntl(memory.fd(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0)
      memory.fail(errno, "cannot seal");
    return memory;
  }

  /// Descriptor `fd`, an anonymous() object, of process `pid`, which must be of the same user and see the same /proc. It may
  /// be closed there afterwards.
  static SharedMemory of_process(const char* call, Index pid, int fd) {
    const std::string path = detail::to_text("/proc/", pid, "/fd/", fd);
    int opened = -1;
    do opened = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    while (opened < 0 && errno == EINTR);
    SharedMemory memory(call, path, above_standard(UniqueFd(opened)));
    if (!memory.fd_) memory.fail(errno, "cannot open");
    constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW;
    const int seals = ::fcntl(memory.fd(), F_GET_SEALS);
    if (seals < 0 || (seals & kSeals) != kSeals) memory.refuse(ShmCode::not_regular, "is not sealed shared memory");
    return memory;
  }

  /// An empty object under a name that must be free, for this user only. Ends its name unless release_name() is called.
  static SharedMemory create(const char* call, std::string_view name) {
    require_shm_name(call, name);
    SharedMemory memory(call, name, UniqueFd());
    memory.owned_ = ShmName(name);
    memory.fd_ = open_object(name, O_RDWR | O_CREAT | O_EXCL);  // from here on nothing but system calls can fail
    if (!memory.fd_) memory.fail(errno, "cannot create");
    struct ::stat status {};
    if (::fstat(memory.fd(), &status) != 0) {
      const int error = errno;
      ::shm_unlink(shm_object(name).c_str());  // nobody else knows that it is ours
      memory.fail(error, "cannot look at");
    }
    memory.owned_.own(status);
    if (::fchmod(memory.fd(), 0600) != 0) memory.fail(errno, "cannot set the mode of");  // whatever umask() took away
    return memory;
  }

  /// The object of this name. Never blocks and never follows a link; refuses what is not a regular file of this user, for
  /// this user only, with one name.
  static SharedMemory open(const char* call, std::string_view name, Access access) {
    require_shm_name(call, name);
    SharedMemory memory(call, name, open_object(name, access == Access::write ? O_RDWR : O_RDONLY));
    if (!memory.fd_) memory.fail(errno, "cannot open");
    const struct ::stat status = memory.status();
    if (!S_ISREG(status.st_mode)) memory.refuse(ShmCode::not_regular, "is a link, FIFO, socket, device or folder");
    if (status.st_uid != ::geteuid())
      memory.refuse(ShmCode::wrong_owner, "belongs to user ", status.st_uid, ", expected user ", ::geteuid());
    if ((status.st_mode & 077) != 0) memory.refuse(ShmCode::wrong_mode, "is open to other users");
    if (status.st_nlink > 1) memory.refuse(ShmCode::hard_linked, "has ", status.st_nlink, " names, expected one");
    if (status.st_nlink == 0) memory.refuse(ShmCode::not_found, "was removed while it was being opened");
    return memory;
  }

  /// Takes the name away; false where there was none. Who has the object mapped keeps it.
  static bool remove(const char* call, std::string_view name) {
    require_shm_name(call, name);
    if (::shm_unlink(shm_object(name).c_str()) == 0) return true;
    if (errno != ENOENT) SharedMemory(call, name, UniqueFd()).fail(errno, "cannot remove");
    return false;
  }

  /// Grows the object to `bytes` of zeros and takes the memory for them now: where there is too little, this is an error,
  /// and no later write is a SIGBUS.
  void reserve(Index bytes) {
    const Index free_memory = available_memory();
    if (free_memory >= 0 && bytes > free_memory) no_space(ENOMEM, bytes, free_memory);
    Index step = Index{64} << 20;  // an interrupted call may have to start again: then less at a time
    for (Index done = 0; done < bytes;) {
      const Index length = std::min(step, bytes - done);
      const int error = ::posix_fallocate(fd(), static_cast<::off_t>(done), static_cast<::off_t>(length));
      if (error == 0)
        done += length;
      else if (error == EINTR)
        step = std::max(step / 2, Index{1} << 16);
      else if (error == ENOSPC)
        no_space(error, bytes, done + room());
      else
        fail(error, "cannot reserve memory for");
    }
  }

  /// Writes at the start of an object that was just created.
  void write(const void* data, std::size_t bytes) {
    const int error = write_all(fd(), data, bytes);
    if (error == ENOSPC) no_space(error, static_cast<Index>(bytes), room());
    if (error != 0) fail(error, "cannot write");
  }
  /// Reads from the start; fewer bytes only where the object ends, also where it is truncated meanwhile.
  std::size_t read(void* data, std::size_t bytes) const {
    std::size_t done = 0;
    if (const int error = read_all(fd(), data, bytes, 0, done); error != 0) fail(error, "cannot read");
    return done;
  }

  /// In bytes, now.
  Index size() const { return static_cast<Index>(status().st_size); }
  MappedRegion map(Index bytes, Access access) const {
    return MappedRegion::shared(call_, name_, fd(), static_cast<std::size_t>(bytes), access);
  }
  /// Takes the name away if it is still that of this object.
  bool unlink() const { return ShmName::unlink_object(name_, status()); }
  /// Whoever gets it takes the name away in the end.
  ShmName release_name() noexcept { return std::move(owned_); }
  int fd() const noexcept { return fd_.get(); }

 private:
  SharedMemory(const char* call, std::string_view name, UniqueFd fd) : call_(call), name_(name), fd_(std::move(fd)) {}

  static UniqueFd open_object(std::string_view name, int flags) {
    const std::string object = shm_object(name);
    int fd = -1;
    do fd = ::shm_open(object.c_str(), flags | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
    while (fd < 0 && errno == EINTR);
    return UniqueFd(fd);
  }

  struct ::stat status() const {
    struct ::stat status {};
    if (::fstat(fd(), &status) != 0) fail(errno, "cannot look at");
    return status;
  }
  Index room() const noexcept {
    struct ::statvfs system {};
    if (::fstatvfs(fd(), &system) != 0) return 0;
    return static_cast<Index>(system.f_bavail) * static_cast<Index>(system.f_frsize);
  }

  std::string label() const { return name_.empty() ? "anonymous shared memory" : "'" + name_ + "'"; }
  template <class... Parts>
  [[noreturn]] void refuse(ShmCode code, const Parts&... parts) const {
    detail::fail_shm(code, 0, call_, "(): ", label(), " ", parts...);
  }
  [[noreturn]] void fail(int error, const char* what) const {
    detail::fail_shm(shm_code(error), error, call_, "(): ", what, " ", label());
  }
  [[noreturn]] void no_space(int error, Index wanted, Index available) const {
    detail::fail_shm(ShmCode::no_space, error, call_, "(): ", label(), " wants ", wanted, " bytes, ", available,
                     " are available; remove segments, or make /dev/shm larger");
  }

  const char* call_;
  std::string name_;
  UniqueFd fd_;
  ShmName owned_;
};

}  // namespace litorch::posix
