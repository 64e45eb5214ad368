// SPDX-License-Identifier: MIT
// AlignedPartition against what can be said about it without its formula: every element once, no line shared, balanced.
#include "support/catch.hpp"

#include <litorch/parallel/index_range.hpp>

#include <cstdlib>
#include <limits>
#include <vector>

using namespace litorch;

namespace {

/// The first rule that the partition breaks, or null.
const char* broken_rule(Index total, Index item, Index misalignment, Index parts) {
  const AlignedPartition partition(total, static_cast<std::size_t>(item), static_cast<std::size_t>(misalignment),
                                   parts);
  if (partition.parts() != parts) return "number of parts";
  std::vector<Index> owner(static_cast<std::size_t>(total), -1);
  Index expected = 0;
  bool ended = false;
  for (Index part = 0; part < parts; ++part) {
    const IndexRange range = partition.part(part);
    if (range.begin != expected || range.end < range.begin || range.end > total) return "adjacent";
    if (range.empty() != (range.size() == 0)) return "empty() is size() == 0";
    if (ended && !range.empty()) return "empty ranges come last";
    ended = range.empty();
    expected = range.end;
    for (Index i = range.begin; i < range.end; ++i) owner[static_cast<std::size_t>(i)] = part;
    const Index excess = range.size() * item * parts - total * item;  // parts times the bytes too many
    const Index allowed = (64 + item) * parts;
    if (excess > allowed || -excess > allowed) return "balanced within a line and an item";
    const bool divides = (64 % item == 0 && misalignment % item == 0) || (item % 64 == 0 && misalignment == 0);
    if (divides && part > 0 && !range.empty() && (misalignment + range.begin * item) % 64 != 0) return "on an edge";
  }
  if (expected != total) return "covers all";
  for (Index i = 1; i < total; ++i) {  // elements that start in the same line have the same owner
    const Index line = (misalignment + i * item) / 64, previous_line = (misalignment + (i - 1) * item) / 64;
    if (line == previous_line && owner[static_cast<std::size_t>(i)] != owner[static_cast<std::size_t>(i - 1)])
      return "one owner for the elements that start in a line";
  }
  return nullptr;
}

/// Adjacency, ends and balance of a partition that is too large to walk.
void check_huge(Index total, Index item, Index misalignment, Index parts) {
  CAPTURE(total, item, misalignment, parts);
  const AlignedPartition partition(total, static_cast<std::size_t>(item), static_cast<std::size_t>(misalignment),
                                   parts);
  const Index slack = 64 / item + 2;
  Index expected = 0, wrong = 0;
  for (Index part = 0; part < parts; ++part) {
    const IndexRange range = partition.part(part);
    wrong += range.begin != expected || std::abs(range.size() - total / parts) > slack;
    wrong += part > 0 && 64 % item == 0 && misalignment % item == 0 &&
             (static_cast<std::uint64_t>(range.begin) * static_cast<std::uint64_t>(item) +
              static_cast<std::uint64_t>(misalignment)) %
                     64 !=
                 0;
    expected = range.end;
  }
  CHECK(wrong == 0);
  CHECK(expected == total);
}

}  // namespace

TEST_CASE("the partition of the header's example is the one in the header") {
  constexpr AlignedPartition partition(100, 4, 8, 3);
  STATIC_REQUIRE(partition.part(0) == IndexRange{0, 46});
  STATIC_REQUIRE(partition.part(1) == IndexRange{46, 78});
  STATIC_REQUIRE(partition.part(2) == IndexRange{78, 100});
  STATIC_REQUIRE(AlignedPartition(1024, 1, 60, 2).part(0) == IndexRange{0, 516});  // byte 60 + 512, edge 576
}

TEST_CASE("every small partition covers each element once, shares no line and is balanced") {
  Index partitions = 0, broken = 0;
  for (const Index item : {1, 2, 3, 4, 8, 12, 16, 64, 100})
    for (const Index misalignment : {0, 1, 2, 4, 7, 8, 16, 31, 32, 48, 56, 60, 63})
      for (Index total = 0; total <= 600; total += total < 70 ? 1 : 7)
        for (Index parts = 1; parts <= 17; ++parts) {
          ++partitions;
          if (const char* rule = broken_rule(total, item, misalignment, parts); rule != nullptr && ++broken <= 3) {
            CAPTURE(total, item, misalignment, parts);
            FAIL_CHECK(rule);
          }
        }
  CHECK(partitions == 9 * 13 * 146 * 17);
  CHECK(broken == 0);
}

TEST_CASE("partitions near 2^63 bytes do not wrap") {
  constexpr Index kMax = std::numeric_limits<Index>::max();
  for (const Index item : {1, 2, 4, 8, 12, 16, 64, 100})
    for (const Index misalignment : {0, 1, 16, 63})
      for (const Index parts : {1, 2, 3, 8, 1000, 4096}) check_huge(kMax / item, item, misalignment, parts);
  check_huge(kMax, 1, 63, Index{1} << 20);
  check_huge(kMax / 8, 8, 24, (Index{1} << 20) - 1);
}
