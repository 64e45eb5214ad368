// SPDX-License-Identifier: MIT
// System calls on files that fail on request: the program that links faulty_calls.cpp has its own open, read, write and
// so on, which count and can fail, write too little, or kill the process.
#pragma once

namespace support {

enum class Fault {
  none,
  kill,         ///< SIGKILL before the call
  io_error,     ///< EIO
  no_space,     ///< ENOSPC
  short_write,  ///< half of what was asked for is read or written; other calls fail with EINTR once
};

/// From now on the call number `at`, counted from 0, and none other fails.
void arm_fault(Fault fault, long at);
/// Calls since arm_fault(); no more fail from now on.
long disarm_fault();

}  // namespace support
