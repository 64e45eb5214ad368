// SPDX-License-Identifier: MIT
// The overlap equation against a map of every byte.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

#include <litorch/shape/overlap.hpp>

#include <set>

using namespace support;
using namespace litorch::detail;

namespace {

lt::Layout random_layout(Random& random) {
  const Index rank = random(0, 4);
  lt::Layout layout;
  lt::Dims extents;
  for (Index dim = 0; dim < rank; ++dim) {
    extents.push_back(random(random.chance(3) ? 0 : 1, 5));
    layout.strides.push_back(random(-12, 12));
  }
  layout.shape = lt::Shape(extents);
  return layout;
}

std::multiset<Index> bytes_of(const lt::Layout& layout, Index start, Index item) {
  std::multiset<Index> bytes;
  for_each_index({layout.shape.begin(), layout.shape.end()}, [&](const std::vector<Index>& at) {
    Index offset = 0;
    for (std::size_t dim = 0; dim < at.size(); ++dim) offset += at[dim] * layout.strides[static_cast<Index>(dim)];
    for (Index byte = 0; byte < item; ++byte) bytes.insert(start + offset * item + byte);
  });
  return bytes;
}

}  // namespace

TEST_CASE("two layouts overlap when they have a byte in common") {
  int wrong = 0, shared = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    Random random(seed);
    const lt::Layout a = random_layout(random), b = random_layout(random);
    const Index item = Index{1} << random(0, 3);
    const Index distance = random.chance(70) ? random(-20, 20) * item : random(-100, 100);
    const auto bytes_a = bytes_of(a, 0, item), bytes_b = bytes_of(b, distance, item);
    bool expected = false;
    for (const Index byte : bytes_b) expected = expected || bytes_a.contains(byte);
    shared += expected;
    wrong += share_bytes(a, b, distance, item) != expected;
  }
  CHECK(wrong == 0);
  CHECK((shared > 3000 && shared < 17'000));
}

TEST_CASE("a layout overlaps itself when two indices name one element") {
  int wrong = 0, overlapping = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    Random random(seed);
    const lt::Layout layout = random_layout(random);
    const auto bytes = bytes_of(layout, 0, 1);
    const bool expected = std::set<Index>(bytes.begin(), bytes.end()).size() != bytes.size();
    overlapping += expected;
    wrong += overlaps_itself(layout) != expected;
  }
  CHECK(wrong == 0);
  CHECK((overlapping > 3000 && overlapping < 17'000));
}

TEST_CASE("neighbours and interleaved columns are no overlap, however large") {
  const Index n = Index{1} << 20;
  const lt::Layout even{{n, n / 2}, {n + 1, 2}};
  CHECK_FALSE(share_bytes(even, even, 4, 4));
  CHECK(share_bytes(even, even, 8, 4));
  CHECK(share_bytes(even, even, 2, 4));
  const lt::Layout left{{n, 3}, {7, 1}}, right{{n, 4}, {7, 1}};
  CHECK_FALSE(share_bytes(left, right, 12, 4));
  CHECK(share_bytes(left, right, 11, 4));
}

TEST_CASE("an equation that is too hard counts as an overlap, soon") {
  // Steps without a pattern that hide whether they meet: the search gives up within its budget.
  const lt::Layout hard{{9, 9, 9, 9, 9, 9, 9, 9},
                        {1000003, 1000033, 1000037, 1000039, 1000081, 1000099, 1000117, 1000121}};
  CHECK(share_bytes(hard, hard, 4 * 8000007, 4));
}
