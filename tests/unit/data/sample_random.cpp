// SPDX-License-Identifier: MIT
// The generator of a sample. The expected values are from an independent program in Python: results must never change.
#include "support/catch.hpp"

#include <litorch/data/random.hpp>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

using namespace litorch;

static_assert(std::uniform_random_bit_generator<SampleRandom>);
static_assert(sizeof(SampleRandom) == 16 && std::is_trivially_copyable_v<SampleRandom>);

TEST_CASE("the numbers of a few samples are those of the reference") {
  const auto first = [](std::uint64_t seed, std::uint64_t epoch, Index index) {
    SampleRandom random(seed, epoch, index);
    const std::uint64_t a = random(), b = random();
    return std::array{a, b, random()};
  };
  using Three = std::array<std::uint64_t, 3>;
  CHECK(first(0, 0, 0) == Three{0xa5b3e9497875994f, 0x34649553f9ab93b2, 0x8f63b8c38fa70014});
  CHECK(first(0, 0, 1) == Three{0xe16245e82a97ece3, 0x66a0d911f72815c5, 0xf5abba10a01a47e8});
  CHECK(first(0, 1, 0) == Three{0x5dc84a2e9eb7f68f, 0x3c11c7072b765722, 0xef582aa8afdf7d3a});
  CHECK(first(1, 0, 0) == Three{0xfcec17caba2753fd, 0xeedaf41796fb7cf4, 0x0fd1114ad14fec6a});
  CHECK(first(42, 7, 123456789) == Three{0x1ebbf34f3c9fa284, 0xdfbc8b023be1a0a5, 0xd5369d24c571d502});
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  CHECK(first(kMost, kMost, std::numeric_limits<Index>::max()) ==
        Three{0xb2ef07a6a08a8a8e, 0x659ee9eeb2c8ba4d, 0x7d8124431ba391bc});
}

TEST_CASE("no two samples, epochs or seeds share a number among their first ones") {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (std::uint64_t epoch = 0; epoch < 10; ++epoch)
      for (Index index = 0; index < 1000; ++index) {
        SampleRandom random(seed, epoch, index);
        for (int i = 0; i < 8; ++i) numbers.push_back(random());
      }
  std::sort(numbers.begin(), numbers.end());
  CHECK(std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end());
}

TEST_CASE("each bit of the numbers is set half of the time, along a stream and across samples") {
  constexpr int kDraws = 100'000;
  std::array<int, 64> along{}, across{};
  SampleRandom stream(3, 1, 4);
  for (Index i = 0; i < kDraws; ++i) {
    const std::uint64_t a = stream(), b = SampleRandom(3, 1, i)();
    for (std::size_t bit = 0; bit < 64; ++bit) {
      along[bit] += static_cast<int>(a >> bit & 1);
      across[bit] += static_cast<int>(b >> bit & 1);
    }
  }
  const int allowed = 5 * 158;  // standard deviations
  const auto skewed = [&](int set) { return std::abs(set - kDraws / 2) > allowed; };
  CHECK(std::none_of(along.begin(), along.end(), skewed));
  CHECK(std::none_of(across.begin(), across.end(), skewed));
}

TEST_CASE("the numbers of neighbouring samples and epochs differ in half of their bits") {
  double flipped = 0;
  for (Index i = 0; i < 10'000; ++i) {
    const std::uint64_t here = SampleRandom(0, 0, i)();
    flipped += std::popcount(here ^ SampleRandom(0, 0, i + 1)()) + std::popcount(here ^ SampleRandom(0, 1, i)());
  }
  CHECK(std::abs(flipped / 20'000 - 32) < 0.15);
}

TEST_CASE("a generator is a value: a copy goes on alone, discard skips") {
  SampleRandom random(1, 2, 3);
  random();
  SampleRandom copy = random;
  CHECK(copy == random);
  const std::uint64_t next = random();
  CHECK(copy != random);
  CHECK(copy() == next);
  for (int i = 0; i < 100; ++i) random();
  copy.discard(100);
  CHECK(copy == random);
}

TEST_CASE("the distributions of the standard library take a generator of a sample") {
  SampleRandom random(5, 0, 9);
  std::normal_distribution<double> normal(10, 2);
  double sum = 0;
  for (int i = 0; i < 10'000; ++i) sum += normal(random);
  CHECK(std::abs(sum / 10'000 - 10) < 0.1);
}
