// SPDX-License-Identifier: MIT
// Which worker writes which byte? Each part of a parallel region is run alone, twice, on different backgrounds: a byte
// that is the same after both was written by that part.
#pragma once

#include <litorch/litorch.hpp>

#include <cstring>
#include <limits>
#include <vector>

namespace support {

/// An executor that claims `threads` threads and runs one part of each region, or counts the parts.
struct OnePartExecutor {
  std::size_t threads = 1;
  std::size_t only = 0;
  std::size_t parts = 1;

  std::size_t size() const { return threads; }
  template <class F>
  void run(std::size_t count, F&& f) {
    parts = count;
    if (only < count) f(only);
  }
};

/// How many parts of the region wrote each byte of `memory`. `work(executor)` runs the region; a region that needs no
/// executor counts as one part.
template <class Work>
std::vector<int> count_writes(unsigned char* memory, std::size_t bytes, std::size_t threads, Work&& work) {
  std::vector<int> writes(bytes, 0);
  std::vector<unsigned char> dark(bytes);
  const std::vector<unsigned char> before(memory, memory + bytes);
  std::size_t parts = 1;
  for (std::size_t part = 0; part < parts; ++part) {
    OnePartExecutor executor{threads, part, 1};
    std::memset(memory, 0x00, bytes);
    work(executor);
    dark.assign(memory, memory + bytes);
    std::memset(memory, 0xff, bytes);
    work(executor);
    parts = executor.parts;
    for (std::size_t i = 0; i < bytes; ++i) writes[i] += dark[i] == memory[i];
  }
  std::memcpy(memory, before.data(), bytes);
  return writes;
}

}  // namespace support
