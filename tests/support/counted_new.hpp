// SPDX-License-Identifier: MIT
// What operator new was asked for, in the programs that counted_new.cpp is a part of.
#pragma once

#include <atomic>
#include <cstddef>

namespace support {

extern std::atomic<std::size_t> allocations;         ///< how many so far
extern std::atomic<std::size_t> largest_allocation;  ///< since somebody set this to 0, in bytes
extern std::atomic<std::size_t> failing_allocation;  ///< the one, counted from 1, that finds no memory; 0 for none

}  // namespace support
