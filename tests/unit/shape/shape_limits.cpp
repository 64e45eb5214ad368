// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <list>

using namespace litorch;
using Catch::Matchers::Contains;

TEST_CASE("a shape is built from a list, a span or a pair of iterators") {
  const std::vector<Index> extents{2, 3, 4};
  const std::list<int> other{2, 3, 4};
  CHECK(Shape{2, 3, 4} == Shape(extents));
  CHECK(Shape{2, 3, 4} == Shape(std::span(extents)));
  CHECK(Shape{2, 3, 4} == Shape(other.begin(), other.end()));
  CHECK(Shape{2, 3, 4} != Shape{2, 3});
  CHECK(Shape{}.numel() == 1);
  CHECK(Shape{4, 0, 5}.numel() == 0);
}

TEST_CASE("more than 8 dims are refused") {
  CHECK(Shape{1, 1, 1, 1, 1, 1, 1, 2}.rank() == 8);
  CHECK_THROWS_AS((Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}), ShapeError);
  CHECK_THROWS_AS(zeros<int>({1, 1, 1, 1, 1, 1, 1, 1}).unsqueeze(0), ShapeError);
  CHECK_THROWS_AS(stack({zeros<int>({1, 1, 1, 1, 1, 1, 1, 1})}), ShapeError);
}

TEST_CASE("a negative extent is refused") {
  CHECK_THROWS_WITH((Shape{2, -1}), "litorch::Shape: extent -1 in dim 1 is negative");
}

TEST_CASE("a number of elements or bytes over 2^63 - 1 throws and does not wrap") {
  const Index large = Index{1} << 62;
  CHECK_THROWS_AS((Shape{large, 2}), ShapeError);
  CHECK_THROWS_AS((Shape{Index{1} << 32, Index{1} << 32}), ShapeError);
  CHECK_THROWS_AS((Shape{large, 4, 0}), ShapeError);
  CHECK(Shape{large}.numel() == large);
  CHECK_THROWS_AS(empty<float>({large}), ShapeError);
  CHECK_THROWS_AS(zeros<float>({large}), ShapeError);
  CHECK_THROWS_AS(full<float>({large}, 1.0f), ShapeError);
  const Tensor<float> repeated = zeros<float>({1}).expand({large});  // a view: no element is stored twice
  CHECK_THROWS_AS(repeated.clone(), ShapeError);
  CHECK_THROWS_AS(cat({repeated, repeated}), ShapeError);
  CHECK_THROWS_AS(cat({repeated.expand({large})}), ShapeError);
  CHECK_THROWS_AS(stack({repeated, repeated, repeated}), ShapeError);
  CHECK_THROWS_AS(from_blob(repeated.data(), {large}), ShapeError);
  CHECK_THROWS_AS(from_blob(repeated.data(), {3}, {large}), ShapeError);
  CHECK_THROWS_AS(from_blob(repeated.data(), {3, 3}, {large, large}), ShapeError);
  const Index most = std::numeric_limits<Index>::max();
  CHECK_THROWS_AS(from_blob(repeated.data(), {2, 2}, {most, -most}), ShapeError);
  CHECK_THROWS_AS(from_blob(repeated.data(), {2, 2}, {large / 4, -large / 4}), ShapeError);
  const Tensor<char> wide = from_blob<char>(nullptr, {2, 2}, {large, -large + 2});
  CHECK(wide.strides() == Strides{large, -large + 2});
}
