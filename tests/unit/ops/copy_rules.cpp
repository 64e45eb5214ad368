// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("copy_ repeats a smaller source as expand does") {
  const auto out = zeros<int>({2, 3});
  out.copy_(tensor<int>({1, 2, 3}));
  CHECK(equal(out, tensor<int>({{1, 2, 3}, {1, 2, 3}})));
  out.copy_(tensor<int>({{7}, {8}}));
  CHECK(equal(out, tensor<int>({{7, 7, 7}, {8, 8, 8}})));
  out.copy_(tensor<int>(5));
  CHECK(equal(out, full<int>({2, 3}, 5)));
  CHECK_THROWS_WITH(
      out.copy_(zeros<int>({2})),
      "litorch::copy_(): extent 2 in dim 0 cannot become 3 (shapes (2,) and (2, 3)); only extent 1 repeats");
  CHECK_THROWS_AS(out.copy_(zeros<int>({1, 2, 3})), ShapeError);
}

TEST_CASE("copy_ refuses a source that shares memory, before the first write") {
  const auto a = arange<int>(10);
  CHECK_THROWS_WITH(
      a.narrow(0, 0, 5).copy_(a.narrow(0, 2, 5)),
      "litorch::copy_(): source (shape (5,)) and output (shape (5,)) share memory; copy from source.clone()");
  CHECK_THROWS_AS(a.copy_(a.flip(0)), OverlapError);
  CHECK(equal(a, arange<int>(10)));
  a.copy_(a);
  CHECK(equal(a, arange<int>(10)));
  a.narrow(0, 0, 5).copy_(a.narrow(0, 5, 5));
  CHECK(equal(a.narrow(0, 0, 5), a.narrow(0, 5, 5)));
}

TEST_CASE("copy_ and fill_ refuse an output that overlaps itself") {
  const auto repeated = zeros<int>({3, 1}).expand({3, 4});
  CHECK_THROWS_AS(repeated.copy_(ones<int>({3, 4})), OverlapError);
  CHECK_THROWS_AS(repeated.fill_(1), OverlapError);
}

TEST_CASE("fill_ may take its value from the tensor itself") {
  const auto a = arange<int>(10);
  a.fill_(a(7));
  CHECK(equal(a, full<int>({10}, 7)));
}

TEST_CASE("large copies in odd layouts are right") {
  const auto a = arange<std::int32_t>(1 << 20).reshape({1 << 10, 1 << 10});
  const auto copy = a.t().clone();
  bool right = true;
  for (Index i = 0; i < 1 << 10; ++i)
    for (Index j = 0; j < 1 << 10; ++j) right = right && copy(i, j) == static_cast<std::int32_t>(j * 1024 + i);
  CHECK(right);
  CHECK(equal(a.flip(0).flip(1).clone(), a.flip(0).flip(1)));
}
