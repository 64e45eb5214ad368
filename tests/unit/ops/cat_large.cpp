// SPDX-License-Identifier: MIT
// Outputs past 2^31 and 2^32 elements. The inputs repeat a row or an element, so that only the output costs memory.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("two int8 tensors of 2^30 elements joined along dim 1", "[large]") {
  const auto row = arange<std::int8_t>(0, 127).unsqueeze(0).expand({259, 127}).reshape({-1}).narrow(0, 0, 32768);
  const auto a = row.expand({32769, 32768}), b = full<std::int8_t>({1, 1}, -1).expand({32769, 32768});
  const auto joined = cat({a, b}, 1);
  CHECK(joined.shape() == Shape{32769, 65536});
  CHECK(joined(0, 0) == 0);
  CHECK(joined(0, 32767) == row(32767));
  CHECK(joined(0, 32768) == -1);
  CHECK(joined(32768, 32767) == row(32767));
  CHECK(joined(32768, 65535) == -1);
  CHECK(joined.data()[(Index{1} << 31) - 1] == -1);  // last of row 32767
  CHECK(joined.data()[(Index{1} << 31)] == row(0));  // first of row 32768
  CHECK(equal(joined[32768].narrow(0, 0, 32768), row));
}

TEST_CASE("uint8 matrices that join to 5.8 GB", "[large]") {
  const auto row = arange<std::uint8_t>(0, 251).unsqueeze(0).expand({2089, 251}).reshape({-1}).narrow(0, 0, 524288);
  const auto a = row.expand({6500, 524288}), b = full<std::uint8_t>({1, 1}, 255).expand({4500, 524288});
  const auto joined = cat({a, b});
  CHECK(joined.shape() == Shape{11000, 524288});
  CHECK(equal(joined[0], row));
  CHECK(equal(joined[4096], row));  // begins at 2^31
  CHECK(joined.data()[(Index{1} << 31) + 7] == 7);
  CHECK(equal(joined[6499], row));
  CHECK(joined(6500, 0) == 255);
  CHECK(joined(8192, 1) == 255);  // begins at 2^32
  CHECK(joined(10999, 524287) == 255);
}

TEST_CASE("a vector of more than 2^31 elements and a short one", "[large]") {
  const Index length = 2147483654;
  const auto joined = cat({full<std::int8_t>({1}, 3).expand({length}),
                           arange<std::int8_t>(0, 127).expand({9, 127}).reshape({-1}).narrow(0, 0, 1024)});
  CHECK(joined.shape() == Shape{length + 1024});
  CHECK(joined(0) == 3);
  CHECK(joined(length - 1) == 3);
  CHECK(joined(length) == 0);
  CHECK(joined(length + 1023) == 1023 % 127);
}
