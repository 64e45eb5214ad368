// SPDX-License-Identifier: MIT
// The averages of whole models: each parameter on its own, the same bits for any number of threads.
#include "support/catch.hpp"
#include "support/naive_reduce.hpp"

#include <array>
#include <list>

using namespace support;

namespace {

/// What the average of one parameter must be: element by element, in the order that is promised.
template <class T>
std::vector<T> naive_average(const std::vector<lt::TensorView<T>>& inputs) {
  std::vector<std::vector<T>> all;
  for (const auto& input : inputs) all.push_back(all_elements(input));
  std::vector<T> averages;
  for (std::size_t i = 0; i < all[0].size(); ++i) {
    std::vector<T> line;
    for (const auto& elements : all) line.push_back(elements[i]);
    averages.push_back(promised_sum(line) / static_cast<T>(inputs.size()));
  }
  return averages;
}

template <class T>
bool is_average(const lt::Tensor<T>& found, const std::vector<lt::TensorView<T>>& inputs) {
  const auto a = all_elements(found.view()), b = naive_average(inputs);
  bool same = found.shape() == inputs[0].shape() && a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i) same = same_value(a[i], b[i]);
  return same;
}

using Model = std::tuple<lt::Tensor<float>, lt::Tensor<double>>;

/// Weights large enough for several threads, and a bias that is not contiguous.
Model make_model(std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  return {lt::randn<float>({300, 500}, engine), lt::randn<double>({30, 20}, engine).t()};
}

const std::vector<std::uint64_t> kSeeds{1, 2, 3, 4, 5};

std::vector<Model> make_models() {
  std::vector<Model> models;
  for (const std::uint64_t seed : kSeeds) models.push_back(make_model(seed));
  return models;
}

/// The average of make_models(), known by the oracle to be right.
Model checked_average(const std::vector<Model>& models) {
  const Model average = lt::average(models, lt::InlineExecutor());
  std::vector<lt::TensorView<float>> weights;
  std::vector<lt::TensorView<double>> biases;
  for (const auto& [weight, bias] : models) {
    weights.push_back(weight);
    biases.push_back(bias);
  }
  REQUIRE(is_average(std::get<0>(average), weights));
  REQUIRE(is_average(std::get<1>(average), biases));
  return average;
}

bool same_models(const Model& a, const Model& b) {
  return same_elements(std::get<0>(a).view(), std::get<0>(b).view()) &&
         same_elements(std::get<1>(a).view(), std::get<1>(b).view());
}

}  // namespace

TEST_CASE("the average of models as tuples has the naive bits for 1 to 8 threads") {
  const std::vector<Model> models = make_models();
  const Model expected = checked_average(models);
  for (std::size_t threads = 1; threads <= 8; ++threads) {
    lt::ThreadPool pool(threads);
    CHECK(same_models(lt::average(models, pool), expected));
    CHECK((threads > 1) == (pool.parallel_runs() > 0));
  }
}

TEST_CASE("the average of models as vectors is that of each parameter") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    std::vector<std::vector<lt::Tensor<float>>> models(static_cast<std::size_t>(random(1, 20)));
    const Index parameters = random(0, 4);
    for (Index at = 0; at < parameters; ++at) {
      const auto extents = random_shape(random, random(0, 4), 100);
      for (auto& model : models) model.push_back(random_view<float>(random, extents, true));
    }
    const auto found = lt::average(models);
    bool same = found.size() == static_cast<std::size_t>(parameters);
    for (std::size_t at = 0; same && at < found.size(); ++at) {
      std::vector<lt::TensorView<float>> inputs;
      for (const auto& model : models) inputs.push_back(model[at]);
      same = is_average(found[at], inputs);
    }
    INFO("seed " << seed);
    if (!same) REQUIRE(same);
  }
  SUCCEED("200 cases");
}

TEST_CASE("an average takes models as any range of tuples, arrays or vectors, of views, too") {
  const auto a = lt::full<float>({2}, 1.0f), b = lt::full<float>({2}, 4.0f);
  const auto whole = lt::tensor<int>({1, 2});
  const auto [x, y] = lt::average({std::tuple(a, whole), std::tuple(b, whole)});
  CHECK(lt::equal(x, lt::full<float>({2}, 2.5f)));
  CHECK(lt::equal(y, lt::tensor<double>({1, 2})));
  CHECK(lt::equal(lt::average(std::list{std::array{a, b}, std::array{b, a}})[1], x));
  CHECK(lt::equal(lt::average({std::vector{a.view()}, std::vector{b.view()}})[0], x));
  CHECK(lt::equal(std::get<0>(lt::average(std::list{std::tuple(a), std::tuple(b)})), x));
}

TEST_CASE("an average of models that differ names the worker and the parameter") {
  const auto a = lt::zeros<float>({2, 3}), b = lt::zeros<float>({2, 4});
  CHECK_THROWS_WITH(lt::average(std::vector<Model>()),
                    "litorch::average(): the list of inputs is empty; give the parameters of at least one worker");
  CHECK_THROWS_WITH(lt::average({std::tuple(a, b), std::tuple(a, b), std::tuple(a, a)}),
                    "litorch::average(): input 2 has shape (2, 3) as parameter 1, expected (2, 4) as in input 0");
  CHECK_THROWS_WITH(lt::average({std::vector{a, b}, std::vector{b, b}}),
                    "litorch::average(): input 1 has shape (2, 4) as parameter 0, expected (2, 3) as in input 0");
  CHECK_THROWS_WITH(lt::average({std::vector{a, b}, std::vector{a}}),
                    "litorch::average(): input 1 has 1 parameters, expected 2 as in input 0");
  try {
    lt::average({std::vector{a}, std::vector{a}, std::vector{b}});
    FAIL("no error");
  } catch (const lt::ShapeError& error) {
    CHECK(error.input() == 2);
  }
}
