// SPDX-License-Identifier: MIT
// NaN wins every search, as in PyTorch; of equals, the first one does.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

namespace {

const float kNaN = std::numeric_limits<float>::quiet_NaN();

}  // namespace

TEST_CASE("max and min are NaN where any element is") {
  for (const Index at : {0, 1, 17, 256, 999}) {
    auto line = arange<float>(1000);
    line(at) = kNaN;
    CHECK(std::isnan(max(line).item()));
    CHECK(std::isnan(min(line).item()));
    CHECK(argmax(line).item() == at);
  }
  const auto table = tensor<float>({{1, kNaN}, {3, 2}});
  CHECK(max(table, 0)(0) == 3.0f);
  CHECK(std::isnan(max(table, 0)(1)));
  CHECK(equal(argmax(table, 0), tensor<Index>({1, 0})));
  CHECK(equal(argmax(table, 1), tensor<Index>({1, 0})));
}

TEST_CASE("argmax gives the first of several NaN") {
  auto line = zeros<double>({70'000});
  for (const Index at : {69'999, 65'600, 300, 20}) {
    line(at) = kNaN;
    CHECK(argmax(line).item() == at);
    CHECK(argmax(line, 0).item() == at);
  }
}

TEST_CASE("argmax gives the first of equal elements") {
  CHECK(argmax(zeros<int>({100'000})).item() == 0);
  CHECK(equal(argmax(zeros<int>({300, 9}), 0), zeros<Index>({9})));
  auto line = zeros<float>({1000});
  line(700) = line(31) = 1;
  CHECK(argmax(line).item() == 31);
  CHECK(argmax(full<float>({3}, -std::numeric_limits<float>::infinity())).item() == 0);
}

TEST_CASE("argmax of a whole tensor counts in row-major order, whatever the strides") {
  const auto table = tensor<int>({{1, 9}, {9, 2}, {3, 4}});
  CHECK(argmax(table).item() == 1);
  CHECK(argmax(table.t()).item() == 1);
  CHECK(argmax(table.flip(0)).item() == 2);
}
