// SPDX-License-Identifier: MIT
// Inputs without elements: the shape rule holds for all but the vector (0,).
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("inputs without elements obey the shape rule") {
  CHECK(cat({zeros<int>({0, 3}), ones<int>({2, 3})}, 0).shape() == Shape{2, 3});
  CHECK(cat({zeros<int>({2, 0}), ones<int>({2, 3})}, 1).shape() == Shape{2, 3});
  CHECK(cat({zeros<int>({0, 3}), zeros<int>({0, 3})}, 0).shape() == Shape{0, 3});
  CHECK(cat({zeros<int>({0, 3}), zeros<int>({0, 3})}, 1).shape() == Shape{0, 6});
  CHECK_THROWS_AS(cat({zeros<int>({0, 3}), ones<int>({2, 4})}, 0), ShapeError);
}

TEST_CASE("the empty vector joins anything, so that loops can gather into it") {
  Tensor<float> gathered = empty<float>({0});
  for (int i = 0; i < 3; ++i) gathered = cat({gathered, full<float>({4, 6}, float(i))}, 0);
  CHECK(gathered.shape() == Shape{12, 6});
  CHECK(gathered(11, 5) == 2.0f);
  CHECK(cat({ones<int>({2, 3}), zeros<int>({0}), ones<int>({2, 1})}, 1).shape() == Shape{2, 4});
  CHECK(cat({zeros<int>({0}), zeros<int>({0})}).shape() == Shape{0});
  CHECK(cat({zeros<int>({0}), ones<int>({2, 3})}, -1).shape() == Shape{2, 3});
}

TEST_CASE("stack does not skip the empty vector") {
  CHECK(stack({zeros<int>({0}), zeros<int>({0})}, 0).shape() == Shape{2, 0});
  CHECK(stack({zeros<int>({0}), zeros<int>({0})}, 1).shape() == Shape{0, 2});
  CHECK_THROWS_AS(stack({zeros<int>({0}), ones<int>({2, 3})}), ShapeError);
}
