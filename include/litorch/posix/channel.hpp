// SPDX-License-Identifier: MIT
// Messages between two processes, each with a descriptor if need be: one end of a connected pair of sockets.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/posix/unique_fd.hpp>

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <span>
#include <vector>

namespace litorch::posix {

struct Message {
  std::vector<std::byte> bytes;
  UniqueFd descriptor;
};

/// Move-only. Messages arrive whole and in order, or not at all; a process that ends closes its end.
class Channel {
 public:
  /// The longest message in bytes.
  static constexpr std::size_t kLongest = 64 * 1024;

  Channel() = default;
  /// Two ends, closed by exec(). Throws IoError.
  static std::pair<Channel, Channel> make_pair(const char* call) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
      detail::fail_io(errno, call, "(): cannot make a channel to a worker");
    UniqueFd first(ends[0]), second(ends[1]);
    first = above_standard(std::move(first));
    second = above_standard(std::move(second));
    if (!first || !second) detail::fail_io(errno, call, "(): cannot make a channel to a worker");
    return {Channel(std::move(first)), Channel(std::move(second))};
  }

  int fd() const noexcept { return fd_.get(); }
  void close() noexcept { fd_.reset(); }

  /// What send() does while the other end has too many messages unread.
  enum class WhenFull { wait, fail };

  /// Sends a message, and `descriptor` unless it is -1. False where the other end is closed. Throws IoError.
  bool send(const char* call, std::span<const std::byte> bytes, int descriptor = -1,
            WhenFull when_full = WhenFull::wait) const {
    ::iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
    Control control;
    ::msghdr header = header_of(part, control);
    if (descriptor >= 0) {
      ::cmsghdr* const head = CMSG_FIRSTHDR(&header);
      head->cmsg_level = SOL_SOCKET;
      head->cmsg_type = SCM_RIGHTS;
      head->cmsg_len = CMSG_LEN(sizeof(int));
      std::memcpy(CMSG_DATA(head), &descriptor, sizeof(int));
    } else {
      header.msg_control = nullptr;
      header.msg_controllen = 0;
    }
    const int flags = MSG_NOSIGNAL | (when_full == WhenFull::fail ? MSG_DONTWAIT : 0);
    while (::sendmsg(fd_.get(), &header, flags) < 0) {
      if (errno == EPIPE || errno == ECONNRESET) return false;
      if (errno != EINTR) detail::fail_io(errno, call, "(): cannot send ", bytes.size(), " bytes to another process");
    }
    return true;
  }

  /// Waits for the next message, which replaces what is in `message`. False where the other end is closed and all was
  /// read. Throws IoError, also for a descriptor that this process has no number left for.
  bool receive(const char* call, Message& message) const {
    std::byte buffer[kLongest];  // not set: most messages are short
    ::iovec part{buffer, sizeof buffer};
    Control control;
    ::msghdr header = header_of(part, control);
    ::ssize_t got = 0;
    while ((got = ::recvmsg(fd_.get(), &header, MSG_CMSG_CLOEXEC)) < 0) {
      if (errno == ECONNRESET) return false;
      if (errno != EINTR) detail::fail_io(errno, call, "(): cannot receive from another process");
    }
    message.bytes.assign(buffer, buffer + got);
    message.descriptor.reset();
    for (::cmsghdr* head = CMSG_FIRSTHDR(&header); head != nullptr; head = CMSG_NXTHDR(&header, head))
      if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
        int descriptor = -1;
        std::memcpy(&descriptor, CMSG_DATA(head), sizeof(int));
        message.descriptor = UniqueFd(descriptor);
      }
    if (got == 0) return false;  // no sooner: a message without bytes may have a descriptor
    if ((header.msg_flags & MSG_CTRUNC) != 0)
      detail::fail_io(EMFILE, call, "(): a descriptor from another process was lost; raise the limit on open files");
    return true;
  }

 private:
  struct Control {
    alignas(::cmsghdr) std::byte bytes[CMSG_SPACE(sizeof(int))]{};
  };

  explicit Channel(UniqueFd fd) : fd_(std::move(fd)) {}

  static ::msghdr header_of(::iovec& part, Control& control) {
    ::msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes;
    header.msg_controllen = CMSG_LEN(sizeof(int));  // the space behind it would hold a second descriptor
    return header;
  }

  UniqueFd fd_;
};

}  // namespace litorch::posix
