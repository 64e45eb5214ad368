// SPDX-License-Identifier: MIT
// Makes threads be in the same place at the same time.
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>

namespace support {

/// Waits until `count` threads have come here. One that never comes makes the test hang, and its deadline fail it.
inline void meet(std::atomic<std::size_t>& arrived, std::size_t count) {
  ++arrived;
  while (arrived < count) std::this_thread::yield();
}

}  // namespace support
