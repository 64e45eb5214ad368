// SPDX-License-Identifier: MIT
// NumPy's named forms of concatenation, for every rank they treat differently.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("stack puts the new dim where it is asked to") {
  const auto a = arange<int>(6).reshape({2, 3}), b = a.clone().copy_(ones<int>({2, 3}));
  for (const Index dim : {0, 1, 2, -1, -2, -3}) {
    const auto stacked = stack({a, b}, dim);
    const Index at = dim < 0 ? dim + 3 : dim;
    CHECK(stacked.size(at) == 2);
    CHECK(equal(stacked.select(at, 0), a));
    CHECK(equal(stacked.select(at, 1), b));
  }
  CHECK(equal(stack({tensor<int>(4), tensor<int>(5)}), tensor<int>({4, 5})));
}

TEST_CASE("stack_into fills a view") {
  const auto out = zeros<int>({3, 4});
  stack_into(out.narrow(1, 1, 2), {arange<int>(3), arange<int>(3, 6)}, 1);
  CHECK(equal(out, tensor<int>({{0, 0, 3, 0}, {0, 1, 4, 0}, {0, 2, 5, 0}})));
}

TEST_CASE("hstack joins vectors end to end and all else along dim 1") {
  CHECK(equal(hstack({tensor<int>(1), tensor<int>(2)}), tensor<int>({1, 2})));
  CHECK(equal(hstack({tensor<int>({1, 2}), tensor<int>({3})}), tensor<int>({1, 2, 3})));
  CHECK(hstack({zeros<int>({2, 3}), zeros<int>({2, 1})}).shape() == Shape{2, 4});
  CHECK(hstack({zeros<int>({2, 3, 4}), zeros<int>({2, 1, 4})}).shape() == Shape{2, 4, 4});
}

TEST_CASE("vstack makes rows of vectors") {
  CHECK(equal(vstack({tensor<int>(1), tensor<int>(2)}), tensor<int>({{1}, {2}})));
  CHECK(equal(vstack({tensor<int>({1, 2}), tensor<int>({{3, 4}, {5, 6}})}), tensor<int>({{1, 2}, {3, 4}, {5, 6}})));
}

TEST_CASE("dstack joins along dim 2") {
  CHECK(dstack({tensor<int>(1), tensor<int>(2)}).shape() == Shape{1, 1, 2});
  CHECK(equal(dstack({tensor<int>({1, 2}), tensor<int>({3, 4})}), tensor<int>({{{1, 3}, {2, 4}}})));
  CHECK(dstack({zeros<int>({2, 3}), zeros<int>({2, 3}), zeros<int>({2, 3, 4})}).shape() == Shape{2, 3, 6});
}

TEST_CASE("column_stack makes columns of vectors") {
  CHECK(equal(column_stack({tensor<int>({1, 2}), tensor<int>({3, 4})}), tensor<int>({{1, 3}, {2, 4}})));
  CHECK(column_stack({zeros<int>({2}), zeros<int>({2, 3})}).shape() == Shape{2, 4});
  const std::vector<Tensor<float>> columns{ones<float>({5}), ones<float>({5})};
  CHECK(column_stack(columns).shape() == Shape{5, 2});
}

TEST_CASE("the named forms name themselves in errors") {
  CHECK_THROWS_WITH(vstack({zeros<int>({2}), zeros<int>({3})}),
                    "litorch::vstack(): input 1 has size 3 in dim 1, expected 2 as in input 0 "
                    "(shapes (1, 3) and (1, 2), concatenating along dim 0)");
}
