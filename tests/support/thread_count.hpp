// SPDX-License-Identifier: MIT
// How many threads the process has.
#pragma once

#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>

namespace support {

inline std::ptrdiff_t thread_count() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return std::distance(begin(tasks), end(tasks));
}

/// The threads of a process that has none of its own running. The first start of a thread also starts a sanitizer's.
inline std::ptrdiff_t thread_count_at_rest() {
  std::thread([] {}).join();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return thread_count();
}

/// True as soon as there are `count`: the kernel lists a thread for a moment after it was joined.
inline bool thread_count_becomes(std::ptrdiff_t count) {
  for (int attempt = 0; attempt < 5000; ++attempt) {
    if (thread_count() == count) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return false;
}

}  // namespace support
