// SPDX-License-Identifier: MIT
// Conversions that would lose values need to be asked for.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <list>

using namespace litorch;

TEST_CASE("a lossy conversion names both types and the remedy") {
  const auto integers = tensor<int>({1, 257});
  CHECK_THROWS_WITH(cat_as<float>({integers}),
                    "litorch::cat_as(): input 0 is int32, which float32 cannot hold without loss; choose a wider type, "
                    "or pass Casting::unsafe");
  CHECK_THROWS_AS(cat_as<bool>({integers}), TypeError);
  CHECK_THROWS_AS(cat_as<std::uint64_t>({integers}), TypeError);
  CHECK_THROWS_AS(cat_as<double>({zeros<std::complex<float>>({1})}), TypeError);
  CHECK_THROWS_AS(cat_as<float>({zeros<int>({0})}), TypeError);
}

TEST_CASE("a lossy input of a tuple is named by its position") {
  const auto bytes = tensor<std::int8_t>({1});
  const auto integers = tensor<int>({257});
  CHECK(equal(cat_as<int>(std::tuple{bytes, integers}), tensor<int>({1, 257})));
  try {
    cat_as<std::int8_t>(std::tie(bytes, integers));
    FAIL("no throw");
  } catch (const TypeError& error) {
    CHECK(error.input() == 1);
  }
  CHECK(equal(cat_as<std::int8_t>(std::tie(bytes, integers), 0, Casting::unsafe), tensor<std::int8_t>({1, 1})));
}

TEST_CASE("safe conversions need no argument, and unsafe ones do as they are told") {
  CHECK(equal(cat_as<double>({tensor<int>({1}), tensor<int>({2})}), tensor<double>({1, 2})));
  CHECK(equal(cat_as<int>({tensor<int>({1}), tensor<int>({2})}), tensor<int>({1, 2})));
  CHECK(equal(cat_as<int>(std::list{tensor<float>({1.9f}), tensor<float>({-1.9f})}, 0, Casting::unsafe),
              tensor<int>({1, -1})));
  const InlineExecutor serial;
  CHECK(cat_as<double>({zeros<float>({2, 3}), zeros<float>({2, 3})}, 1, Casting::safe, serial).shape() == Shape{2, 6});
}

TEST_CASE("cat_as has the shape rules of cat") {
  CHECK_THROWS_WITH(cat_as<double>({zeros<float>({2, 3}), zeros<float>({2, 4})}),
                    "litorch::cat_as(): input 1 has size 4 in dim 1, expected 3 as in input 0 "
                    "(shapes (2, 4) and (2, 3), concatenating along dim 0)");
  CHECK_THROWS_AS(cat_as<double>(std::vector<Tensor<float>>()), ShapeError);
  CHECK_THROWS_AS(cat_as<double>(std::tuple<>()), ShapeError);
  CHECK_THROWS_AS(cat_as<double>(std::tuple{zeros<float>({2}), zeros<int>({2})}, 1), IndexError);
  CHECK(cat_as<double>(std::tuple{zeros<float>({0}), zeros<int>({2, 3})}).shape() == Shape{2, 3});
}
