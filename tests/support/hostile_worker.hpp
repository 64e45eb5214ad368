// SPDX-License-Identifier: MIT
// What a task does to answer its pool by itself, and not as the library would.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace support {

using Bytes = std::vector<std::byte>;

/// In a worker: its end of the channel.
inline int own_channel() {
  for (int fd = 3; fd < 1024; ++fd) {
    int type = 0;
    ::socklen_t size = sizeof type;
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET) return fd;
  }
  return -1;
}

inline void send_raw(const Bytes& bytes, const std::vector<int>& descriptors = {}) {
  ::iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};
  alignas(::cmsghdr) std::byte control[1024]{};
  ::msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!descriptors.empty()) {
    const std::size_t size = descriptors.size() * sizeof(int);
    header.msg_control = control;
    header.msg_controllen = CMSG_SPACE(size);
    ::cmsghdr* const head = CMSG_FIRSTHDR(&header);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(head), descriptors.data(), size);
  }
  ::sendmsg(own_channel(), &header, MSG_NOSIGNAL);
}

/// A message as a worker begins it.
inline Bytes with_head(std::uint64_t task, std::uint64_t kind, const Bytes& rest) {
  Bytes made(16);
  std::memcpy(&made[0], &task, 8);
  std::memcpy(&made[8], &kind, 8);
  made.insert(made.end(), rest.begin(), rest.end());
  return made;
}

/// A file in memory of these bytes.
inline int file_of(const Bytes& bytes, int seals) {
  const int fd = ::memfd_create("test", MFD_ALLOW_SEALING | MFD_CLOEXEC);
  if (::write(fd, bytes.data(), bytes.size()) < 0 || ::fcntl(fd, F_ADD_SEALS, seals) != 0) ::_exit(1);
  return fd;
}

}  // namespace support
