// SPDX-License-Identifier: MIT
// The largest allocation since somebody set this to 0. Counted by the operator new of unit_io, in npy_allocations.cpp.
#pragma once

#include <atomic>
#include <cstddef>

namespace support {

extern std::atomic<std::size_t> largest_allocation;

}  // namespace support
