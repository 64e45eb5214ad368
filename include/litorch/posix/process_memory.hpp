// SPDX-License-Identifier: MIT
// Reads out of the memory of a child: bytes get from it to here in one copy, without a file and without its help.
#pragma once

#include <litorch/base/config.hpp>

#include <sys/types.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>

namespace litorch::posix {

/// `runs` times `run` bytes from `from` on in process `pid`, which must not change them meanwhile, to `to`, `to + step`,
/// ... Returns 0, or the errno of what stopped it: EPERM or ENOSYS where the system does not allow it, EFAULT or ESRCH
/// where the bytes or the process are not there.
inline int read_process_memory(::pid_t pid, const std::byte* from, std::byte* to, Index run, Index step,
                               Index runs) noexcept {
  constexpr std::size_t kParts = 256;
  constexpr Index kMost = Index{1} << 30;  // a call; the kernel does no more than 2 GiB
  const Index total = run * runs;
  for (Index done = 0; done < total;) {
    ::iovec parts[kParts];
    std::size_t count = 0;
    Index end = done;
    while (count < kParts && end < total && end - done < kMost) {
      const Index row = end / run, skip = end - row * run, bytes = std::min(run - skip, kMost);
      parts[count++] = {to + row * step + skip, static_cast<std::size_t>(bytes)};
      end += bytes;
    }
    ::iovec source{const_cast<std::byte*>(from) + done, static_cast<std::size_t>(end - done)};
    const ::ssize_t got = ::process_vm_readv(pid, parts, count, &source, 1, 0);
    if (got == 0) return EFAULT;
    if (got > 0)
      done += static_cast<Index>(got);
    else if (errno != EINTR)
      return errno;
  }
  return 0;
}

}  // namespace litorch::posix
