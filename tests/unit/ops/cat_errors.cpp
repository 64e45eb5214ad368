// SPDX-License-Identifier: MIT
// The whole text of each refusal: the call, the input, both values, the shapes.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("a size that does not match is named with its input, dim and both shapes") {
  std::vector<Tensor<float>> inputs(7, zeros<float>({3, 224, 224}));
  inputs[6] = zeros<float>({3, 224, 223});
  CHECK_THROWS_WITH(cat(inputs, 0),
                    "litorch::cat(): input 6 has size 223 in dim 2, expected 224 as in input 0 "
                    "(shapes (3, 224, 223) and (3, 224, 224), concatenating along dim 0)");
  CHECK_NOTHROW(cat(inputs, 2));
  CHECK_THROWS_WITH(stack(inputs),
                    "litorch::stack(): input 6 has size 223 in dim 2, expected 224 as in input 0 "
                    "(shapes (3, 224, 223) and (3, 224, 224), stacking)");
}

TEST_CASE("the position of the input can be read from the error") {
  try {
    cat({zeros<int>({2, 3}), zeros<int>({2, 3}), zeros<int>({2, 4})});
    FAIL("no throw");
  } catch (const ShapeError& error) {
    CHECK(error.input() == 2);
  }
}

TEST_CASE("another number of dims is named") {
  CHECK_THROWS_WITH(cat({zeros<int>({2, 3}), zeros<int>({3})}),
                    "litorch::cat(): input 1 has 1 dims, expected 2 as in input 0 (shapes (3,) and (2, 3), "
                    "concatenating along dim 0)");
  CHECK_THROWS_WITH(cat({zeros<int>({0}), zeros<int>({2, 3}), zeros<int>({1, 2, 3})}, -1),
                    "litorch::cat(): input 2 has 3 dims, expected 2 as in input 1 "
                    "(shapes (1, 2, 3) and (2, 3), concatenating along dim 1)");
}

TEST_CASE("a dim out of range throws, also where all inputs are empty") {
  CHECK_THROWS_WITH(cat({zeros<int>({2, 3})}, 2), "litorch::cat(): dim 2 is out of range for 2 dims; give -2 to 1");
  CHECK_THROWS_WITH(cat({zeros<int>({0}), zeros<int>({0})}, 999),
                    "litorch::cat(): dim 999 is out of range for 1 dims; give -1 to 0");
  CHECK_THROWS_AS(cat({zeros<int>({})}, 0), IndexError);
  CHECK_THROWS_WITH(stack({zeros<int>({2})}, 2), "litorch::stack(): dim 2 is out of range for 2 dims; give -2 to 1");
}

TEST_CASE("an empty list throws") {
  const std::vector<Tensor<int>> none;
  CHECK_THROWS_WITH(cat(none), "litorch::cat(): the list of inputs is empty; give at least one tensor");
  CHECK_THROWS_AS(stack(none), ShapeError);
  CHECK_THROWS_AS(hstack(none), ShapeError);
  CHECK_THROWS_AS(vstack(none), ShapeError);
}

TEST_CASE("sizes that sum up to over 2^63 - 1 throw") {
  const auto large = zeros<std::int8_t>({1}).expand({Index{1} << 62});
  CHECK_THROWS_WITH(cat({large, large}),
                    "litorch::cat(): input 1 brings dim 0 over 2^63 - 1 (shape (4611686018427387904,))");
}
