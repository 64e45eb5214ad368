// SPDX-License-Identifier: MIT
// Pieces that do not fit, and indices that are not there.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("a ChunkedTensor has the shape rules of cat") {
  CHECK_THROWS_WITH((ChunkedTensor<int>({zeros<int>({2, 3}), zeros<int>({2, 4})})),
                    "litorch::ChunkedTensor(): input 1 has size 4 in dim 1, expected 3 as in input 0 "
                    "(shapes (2, 4) and (2, 3), concatenating along dim 0)");
  CHECK_THROWS_AS(ChunkedTensor(std::vector<Tensor<int>>()), ShapeError);
  CHECK_THROWS_AS(ChunkedTensor(std::vector{zeros<int>({2})}, 1), IndexError);
  CHECK(ChunkedTensor({zeros<int>({0}), zeros<int>({2, 3}), zeros<int>({0})}).chunk_count() == 1);
  CHECK(ChunkedTensor({zeros<int>({0}), zeros<int>({0})}).materialize().shape() == Shape{0});
}

TEST_CASE("one index of the chunked dim is a plain tensor, and select says so") {
  const ChunkedTensor whole({zeros<int>({2, 3}), zeros<int>({2, 4})}, 1);
  CHECK(whole.select(5).shape() == Shape{2});
  CHECK(whole.select(0, 1).shape() == Shape{7});
  CHECK_THROWS_WITH(whole.select(1, 5),
                    "litorch::select(): dim 1 is the one the chunks lie along (shape (2, 7)); "
                    "one index of it is a plain tensor: select(5)");
  CHECK_THROWS_WITH(whole[0],
                    "litorch::ChunkedTensor::operator[](): index 0 of dim 0 lies in all chunks (shape (2, 7), "
                    "chunks along dim 1); use select(0, index) or materialize()");
}

TEST_CASE("a ChunkedTensor names the index that is out of range") {
  const ChunkedTensor whole({zeros<int>({2, 3}), zeros<int>({4, 3})});
  CHECK_THROWS_WITH(whole.at(6, 0), "litorch::at(): index 6 is out of range for extent 6 in dim 0; give -6 to 5");
  CHECK_THROWS_WITH(whole.at(0), "litorch::at(): 1 indices for 2 dims (shape (6, 3))");
  CHECK_THROWS_AS(whole.at(0, 3), IndexError);
  CHECK_THROWS_AS(whole.select(-7), IndexError);
  CHECK_THROWS_AS(whole.select(1, 3), IndexError);
  CHECK_THROWS_AS(whole.select(2, 0), IndexError);
  CHECK_THROWS_AS(whole.size(2), IndexError);
  CHECK_THROWS_WITH(whole.narrow(0, 4, 3),
                    "litorch::narrow(): start 4 and length 3 leave extent 6 of dim 0 (shape (6, 3))");
  CHECK_THROWS_AS(whole.slice(2, 0, 1), IndexError);
}
