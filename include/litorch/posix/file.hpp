// SPDX-License-Identifier: MIT
// Reading regular files, and writing them so that they appear whole or not at all. EINTR and short transfers are dealt
// with here.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/posix/abandoned_files.hpp>
#include <litorch/posix/transfer.hpp>
#include <litorch/posix/unique_fd.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

namespace litorch::posix {

/// A regular file open for reading. Never blocks: a FIFO, a socket, a device or a directory is refused, not opened.
class InputFile {
 public:
  /// `call` names the public function in errors. Throws IoError.
  InputFile(const char* call, const std::string& path)
      : call_(call), path_(path), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {
    struct ::stat status {};
    if (!fd_ || ::fstat(fd_.get(), &status) != 0) detail::fail_io(errno, call, "(): cannot open '", path, "'");
    if (S_ISDIR(status.st_mode)) detail::fail_io(EISDIR, call, "(): '", path, "' is not a file");
    if (!S_ISREG(status.st_mode))
      detail::fail_io(EINVAL, call, "(): '", path, "' is a FIFO, socket or device; give a regular file");
    size_ = static_cast<Index>(status.st_size);
  }

  const char* call() const noexcept { return call_; }
  const std::string& path() const noexcept { return path_; }
  int fd() const noexcept { return fd_.get(); }
  /// In bytes, when it was opened.
  Index size() const noexcept { return size_; }

  /// Whether reads fetch more than they ask for, as they do unless it is turned off: a hint.
  void read_ahead(bool wanted) const noexcept {
    ::posix_fadvise(fd_.get(), 0, 0, wanted ? POSIX_FADV_NORMAL : POSIX_FADV_RANDOM);
  }
  /// Reads up to `bytes` at `offset`; fewer only where the file ends. Thread-safe. Throws IoError.
  std::size_t read_at(void* data, std::size_t bytes, Index offset) const {
    std::size_t done = 0;
    if (const int error = read_all(fd_.get(), data, bytes, offset, done); error != 0)
      detail::fail_io(error, call_, "(): cannot read '", path_, "'");
    return done;
  }

 private:
  const char* call_;
  std::string path_;
  UniqueFd fd_;
  Index size_ = 0;
};

/// Whether a file is on disk, or merely in the kernel's hands, when the call that writes it returns: the latter is lost
/// with the power, and saves the wait for the disk.
enum class Durability { synced, cached };

/// A file that replaces `path` only when it is complete: written under a temporary name in the same folder, synced, then
/// renamed. Meanwhile it is locked, as remove_abandoned_files() wants it. Ends without publish() by removing the temporary
/// file. A symbolic link is followed; what it names is replaced. The mode of a file that is replaced is kept.
class OutputFile {
 public:
  /// Throws IoError where the folder cannot be written or `path` is something else than a regular file.
  OutputFile(const char* call, const std::string& path, Durability durability = Durability::synced)
      : call_(call), path_(resolve(path)), durability_(durability) {
    if (path_.empty() || path_.back() == '/')
      detail::fail_io(path_.empty() ? ENOENT : EISDIR, call, "(): '", path, "' does not name a file");
    struct ::stat status {};
    const bool replaces = ::stat(path_.c_str(), &status) == 0;
    if (replaces && !S_ISREG(status.st_mode))
      detail::fail_io(S_ISDIR(status.st_mode) ? EISDIR : EINVAL, call, "(): cannot replace '", path,
                      "', which is not a regular file");
    const std::size_t slash = path_.rfind('/');
    folder_ = slash == std::string::npos ? "." : slash == 0 ? "/" : path_.substr(0, slash);
    while (!create_temporary())
      if (errno != EEXIST && errno != EINTR)
        detail::fail_io(errno, call, "(): cannot create a file in '", folder_, "' to become '", path, "'");
    if (replaces)
      ::fchmod(fd_.get(), status.st_mode & 07777);  // the file is ours: can only fail where modes do not exist
  }
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() {
    if (fd_) ::unlink(temporary_.c_str());
  }

  /// The folder of what it becomes, links resolved, and the same with the name: equal for all names of one file.
  std::string folder() const { return resolve(folder_); }
  std::string path() const { return folder() + path_.substr(path_.rfind('/') == path_.npos ? 0 : path_.rfind('/')); }

  /// Removes temporary files of others that are gone, in the same folder.
  void remove_abandoned() const noexcept { remove_abandoned_files(folder_); }

  /// Appends. Throws IoError.
  void write(const void* data, std::size_t bytes) {
    if (const int error = write_all(fd_.get(), data, bytes); error != 0)
      detail::fail_io(error, call_, "(): cannot write '", path_, "'");
  }

  /// Writes at `offset`. Thread-safe where the ranges are disjoint. Throws IoError.
  void write_at(const void* data, std::size_t bytes, Index offset) {
    if (const int error = write_all_at(fd_.get(), data, bytes, offset); error != 0)
      detail::fail_io(error, call_, "(): cannot write '", path_, "'");
    if (durability_ == Durability::synced) start_writeback(fd_.get(), offset, bytes);
  }

  /// Returns when all that was written is on disk, if it has to be: publish() does not wait for it then. Throws IoError.
  void complete() {
    sync();
    complete_ = true;
  }
  /// Makes the file appear under its name. Throws IoError; the old file is then still there.
  void publish() {
    sync();
    if (::rename(temporary_.c_str(), path_.c_str()) != 0)
      detail::fail_io(errno, call_, "(): cannot rename '", temporary_, "' to '", path_, "'");
    fd_.reset();
    sync_folder();
  }
  /// The same where nothing has the name; false, and nothing happens, where something has. Throws IoError.
  bool publish_new() {
    sync();
    const char *const from = temporary_.c_str(), *const to = path_.c_str();
    bool renamed = ::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0;
    // Some file systems cannot do that: two names then, the first of which is removed.
    if (!renamed && (errno == EINVAL || errno == ENOSYS)) renamed = ::link(from, to) == 0 && ::unlink(from) == 0;
    if (!renamed) {
      if (errno == EEXIST) return false;
      detail::fail_io(errno, call_, "(): cannot rename '", temporary_, "' to '", path_, "'");
    }
    fd_.reset();
    sync_folder();
    return true;
  }

 private:
  void sync() {
    while (durability_ == Durability::synced && !complete_ && ::fsync(fd_.get()) != 0)
      if (errno != EINTR) detail::fail_io(errno, call_, "(): cannot write '", path_, "'");
  }
  void sync_folder() const {
    if (durability_ == Durability::cached) return;
    const UniqueFd folder(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (folder) ::fsync(folder.get());  // some file systems cannot sync a folder; the name is there all the same
  }
  static std::string resolve(const std::string& path) {
    const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
    return real ? std::string(real.get()) : path;
  }

  /// False, and errno, where there is none: EEXIST where the name was taken, or has been taken for an abandoned one.
  bool create_temporary() {
    static std::atomic<unsigned> counter{0};
    temporary_ = detail::to_text(folder_, "/", kTemporaryPrefix, ::getpid(), "-", counter.fetch_add(1), ".tmp");
    UniqueFd created(::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (!created) return false;
    fd_ = above_standard(std::move(created));
    if (fd_ && lock_named(fd_.get())) return true;
    const int error = fd_ ? EEXIST : errno;
    ::unlink(temporary_.c_str());
    fd_.reset();
    errno = error;
    return false;
  }

  const char* call_;
  std::string path_, folder_, temporary_;
  Durability durability_;
  UniqueFd fd_;
  bool complete_ = false;
};

}  // namespace litorch::posix
