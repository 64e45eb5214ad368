// SPDX-License-Identifier: MIT
// Batches that cannot be made, or not be taken apart.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("pad_sequence refuses pieces that differ outside of dim 0") {
  CHECK_THROWS_WITH(pad_sequence({zeros<float>({5, 300}), zeros<float>({4, 299})}),
                    "litorch::pad_sequence(): input 1 has size 299 in dim 1, expected 300 as in input 0 "
                    "(shapes (4, 299) and (5, 300), concatenating along dim 0)");
  CHECK_THROWS_AS(pad_sequence(std::vector<Tensor<float>>()), ShapeError);
  CHECK_THROWS_AS(pad_sequence({zeros<float>({})}), IndexError);
  CHECK_THROWS_AS(pad_sequence({zeros<float>({1, 1, 1, 1, 1, 1, 1, 1})}), ShapeError);
}

TEST_CASE("unpad refuses lengths that do not fit the batch") {
  const auto padded = zeros<float>({2, 5, 3});
  CHECK_THROWS_WITH(unpad(padded, tensor<Index>({1, 2, 3})),
                    "litorch::unpad(): lengths of shape (3,), expected (2,) for shape (2, 5, 3); "
                    "give one length for each index of dim 0");
  CHECK_THROWS_WITH(unpad(padded, tensor<Index>({5, 6})),
                    "litorch::unpad(): input 1 has length 6, expected 0 to 5 (shape (2, 5, 3))");
  CHECK_THROWS_AS(unpad(padded, tensor<Index>({-1, 0})), IndexError);
  CHECK_THROWS_AS(unpad(zeros<float>({2}), tensor<Index>({1, 1})), ShapeError);
}

TEST_CASE("unpad gives views of the batch") {
  const auto padded = zeros<float>({2, 5, 3});
  const auto pieces = unpad(padded, tensor<Index>({2, 0}));
  CHECK(pieces[0].shape() == Shape{2, 3});
  CHECK(pieces[1].shape() == Shape{0, 3});
  pieces[0](1, 2) = 4;
  CHECK(padded(0, 1, 2) == 4.0f);
  CHECK(unpad(padded.view(), tensor<Index>({2, 0}))[0].data() == padded.data());
}
