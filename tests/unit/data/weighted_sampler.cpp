// SPDX-License-Identifier: MIT
// Weighted draws come as often as their weights say.
#include "support/catch.hpp"
#include "support/chi_square.hpp"
#include "support/error_message.hpp"
#include "support/random_tensors.hpp"

#include <litorch/data/any_sampler.hpp>
#include <litorch/data/weighted_sampler.hpp>

#include <limits>

using namespace litorch;
using support::message_of;

static_assert(Sampler<WeightedSampler>);

namespace {

std::vector<double> draws(const WeightedSampler& sampler, std::size_t categories, std::uint64_t epoch = 0) {
  std::vector<double> counts(categories);
  for (Index i = 0; i < sampler.size(); ++i) ++counts[static_cast<std::size_t>(sampler.index(epoch, i))];
  return counts;
}

std::vector<double> expected(const std::vector<double>& weights, Index count) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  std::vector<double> counts;
  for (const double weight : weights) counts.push_back(weight / sum * static_cast<double>(count));
  return counts;
}

}  // namespace

TEST_CASE("draws fit their weights, and weights of 0 are never drawn") {
  constexpr Index kCount = 200'000;
  const std::vector<std::vector<double>> cases{{1},
                                               {1, 1, 1},
                                               {1, 2, 3, 4},
                                               {0, 1, 0},
                                               {1000, 1, 1},
                                               {0, 0, 5},
                                               {1e-300, 2e-300},
                                               {0.1, 0.2, 0.3, 0.4, 0},
                                               {1e300, 1e300},
                                               {5e-324, 5e-324, 0}};
  for (const std::vector<double>& weights : cases) {
    CAPTURE(weights);
    const auto counts = draws(WeightedSampler(weights, kCount, 1), weights.size());
    CHECK(support::chi_square_excess(counts, expected(weights, kCount)) < 6);
  }
}

TEST_CASE("draws fit random weights of all sizes") {
  constexpr Index kCount = 100'000;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    support::Random random(seed);
    std::vector<double> weights(static_cast<std::size_t>(random(1, 200)));
    for (double& weight : weights) weight = random.chance(20) ? 0 : std::pow(10.0, static_cast<double>(random(0, 2)));
    weights[0] = 1;
    CAPTURE(seed);
    const auto counts = draws(WeightedSampler(weights, kCount, seed), weights.size());
    CHECK(support::chi_square_excess(counts, expected(weights, kCount)) < 6);
  }
}

TEST_CASE("2^24 + 1 categories are drawn by weight") {
  constexpr std::size_t kCategories = (std::size_t{1} << 24) + 1, kBlock = std::size_t{1} << 18;
  constexpr Index kCount = 1'000'000;
  std::vector<double> weights(kCategories), expected_blocks(kCategories / kBlock + 1);
  double sum = 0;
  for (std::size_t i = 0; i < kCategories; ++i) sum += weights[i] = static_cast<double>(i % 7 + i / kBlock);
  weights.back() += sum / 4;  // the one that 2^24 would lose
  sum += sum / 4;
  for (std::size_t i = 0; i < kCategories; ++i)
    expected_blocks[i / kBlock] += weights[i] / sum * static_cast<double>(kCount);
  const WeightedSampler sampler(std::move(weights), kCount);
  std::vector<double> blocks(expected_blocks.size());
  for (Index i = 0; i < kCount; ++i) ++blocks[static_cast<std::size_t>(sampler.index(0, i)) / kBlock];
  CHECK(support::chi_square_excess(blocks, expected_blocks) < 6);
}

TEST_CASE("draws differ by epoch and seed, depend on nothing else, and take weights of other types") {
  const std::vector<float> weights{1, 2, 3, 4};
  const AnySampler sampler = WeightedSampler(weights, 20, 7);
  const auto order = [](const AnySampler& any, std::uint64_t epoch) {
    std::vector<Index> indices(static_cast<std::size_t>(any.size()));
    any.indices(epoch, 0, indices);
    return indices;
  };
  CHECK(order(sampler, 0) != order(sampler, 1));
  CHECK(order(sampler, 0) != order(WeightedSampler(weights, 20, 8), 0));
  CHECK(order(sampler, 1) == order(WeightedSampler(std::vector<double>{2, 4, 6, 8}, 20, 7), 1));
  CHECK(WeightedSampler(weights, 0).size() == 0);
}

TEST_CASE("draws are those of an independent program in Python") {
  const WeightedSampler sampler(std::vector<int>{1, 2, 3, 4}, 16, 7);
  const auto order = [&](std::uint64_t epoch) {
    std::vector<Index> indices;
    for (Index position = 0; position < 16; ++position) indices.push_back(sampler.index(epoch, position));
    return indices;
  };
  CHECK(order(0) == std::vector<Index>{3, 1, 3, 2, 1, 3, 0, 2, 1, 3, 1, 3, 2, 3, 3, 2});
  CHECK(order(3) == std::vector<Index>{3, 1, 1, 3, 2, 2, 3, 2, 3, 3, 2, 1, 2, 3, 3, 3});
}

TEST_CASE("weights that cannot be drawn by are refused with their position") {
  const auto refused = [](std::vector<double> weights) {
    return message_of<Error>([&] { WeightedSampler(weights, 1); });
  };
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  CHECK(refused({1, 2, -0.5}) == "litorch::WeightedSampler(): input 2 is negative; give finite weights of 0 or more");
  CHECK(refused({1, std::nan("")}) ==
        "litorch::WeightedSampler(): input 1 is not a number; give finite weights of 0 or more");
  CHECK(refused({kInfinite}) == "litorch::WeightedSampler(): input 0 is infinite; give finite weights of 0 or more");
  CHECK(refused({0, 0, 0}) == "litorch::WeightedSampler(): all 3 weights are 0; at least one must be positive");
  CHECK(refused({}) == "litorch::WeightedSampler(): all 0 weights are 0; at least one must be positive");
  CHECK(refused({1e308, 1e308}) == "litorch::WeightedSampler(): the 2 weights sum up to infinity; scale them down");
  CHECK_THROWS_AS(WeightedSampler(std::vector<double>{1}, -1), ShapeError);
  try {
    WeightedSampler(std::vector<double>{1, -1}, 1);
  } catch (const Error& error) {
    CHECK(error.input() == 1);
  }
}
