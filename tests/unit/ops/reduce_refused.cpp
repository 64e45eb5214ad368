// SPDX-License-Identifier: MIT
// Nothing to reduce, and dims that are not there.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("the sum of no elements is 0 and their mean is NaN") {
  CHECK(equal(sum(zeros<float>({3, 0}), 1), zeros<float>({3})));
  CHECK(sum(zeros<int>({0})).item() == 0);
  CHECK(std::isnan(mean(zeros<float>({3, 0}), 1)(2)));
  CHECK(std::isnan(mean(zeros<int>({0})).item()));
  CHECK(std::isnan(mean(zeros<Float16>({0}), 0).item()));
  CHECK(std::isnan(mean(zeros<std::complex<float>>({0})).item().real()));
  CHECK(sum(zeros<float>({0, 3}), 1).shape() == Shape{0});
  CHECK(sum(zeros<float>({0, 3}), 1, true).shape() == Shape{0, 1});
}

TEST_CASE("the extremes of no elements are refused") {
  const auto nothing = zeros<float>({3, 0});
  CHECK_THROWS_WITH(max(nothing, 1), "litorch::max(): dim 1 is empty (shape (3, 0)); there is no max of nothing");
  CHECK_THROWS_WITH(min(nothing, -1), "litorch::min(): dim 1 is empty (shape (3, 0)); there is no min of nothing");
  CHECK_THROWS_WITH(argmax(nothing),
                    "litorch::argmax(): the tensor is empty (shape (3, 0)); there is no argmax of nothing");
  CHECK_THROWS_AS(max(nothing), ShapeError);
  CHECK_THROWS_AS(argmax(zeros<float>({0, 0}), 0), ShapeError);
  CHECK(max(nothing, 0).shape() == Shape{0});
}

TEST_CASE("a dim out of range is refused by each reduction") {
  const auto table = zeros<float>({2, 3});
  CHECK_THROWS_WITH(sum(table, 2), "litorch::sum(): dim 2 is out of range for 2 dims; give -2 to 1");
  CHECK_THROWS_WITH(mean(table, -3), "litorch::mean(): dim -3 is out of range for 2 dims; give -2 to 1");
  CHECK_THROWS_AS(max(table, 2), IndexError);
  CHECK_THROWS_AS(min(table, 2), IndexError);
  CHECK_THROWS_AS(argmax(table, 2), IndexError);
  CHECK_THROWS_WITH(sum(zeros<float>({}), 0), "litorch::sum(): dim 0 is out of range for 0 dims; a scalar has no dim");
}
