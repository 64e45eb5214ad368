// SPDX-License-Identifier: MIT
// Runs of many lengths at all alignments: every byte arrives, and none beside it is touched.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <cstring>
#include <numeric>
#include <vector>

TEST_CASE("a long run is copied whole from any byte to any byte") {
  constexpr std::size_t kRoom = 2000, kLongest = 1200;
  std::vector<std::byte> source(kRoom), target(kRoom), expected(kRoom);
  for (std::size_t i = 0; i < kRoom; ++i) source[i] = static_cast<std::byte>(i * 37 + i / 256 + 1);
  int wrong = 0;
  for (std::size_t bytes = litorch::detail::kLongRun; bytes < kLongest; bytes += bytes < 400 ? 1 : 61)
    for (std::size_t to = 0; to < 70; ++to) {
      const std::size_t from = (to * 29 + bytes) % 67;
      std::fill(target.begin(), target.end(), std::byte{0});
      std::fill(expected.begin(), expected.end(), std::byte{0});
      std::memcpy(&expected[to], &source[from], bytes);
      litorch::detail::kCopyLong(&target[to], &source[from], bytes);
      wrong += target != expected;
    }
  CHECK(wrong == 0);
}
