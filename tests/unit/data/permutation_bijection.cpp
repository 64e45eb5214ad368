// SPDX-License-Identifier: MIT
// A permutation has each index once. Expected values are from an independent program in Python.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/data/permutation.hpp>

#include <algorithm>
#include <vector>

using namespace litorch;

static_assert(sizeof(Permutation) <= 1024 && std::is_trivially_copyable_v<Permutation>);

TEST_CASE("every permutation of 0 to 5000 indices has each of them once") {
  Index broken = 0;
  std::vector<char> seen;
  for (Index n = 0; n <= 5000; ++n) {
    const Permutation permutation(n, static_cast<std::uint64_t>(n) * 31);
    seen.assign(static_cast<std::size_t>(n), 0);
    for (Index i = 0; i < n; ++i) {
      const Index image = permutation[i];
      broken += image < 0 || image >= n || seen[static_cast<std::size_t>(image)]++ != 0;
    }
    broken += permutation.size() != n;
  }
  CHECK(broken == 0);
}

TEST_CASE("permutations are those of the reference") {
  const auto head = [](Index n, std::uint64_t seed) {
    const Permutation permutation(n, seed);
    std::vector<Index> images;
    for (Index i = 0; i < 10; ++i) images.push_back(permutation[i]);
    return images;
  };
  CHECK(head(10, 0) == std::vector<Index>{1, 0, 3, 7, 8, 4, 6, 5, 9, 2});
  CHECK(head(10, 1) == std::vector<Index>{2, 4, 5, 8, 6, 7, 3, 1, 9, 0});
  CHECK(head(100, 7) == std::vector<Index>{92, 77, 87, 51, 90, 64, 91, 76, 4, 3});
  const Permutation medium(10'000, 3), large(3'500'000'000, 42), largest(Index{1} << 62, 5);
  CHECK(std::vector{medium[0], medium[1], medium[5000], medium[9999]} == std::vector<Index>{745, 3572, 6343, 3960});
  CHECK(std::vector{large[0], large[1], large[1'750'000'000], large[3'499'999'999]} ==
        std::vector<Index>{2839366374, 2309232634, 151511366, 1518851195});
  CHECK(std::vector{largest[0], largest[1], largest[Index{1} << 61], largest[(Index{1} << 62) - 1]} ==
        std::vector<Index>{1310715889826985245, 3267017755843091058, 3074381566595694643, 307719062026374179});
}

TEST_CASE("a permutation of 3.5e9 and of 2^62 indices stays in range and repeats none in a million") {
  for (const Index n : {Index{3'500'000'000}, Index{1} << 62, (Index{1} << 62) - 1, (Index{1} << 40) + 1}) {
    const Permutation permutation(n, 9);
    std::vector<Index> images;
    for (Index i = 0; i < 1'000'000; ++i) images.push_back(permutation[n / 2 + i]);
    std::sort(images.begin(), images.end());
    CAPTURE(n);
    CHECK(std::adjacent_find(images.begin(), images.end()) == images.end());
    CHECK(images.front() >= 0);
    CHECK(images.back() < n);
  }
}

TEST_CASE("a permutation refuses sizes out of range") {
  CHECK(support::message_of<ShapeError>([] { Permutation(-3, 0); }) ==
        "litorch::Permutation(): size -3; give 0 to 2^62");
  CHECK_THROWS_AS(Permutation((Index{1} << 62) + 1, 0), ShapeError);
}
