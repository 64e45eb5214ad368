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
  CHECK(head(10, 0) == std::vector<Index>{7, 5, 3, 6, 4, 8, 0, 2, 9, 1});
  CHECK(head(10, 1) == std::vector<Index>{1, 0, 3, 8, 2, 4, 7, 9, 5, 6});
  CHECK(head(100, 7) == std::vector<Index>{86, 74, 65, 34, 62, 23, 59, 49, 15, 48});
  const Permutation medium(10'000, 3), large(3'500'000'000, 42), sixteen_bits(Index{1} << 32, 6),
      largest(Index{1} << 62, 5);
  CHECK(std::vector{medium[0], medium[1], medium[5000], medium[9999]} == std::vector<Index>{5220, 2476, 5299, 3547});
  CHECK(std::vector{large[0], large[1], large[1'750'000'000], large[3'499'999'999]} ==
        std::vector<Index>{2476599595, 1011639453, 587865656, 1744122050});
  CHECK(
      std::vector{sixteen_bits[0], sixteen_bits[1], sixteen_bits[Index{1} << 31], sixteen_bits[(Index{1} << 32) - 1]} ==
      std::vector<Index>{2751864270, 2536876489, 4187503456, 2025622772});
  CHECK(std::vector{largest[0], largest[1], largest[Index{1} << 61], largest[(Index{1} << 62) - 1]} ==
        std::vector<Index>{1310715889826985245, 3267017755843091058, 3074381566595694643, 307719062026374179});
}

TEST_CASE("many indices at once are those that come one by one, from any position on") {
  for (const Index n : {Index{1}, Index{7}, Index{63}, Index{64}, Index{65}, Index{101}, Index{10'000}, Index{1} << 32,
                        (Index{1} << 32) + 1}) {
    const Permutation permutation(n, 77);
    Index wrong = 0;
    for (const Index count : {0, 1, 7, 8, 9, 100, 257})
      for (const Index first : {Index{0}, n / 3, n - count}) {
        if (first < 0 || first + count > n) continue;
        std::vector<Index> images(static_cast<std::size_t>(count));
        permutation.indices(first, images);
        for (Index i = 0; i < count; ++i) wrong += images[static_cast<std::size_t>(i)] != permutation[first + i];
      }
    CAPTURE(n);
    CHECK(wrong == 0);
  }
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
