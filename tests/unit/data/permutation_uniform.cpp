// SPDX-License-Identifier: MIT
// Permutations look random: chi-square tests of where an index goes, of what follows it, and of what another seed does.
#include "support/catch.hpp"
#include "support/chi_square.hpp"

#include <litorch/data/permutation.hpp>

using namespace litorch;
using support::chi_square_excess;

namespace {

/// Counts of pairs (a, b) of values below n, in blocks x blocks cells.
struct PairCounts {
  PairCounts(Index values, Index block_count) : n(values), blocks(block_count) {}
  void add(Index a, Index b) { ++cells[static_cast<std::size_t>(a * blocks / n * blocks + b * blocks / n)]; }

  Index n, blocks;
  std::vector<double> cells = std::vector<double>(static_cast<std::size_t>(blocks * blocks));
};

}  // namespace

TEST_CASE("over many seeds each index of a small permutation is as often at each position, and after each other one") {
  for (const Index n : {2, 3, 4, 5, 7, 8, 10, 16, 17, 26, 50, 64}) {
    constexpr int kSeeds = 50'000;
    PairCounts positions(n, n), ends(n, n);
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const Permutation permutation(n, seed);
      for (Index i = 0; i < n; ++i) positions.add(i, permutation[i]);
      ends.add(permutation[0], permutation[1]);
    }
    const double size = static_cast<double>(n);
    std::vector<double> expected_ends(ends.cells.size(), kSeeds / (size * (size - 1)));
    for (std::size_t i = 0; i < expected_ends.size(); i += static_cast<std::size_t>(n) + 1) expected_ends[i] = 0;
    CAPTURE(n);
    CHECK(chi_square_excess(positions.cells, kSeeds / size, 2 * size - 1) < 6);
    CHECK(chi_square_excess(ends.cells, expected_ends) < 6);
  }
}

TEST_CASE("in a large permutation position, neighbours, second neighbours and steps are uniform") {
  constexpr Index kBlocks = 16;
  for (const Index n : {5000, 60'000, 1'000'003, 100'000'000})
    for (const std::uint64_t seed : {0u, 1u, 0x5eedu}) {
      const Permutation permutation(n, seed), next_seed(n, seed + 1);
      const Index looked_at = std::min<Index>(n, 1'000'000);
      PairCounts positions(n, kBlocks), neighbours(n, kBlocks), second(n, kBlocks), seeds(n, kBlocks),
          steps(n, kBlocks);
      for (Index i = 2; i < looked_at; ++i) {
        const Index here = permutation[i], before = permutation[i - 1];
        positions.add(i * (n / looked_at), here);
        neighbours.add(before, here);
        second.add(permutation[i - 2], here);
        seeds.add(here, next_seed[i]);
        steps.add(i * (n / looked_at), (here - before + n) % n);
      }
      const double each = static_cast<double>(looked_at - 2) / (kBlocks * kBlocks);
      CAPTURE(n, seed);
      CHECK(chi_square_excess(positions.cells, each) < 6);
      CHECK(chi_square_excess(neighbours.cells, each) < 6);
      CHECK(chi_square_excess(second.cells, each) < 6);
      CHECK(chi_square_excess(seeds.cells, each) < 6);
      CHECK(chi_square_excess(steps.cells, each) < 6);
    }
}
