// SPDX-License-Identifier: MIT
// Pieces of unequal length one behind the other, and the views back.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

using namespace support;

TEST_CASE("cat_ragged gives each piece back as a view") {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    std::vector<Index> extents = random_shape(random, random(1, 5), 60);
    std::vector<lt::Tensor<std::int16_t>> pieces;
    for (Index i = random(0, 8); i >= 0; --i) {
      extents[0] = random(0, 6);
      pieces.push_back(random_view<std::int16_t>(random, extents, true));
    }
    lt::ThreadPool pool(static_cast<std::size_t>(random(1, 8)));
    const auto ragged = lt::cat_ragged(pieces, pool);
    wrong += !same_elements(ragged.values.view(), lt::cat(pieces).view());
    wrong += ragged.size() != static_cast<Index>(pieces.size()) || ragged.offsets(0) != 0;
    for (Index i = 0; i < ragged.size(); ++i) {
      const auto& piece = pieces[static_cast<std::size_t>(i)];
      wrong += !same_elements(ragged[i].view(), piece.view());
      wrong += !same_elements(ragged[i - ragged.size()].view(), piece.view());
      wrong += ragged[i].storage().data() != ragged.values.storage().data();
      wrong += ragged.offsets(i + 1) - ragged.offsets(i) != piece.size(0);
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("cat_ragged takes the empty vector as a piece of length 0") {
  const auto ragged = lt::cat_ragged({lt::zeros<int>({0}), lt::ones<int>({2, 3}), lt::zeros<int>({0})});
  CHECK(lt::equal(ragged.offsets, lt::tensor<Index>({0, 0, 2, 2})));
  CHECK(ragged[2].shape() == lt::Shape{0, 3});
  CHECK(lt::cat_ragged({lt::zeros<int>({0})}).values.shape() == lt::Shape{0});
}

TEST_CASE("cat_ragged refuses what cat refuses, in its own name") {
  CHECK_THROWS_WITH(lt::cat_ragged({lt::zeros<int>({2, 3}), lt::zeros<int>({2, 4})}),
                    "litorch::cat_ragged(): input 1 has size 4 in dim 1, expected 3 as in input 0 "
                    "(shapes (2, 4) and (2, 3), concatenating along dim 0)");
  CHECK_THROWS_AS(lt::cat_ragged(std::vector<lt::Tensor<int>>()), lt::ShapeError);
  const auto ragged = lt::cat_ragged({lt::ones<int>({2})});
  CHECK_THROWS_AS(ragged[1], lt::IndexError);
  CHECK_THROWS_AS(ragged[-2], lt::IndexError);
}
