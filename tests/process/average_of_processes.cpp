// SPDX-License-Identifier: MIT
// Models that were trained by processes, averaged: the bits depend on the models and their order alone.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <random>

using namespace litorch;

namespace {

using Model = std::tuple<Tensor<float>, Tensor<double>>;

Model make_model(std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  return {randn<float>({300, 500}, engine), randn<double>({30, 20}, engine).t()};
}

template <class T>
bool same_bits(const Tensor<T>& a, const Tensor<T>& b) {
  const Tensor<T> x = a.contiguous(), y = b.contiguous();
  const std::size_t bytes = static_cast<std::size_t>(x.numel()) * sizeof(T);
  return x.shape() == y.shape() && std::memcmp(x.data(), y.data(), bytes) == 0;
}

}  // namespace

TEST_CASE("the average of models from 1 to 4 processes has the bits of one process") {
  const std::vector<std::uint64_t> seeds{1, 2, 3, 4, 5};
  std::vector<Model> models;
  for (const std::uint64_t seed : seeds) models.push_back(make_model(seed));
  const auto [weight, bias] = average(models, InlineExecutor());
  for (std::size_t processes = 1; processes <= 4; ++processes) {
    ProcessPool pool({.processes = processes});
    const auto [found_weight, found_bias] = average(pool.map(make_model, seeds));
    CHECK(same_bits(found_weight, weight));
    CHECK(same_bits(found_bias, bias));
  }
}
