// SPDX-License-Identifier: MIT
// Tasks for pools: 0, 1, 2, ...
#pragma once

#include <cstddef>
#include <numeric>
#include <vector>

namespace support {

inline std::vector<int> numbers(int count) {
  std::vector<int> list(static_cast<std::size_t>(count));
  std::iota(list.begin(), list.end(), 0);
  return list;
}

}  // namespace support
