// SPDX-License-Identifier: MIT
// How much memory is really there.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace support {

/// How many 4 KiB pages of [data, data + bytes) are in memory; data on a page boundary.
inline std::ptrdiff_t resident_pages(const void* data, std::size_t bytes) {
  std::vector<unsigned char> state((bytes + 4095) / 4096);
  if (::mincore(const_cast<void*>(data), bytes, state.data()) != 0) return -1;
  return std::count_if(state.begin(), state.end(), [](unsigned char page) { return page % 2 == 1; });
}

/// A line of /proc/self/status in bytes, -1 where there is none.
inline std::int64_t status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (std::int64_t kibibytes = 0; word == name + ":" && status >> kibibytes) return kibibytes * 1024;
  return -1;
}

/// The most memory that was resident since the last reset, and now.
inline std::int64_t peak_bytes() { return status_bytes("VmHWM"); }
inline std::int64_t resident_bytes() { return status_bytes("VmRSS"); }
inline void reset_peak() { std::ofstream("/proc/self/clear_refs") << 5; }

}  // namespace support
