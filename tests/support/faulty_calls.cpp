// SPDX-License-Identifier: MIT
#include "support/faulty_calls.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstddef>

namespace {

std::atomic<support::Fault> armed{support::Fault::none};
std::atomic<long> calls{0}, faulty{-1};

/// Whether this call has to fail. May not return.
bool is_faulty() {
  const support::Fault fault = armed;
  if (fault == support::Fault::none || calls++ != faulty) return false;
  if (fault == support::Fault::kill) ::raise(SIGKILL);
  errno = fault == support::Fault::no_space ? ENOSPC : fault == support::Fault::short_write ? EINTR : EIO;
  return true;
}
bool is_short() { return armed == support::Fault::short_write; }

template <class... Arguments>
long call(long number, Arguments... arguments) {
  return is_faulty() ? -1 : ::syscall(number, arguments...);
}
/// Of a call that does not fail with EINTR.
template <class... Arguments>
int whole_call(long number, Arguments... arguments) {
  return static_cast<int>(is_short() ? ::syscall(number, arguments...) : call(number, arguments...));
}
long transfer(long number, int fd, void* data, std::size_t bytes) {
  const bool fails = is_faulty();
  if (fails && (!is_short() || bytes < 2)) return -1;
  return ::syscall(number, fd, data, fails ? bytes / 2 : bytes);
}
long transfer_at(long number, int fd, void* data, std::size_t bytes, ::off_t offset) {
  const bool fails = is_faulty();
  if (fails && (!is_short() || bytes < 2)) return -1;
  return ::syscall(number, fd, data, fails ? bytes / 2 : bytes, offset);
}

}  // namespace

namespace support {

void arm_fault(Fault fault, long at) {
  calls = 0;
  faulty = at;
  armed = fault;
}
long disarm_fault() {
  armed = Fault::none;
  return calls;
}

}  // namespace support

extern "C" {

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const int mode = (flags & O_CREAT) != 0 ? va_arg(rest, int) : 0;
  va_end(rest);
  return whole_call(SYS_openat, AT_FDCWD, path, flags, mode);
}
ssize_t read(int fd, void* data, std::size_t bytes) { return transfer(SYS_read, fd, data, bytes); }
ssize_t write(int fd, const void* data, std::size_t bytes) {
  return transfer(SYS_write, fd, const_cast<void*>(data), bytes);
}
ssize_t pread(int fd, void* data, std::size_t bytes, ::off_t offset) {
  return transfer_at(SYS_pread64, fd, data, bytes, offset);
}
ssize_t pwrite(int fd, const void* data, std::size_t bytes, ::off_t offset) {
  return transfer_at(SYS_pwrite64, fd, const_cast<void*>(data), bytes, offset);
}
int fsync(int fd) { return static_cast<int>(call(SYS_fsync, fd)); }
int fdatasync(int fd) { return static_cast<int>(call(SYS_fdatasync, fd)); }
int ftruncate(int fd, ::off_t bytes) noexcept { return static_cast<int>(call(SYS_ftruncate, fd, bytes)); }
// Returns its error. Without the slow way of the C library for file systems that do not know the call.
int posix_fallocate(int fd, ::off_t offset, ::off_t bytes) {
  return call(SYS_fallocate, fd, 0, offset, bytes) == 0 ? 0 : errno;
}
int rename(const char* from, const char* to) noexcept {
  return whole_call(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) noexcept {
  return whole_call(SYS_renameat2, from_folder, from, to_folder, to, flags);
}
int link(const char* from, const char* to) noexcept { return whole_call(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0); }
int unlink(const char* path) noexcept { return whole_call(SYS_unlinkat, AT_FDCWD, path, 0); }
int unlinkat(int folder, const char* path, int flags) noexcept { return whole_call(SYS_unlinkat, folder, path, flags); }
int fstat(int fd, struct ::stat* status) noexcept { return whole_call(SYS_fstat, fd, status); }
int flock(int fd, int operation) noexcept { return whole_call(SYS_flock, fd, operation); }
int fchmod(int fd, ::mode_t mode) noexcept { return whole_call(SYS_fchmod, fd, mode); }
int close(int fd) {  // Linux closes the descriptor also where it says that something failed
  const bool fails = is_faulty() && !is_short();
  const int error = errno;
  const long closed = ::syscall(SYS_close, fd);
  if (fails) errno = error;
  return fails ? -1 : static_cast<int>(closed);
}
int sync_file_range(int fd, ::off64_t offset, ::off64_t bytes, unsigned flags) {
  return whole_call(SYS_sync_file_range, fd, offset, bytes, flags);
}

}  // extern "C"
