// SPDX-License-Identifier: MIT
// What leaves a tensor throws, and says which call, which dim and what would do.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("indices and dims below zero count from the end") {
  const auto a = arange<int>(24).reshape({2, 3, 4});
  CHECK(a.at(-1, -1, -1) == 23);
  CHECK(a.size(-1) == 4);
  CHECK(a[-1](0, 0) == 12);
  CHECK(a.select(-2, -1)(1, 3) == 23);
  CHECK(a.narrow(-1, -2, 2)(0, 0, 0) == 2);
}

TEST_CASE("an index outside of its dim throws") {
  const auto a = zeros<int>({2, 3});
  CHECK_THROWS_WITH(a.at(0, 3), "litorch::at(): index 3 is out of range for extent 3 in dim 1; give -3 to 2");
  CHECK_THROWS_WITH(a.at(-3, 0), "litorch::at(): index -3 is out of range for extent 2 in dim 0; give -2 to 1");
  CHECK_THROWS_WITH(a.at(0), "litorch::at(): 1 indices for 2 dims (shape (2, 3))");
  CHECK_THROWS_AS(a[2], IndexError);
  CHECK_THROWS_WITH(zeros<int>({0})[0],
                    "litorch::select(): index 0 is out of range for extent 0 in dim 0; the dim is empty");
}

TEST_CASE("a dim that is not there throws") {
  const auto a = zeros<int>({2, 3});
  CHECK_THROWS_WITH(a.size(2), "litorch::size(): dim 2 is out of range for 2 dims; give -2 to 1");
  CHECK_THROWS_WITH(zeros<int>({}).flip(0), "litorch::flip(): dim 0 is out of range for 0 dims; a scalar has no dim");
  CHECK_THROWS_AS(a.transpose(0, -3), IndexError);
  CHECK_THROWS_AS(a.squeeze(2), IndexError);
  CHECK_THROWS_AS(a.unsqueeze(3), IndexError);
  CHECK_NOTHROW(a.unsqueeze(2));
  CHECK_NOTHROW(a.unsqueeze(-3));
}

TEST_CASE("a range that leaves its dim throws in narrow and is clamped in slice") {
  const auto a = zeros<int>({5});
  CHECK_THROWS_WITH(a.narrow(0, 3, 3), "litorch::narrow(): start 3 and length 3 leave extent 5 of dim 0 (shape (5,))");
  CHECK_THROWS_AS(a.narrow(0, 6, 0), IndexError);
  CHECK_THROWS_AS(a.narrow(0, 0, -1), IndexError);
  CHECK_THROWS_AS(a.narrow(0, 1, std::numeric_limits<Index>::max()), IndexError);
  CHECK(a.slice(0, 3, 100).shape() == Shape{2});
  CHECK(a.slice(0, 4, 2).shape() == Shape{0});
  CHECK_THROWS_WITH(a.slice(0, 0, 5, 0), "litorch::slice(): step 0 is not positive; use flip(dim) to reverse a dim");
  CHECK_THROWS_AS(a.slice(0, 0, 5, -1), IndexError);
}

TEST_CASE("permute needs each dim once") {
  const auto a = zeros<int>({2, 3, 4});
  CHECK_THROWS_WITH(a.permute({0, 1}), "litorch::permute(): 2 dims given for shape (2, 3, 4); name each dim once");
  CHECK_THROWS_WITH(a.permute({0, 1, -2}),
                    "litorch::permute(): dim 1 is named twice in (0, 1, -2); name each dim once");
}

TEST_CASE("expand repeats extents of 1 and no others") {
  const auto a = zeros<int>({2, 1});
  CHECK(a.expand({3, 2, 4}).shape() == Shape{3, 2, 4});
  CHECK_THROWS_WITH(
      a.expand({4, 1}),
      "litorch::expand(): extent 2 in dim 0 cannot become 4 (shapes (2, 1) and (4, 1)); only extent 1 repeats");
  CHECK_THROWS_AS(a.expand({2}), ShapeError);
  CHECK_THROWS_AS(a.expand({-1, 2, 1}), ShapeError);
}

TEST_CASE("item needs one element, and t at most two dims") {
  CHECK(tensor<int>({{7}}).item() == 7);
  CHECK_THROWS_WITH(zeros<int>({2}).item(), "litorch::item(): shape (2,) has 2 elements, not 1; select one first");
  CHECK_THROWS_AS(zeros<int>({2, 2, 2}).t(), ShapeError);
}

TEST_CASE("a view reshapes only without a copy") {
  const auto a = arange<int>(6).reshape({2, 3});
  CHECK(a.view().reshape({3, 2}).data() == a.data());
  CHECK_THROWS_WITH(
      a.view().t().reshape({6}),
      "litorch::reshape(): strides (1, 3) of shape (3, 2) cannot be seen as (6,) without a copy; clone() first");
}
