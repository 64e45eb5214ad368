// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("zeros, ones and full hold their value, small and mapped") {
  for (const Index count : {Index{7}, Index{3} << 20}) {
    CHECK(equal(zeros<int>({count}), full<int>({1}, 0).expand({count})));
    CHECK(equal(ones<double>({count}), full<double>({1}, 1.0).expand({count})));
    CHECK(equal(full<float>({count}, 2.5f), full<float>({1}, 2.5f).expand({count})));
  }
}

TEST_CASE("tensor takes nested braces") {
  CHECK(tensor<int>(5).shape() == Shape{});
  CHECK(tensor<int>({}).shape() == Shape{0});
  CHECK(tensor<int>({1, 2, 3}).shape() == Shape{3});
  CHECK(tensor<int>({{1}}).shape() == Shape{1, 1});
  CHECK(tensor<int>({{{1, 2}}, {{3, 4}}}).shape() == Shape{2, 1, 2});
  CHECK(tensor<int>({{}, {}}).shape() == Shape{2, 0});
  CHECK(tensor<float>({{1, 2}, {3, 4.5}})(1, 1) == 4.5f);
  CHECK(tensor<bool>({true, false})(0));
  CHECK(tensor<int>(std::vector<int>{4, 5}).at(1) == 5);
}

TEST_CASE("ragged braces are refused") {
  CHECK_THROWS_WITH((tensor<int>({{1, 2}, {3}})),
                    "litorch::tensor(): the lists of dim 1 are not equally long, expected shape (2, 2)");
  CHECK_THROWS_AS((tensor<int>({{1, 2}, 3})), ShapeError);
  CHECK_THROWS_AS((tensor<int>({1, {2, 3}})), ShapeError);
}

TEST_CASE("arange counts up and down, and stops before the end") {
  CHECK(equal(arange<int>(4), tensor<int>({0, 1, 2, 3})));
  CHECK(equal(arange<int>(1, 8, 3), tensor<int>({1, 4, 7})));
  CHECK(equal(arange<int>(3, 0, -1), tensor<int>({3, 2, 1})));
  CHECK(equal(arange<std::int8_t>(-128, 127, 100), tensor<std::int8_t>({-128, -28, 72})));
  CHECK(allclose(arange<double>(0, 1, 0.25), tensor<double>({0, 0.25, 0.5, 0.75})));
  CHECK(arange<int>(5, 5).numel() == 0);
  CHECK_THROWS_AS(arange<int>(0, 5, -1), ShapeError);
  CHECK_THROWS_AS(arange<int>(0, 5, 0), ShapeError);
  CHECK_THROWS_AS(arange<double>(0, HUGE_VAL), ShapeError);
}

TEST_CASE("linspace meets both ends") {
  CHECK(allclose(linspace<double>(0, 1, 5), tensor<double>({0, 0.25, 0.5, 0.75, 1})));
  CHECK(linspace<float>(0, 0.1f, 7)(6) == 0.1f);
  CHECK(linspace<double>(3, 9, 1)(0) == 3);
  CHECK(linspace<double>(3, 9, 0).numel() == 0);
  CHECK(equal(linspace<int>(0, 10, 3), tensor<int>({0, 5, 10})));
  CHECK_THROWS_AS(linspace<double>(0, 1, -1), ShapeError);
}

TEST_CASE("random tensors repeat with their generator") {
  std::mt19937 first(3), second(3);
  const auto a = randn<float>({1000}, first), b = randn<float>({1000}, second);
  CHECK(equal(a, b));
  CHECK_FALSE(equal(randn<float>({1000}, first), a));
  double sum = 0;
  for (Index i = 0; i < 1000; ++i) sum += a(i);
  CHECK(std::abs(sum / 1000) < 0.2);
  const auto uniform = rand<double>({1000});
  for (Index i = 0; i < 1000; ++i) CHECK((uniform(i) >= 0 && uniform(i) < 1));
}

TEST_CASE("from_blob looks at the memory of the caller") {
  std::vector<int> values{1, 2, 3, 4, 5, 6};
  const auto rows = from_blob(values.data(), {2, 3});
  rows(1, 2) = 60;
  CHECK(values[5] == 60);
  CHECK(equal(from_blob(values.data(), {2, 2}, {3, 2}), tensor<int>({{1, 3}, {4, 60}})));
  const std::vector<int>& constant = values;
  const Tensor<const int> read_only = from_blob(constant.data(), {6});
  CHECK(read_only(0) == 1);
  const auto owned = from_blob(values.data() + 5, {2, 3}, {-3, -1}, std::make_shared<int>(1));
  CHECK(owned(1, 2) == 1);
  CHECK_THROWS_WITH(from_blob(values.data(), {2, 3}, {1}),
                    "litorch::from_blob(): 1 strides for shape (2, 3); give one a dim");
}
