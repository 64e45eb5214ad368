// SPDX-License-Identifier: MIT
// Which type a reduction is computed in and given as.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

namespace {

template <class T, class X>
constexpr bool holds_type = std::is_same_v<X, Tensor<T>>;

}  // namespace

TEST_CASE("integers sum up to 64 bits") {
  const auto bytes = full<std::int8_t>({1000}, 127);
  static_assert(holds_type<std::int64_t, decltype(sum(bytes))>);
  CHECK(sum(bytes).item() == 127'000);
  CHECK(sum(full<std::int8_t>({1000}, -128)).item() == -128'000);
  const auto unsigned_bytes = full<std::uint8_t>({3, 1000}, 255);
  static_assert(holds_type<std::uint64_t, decltype(sum(unsigned_bytes, 1))>);
  CHECK(sum(unsigned_bytes, 1)(2) == 255'000u);
}

TEST_CASE("integer sums are modulo 2 to the 64") {
  CHECK(sum(full<std::int64_t>({2}, std::numeric_limits<std::int64_t>::max())).item() == -2);
  CHECK(sum(full<std::uint64_t>({2}, std::numeric_limits<std::uint64_t>::max())).item() ==
        std::numeric_limits<std::uint64_t>::max() - 1);
}

TEST_CASE("the sum of booleans counts those that are true") {
  const auto flags = tensor<bool>({{true, false, true}, {false, false, true}});
  static_assert(holds_type<std::int64_t, decltype(sum(flags))>);
  CHECK(sum(flags).item() == 3);
  CHECK(equal(sum(flags, 1), tensor<std::int64_t>({2, 1})));
  CHECK(mean(flags).item() == 0.5);
  CHECK(max(flags).item());
  CHECK_FALSE(min(flags, 1)(0));
  CHECK(argmax(flags, 1)(1) == 2);
  CHECK(max(full<bool>({5, 200'000}, true), 1)(4));
}

TEST_CASE("the mean of integers is a double") {
  const auto integers = tensor<int>({{1, 2}, {4, 4}});
  static_assert(holds_type<double, decltype(mean(integers, 0))>);
  CHECK(equal(mean(integers, 0), tensor<double>({2.5, 3.0})));
  CHECK(mean(full<std::int64_t>({4}, std::numeric_limits<std::int64_t>::max())).item() == 0x1p63);
}

TEST_CASE("float16 is added up as float and rounded once") {
  const auto halves = full<Float16>({4000}, Float16(1.0f));
  static_assert(holds_type<Float16, decltype(sum(halves))>);
  CHECK(sum(halves).item() == 4000.0f);
  CHECK(mean(full<Float16>({100'000}, Float16(3.0f))).item() == 3.0f);
  CHECK(sum(full<Float16>({100'000}, Float16(3.0f))).item() == std::numeric_limits<float>::infinity());
}

TEST_CASE("a reduction takes views, read-only tensors and scalars") {
  const Tensor<const float> read_only = arange<float>(6).reshape({2, 3});
  CHECK(sum(read_only).item() == 15.0f);
  CHECK(sum(read_only.select(0, 1).select(0, 2)).item() == 5.0f);
  CHECK(max(TensorView<const float>(read_only), 0)(1) == 4.0f);
  CHECK(mean(read_only, -1, true).shape() == Shape{2, 1});
  CHECK(sum(read_only).rank() == 0);
}
