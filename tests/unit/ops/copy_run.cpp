// SPDX-License-Identifier: MIT
// One run, through the caches or past them, of any length: around each length from which on it is copied otherwise.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <cstring>
#include <vector>

TEST_CASE("a run of any length arrives whole, and none of the bytes beside it is touched") {
  namespace detail = litorch::detail;
  std::vector<std::size_t> lengths;
  for (std::size_t bytes = 0; bytes < 700; ++bytes) lengths.push_back(bytes);
  for (const std::size_t around : {detail::kPagesRun, 256 * std::size_t{1024}, 512 * std::size_t{1024}})
    for (std::size_t bytes = around - 3; bytes <= around + 3; ++bytes) lengths.push_back(bytes);
  const std::size_t room = lengths.back() + 300;
  std::vector<std::byte> source(room), target(room), expected(room);
  for (std::size_t i = 0; i < room; ++i) source[i] = static_cast<std::byte>(i * 37 + i / 256 + 1);
  int wrong = 0;
  for (const bool stream : {false, true})
    for (const std::size_t bytes : lengths)
      for (const std::size_t to : {std::size_t{0}, std::size_t{1}, std::size_t{37}, std::size_t{64}}) {
        const std::size_t from = (to * 29 + bytes) % 67, end = std::min(room, to + bytes + 100);
        std::fill(target.begin(), target.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
        std::fill(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
        if (bytes > 0) std::memcpy(&expected[to], &source[from], bytes);
        detail::copy_run(&target[to], &source[from], bytes, stream, source.data());
        detail::stream_fence();
        wrong += std::memcmp(target.data(), expected.data(), end) != 0;
      }
  CHECK(wrong == 0);
}
