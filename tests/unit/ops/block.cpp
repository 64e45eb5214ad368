// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

using namespace support;
using litorch::block;

TEST_CASE("a matrix from rows of blocks") {
  const auto a = lt::full<int>({2, 2}, 1), b = lt::full<int>({2, 3}, 2), c = lt::full<int>({1, 4}, 3),
             d = lt::full<int>({1, 1}, 4);
  CHECK(lt::equal(block({{a, b}, {c, d}}), lt::tensor<int>({{1, 1, 2, 2, 2}, {1, 1, 2, 2, 2}, {3, 3, 3, 3, 4}})));
}

TEST_CASE("one list joins along the last dim") {
  CHECK(lt::equal(block({lt::tensor<int>({1, 2}), lt::tensor<int>({3})}), lt::tensor<int>({1, 2, 3})));
  CHECK(block({lt::zeros<int>({2, 3}), lt::zeros<int>({2, 1})}).shape() == lt::Shape{2, 4});
}

TEST_CASE("blocks of fewer dims get dims in front") {
  CHECK(lt::equal(block({{lt::tensor<int>({1, 2})}, {lt::tensor<int>({3, 4})}}), lt::tensor<int>({{1, 2}, {3, 4}})));
  CHECK(block({{lt::zeros<int>({4, 2, 3}), lt::zeros<int>({4, 2, 1})}}).shape() == lt::Shape{4, 2, 4});
}

TEST_CASE("nested blocks of three levels agree with nested concatenation") {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    const bool large = seed % 100 == 0;  // over the size from which on workers share the copy
    std::vector<std::vector<std::vector<lt::Tensor<double>>>> planes;
    std::vector<lt::Tensor<double>> joined_planes;
    const Index height = random(1, 4), width = large ? 60'000 : random(1, 7);
    for (Index plane = random(1, 3); plane > 0; --plane) {
      const Index depth = random(1, 3);
      planes.emplace_back();
      std::vector<lt::Tensor<double>> joined_rows;
      Index left_height = height;
      while (left_height > 0) {
        const Index rows = random(1, left_height);
        left_height -= rows;
        planes.back().emplace_back();
        Index left = width;
        while (left > 0) {
          const Index columns = random(1, left);
          left -= columns;
          planes.back().back().push_back(random_view<double>(random, {depth, rows, columns}, true));
        }
        joined_rows.push_back(lt::cat(planes.back().back(), 2));
      }
      joined_planes.push_back(lt::cat(joined_rows, 1));
    }
    wrong += !same_elements(block<double>(planes).view(), lt::cat(joined_planes, 0).view());
  }
  CHECK(wrong == 0);
}

TEST_CASE("an error names the list that does not fit") {
  const auto a = lt::zeros<int>({2, 2}), b = lt::zeros<int>({3, 2});
  CHECK_THROWS_WITH(block({{a, a}, {a, b}}),
                    "litorch::block[1](): input 1 has size 3 in dim 0, expected 2 as in input 0 "
                    "(shapes (3, 2) and (2, 2), concatenating along dim 1)");
  CHECK_THROWS_WITH(block({{a, a}, {a}}),
                    "litorch::block(): input 1 has size 2 in dim 1, expected 4 as in input 0 "
                    "(shapes (2, 2) and (2, 4), concatenating along dim 0)");
  const std::vector<std::vector<lt::Tensor<int>>> hollow{{a}, {}};
  CHECK_THROWS_AS(block<int>(hollow), lt::ShapeError);
}
