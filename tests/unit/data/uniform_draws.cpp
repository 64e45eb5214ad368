// SPDX-License-Identifier: MIT
// Indices and reals from 64 bits, against the definition and against what chance allows.
#include "support/catch.hpp"
#include "support/chi_square.hpp"

#include <litorch/data/random.hpp>

#include <random>

using namespace litorch;

namespace {

/// Gives the numbers of a list.
struct Scripted {
  using result_type = std::uint64_t;
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return ~std::uint64_t{0}; }
  std::uint64_t operator()() { return numbers[used++]; }

  std::vector<std::uint64_t> numbers;
  std::size_t used = 0;
};

}  // namespace

TEST_CASE("uniform_index scales 64 bits to the range and refuses the few that would favour an index") {
  Scripted highest{{~std::uint64_t{0}}};
  CHECK(uniform_index(highest, 10) == 9);
  Scripted middle{{(std::uint64_t{1} << 63) + 1}};
  CHECK(uniform_index(middle, 10) == 5);
  Scripted twice{
      {0, ~std::uint64_t{0}}};  // 2^64 mod 10 is 6: of the multiples of 10 below 2^64, low parts 0..5 are refused
  CHECK(uniform_index(twice, 10) == 9);
  CHECK(twice.used == 2);
  Scripted once{{0}};
  CHECK(uniform_index(once, 16) == 0);  // a power of two refuses nothing
  Scripted single{{12345}};
  CHECK(uniform_index(single, 1) == 0);
}

TEST_CASE("uniform_index is uniform, also for a range where half of all numbers must be refused") {
  SampleRandom random(0, 0, 0);
  for (const Index n : {1, 2, 3, 6, 7, 10, 100, 1000}) {
    std::vector<double> counts(static_cast<std::size_t>(n));
    for (int i = 0; i < 100'000; ++i) ++counts[static_cast<std::size_t>(uniform_index(random, n))];
    CAPTURE(n);
    CHECK(support::chi_square_excess(counts, 1e5 / static_cast<double>(n)) < 6);
  }
  const Index large = Index{3} << 61;
  std::vector<double> thirds(3);
  for (int i = 0; i < 100'000; ++i) ++thirds[static_cast<std::size_t>(uniform_index(random, large) >> 61)];
  CHECK(support::chi_square_excess(thirds, 1e5 / 3) < 6);
}

TEST_CASE("uniform_index gives the numbers of an independent program in Python") {
  SampleRandom random(1, 2, 3);
  for (const Index expected : {738, 879, 977, 581, 278, 451}) CHECK(uniform_index(random, 1000) == expected);
}

TEST_CASE("uniform_real is at least 0 and below 1, and both take other generators of 64 bits") {
  Scripted ends{{0, ~std::uint64_t{0}, std::uint64_t{1} << 63}};
  CHECK(uniform_real(ends) == 0.0);
  CHECK(uniform_real(ends) == 1.0 - 0x1p-53);
  CHECK(uniform_real(ends) == 0.5);
  std::mt19937_64 engine(1);
  std::vector<double> tenths(10);
  for (int i = 0; i < 100'000; ++i) ++tenths[static_cast<std::size_t>(uniform_real(engine) * 10)];
  CHECK(support::chi_square_excess(tenths, 1e4) < 6);
  CHECK(uniform_index(engine, 5) < 5);
}
