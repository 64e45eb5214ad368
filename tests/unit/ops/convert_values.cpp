// SPDX-License-Identifier: MIT
// What a conversion makes of values that the new type cannot hold. Nothing is undefined.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <complex>

using namespace litorch;
using litorch::detail::convert;

namespace {

template <class U, class T>
void check_clamped() {
  using Limits = std::numeric_limits<U>;
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  CHECK(convert<U>(std::numeric_limits<T>::quiet_NaN()) == 0);
  CHECK(convert<U>(kInfinity) == Limits::max());
  CHECK(convert<U>(-kInfinity) == Limits::min());
  CHECK(convert<U>(std::numeric_limits<T>::max()) == Limits::max());
  CHECK(convert<U>(std::numeric_limits<T>::lowest()) == Limits::min());
  const T above = std::ldexp(T(1), Limits::digits);  // the first value that does not fit
  CHECK(convert<U>(above) == Limits::max());
  CHECK(static_cast<T>(convert<U>(std::nextafter(above, T(0)))) == std::trunc(std::nextafter(above, T(0))));
  CHECK(convert<U>(static_cast<T>(Limits::min())) == Limits::min());
  CHECK(convert<U>(T(-0.75)) == 0);
  CHECK(convert<U>(T(100.75)) == 100);
}

}  // namespace

TEST_CASE("floating-point values are clamped to each integer type, and NaN becomes 0") {
  check_clamped<std::int8_t, float>();
  check_clamped<std::uint8_t, double>();
  check_clamped<std::int16_t, float>();
  check_clamped<std::uint16_t, float>();
  check_clamped<std::int32_t, float>();
  check_clamped<std::int32_t, double>();
  check_clamped<std::uint32_t, float>();
  check_clamped<std::int64_t, float>();
  check_clamped<std::int64_t, double>();
  check_clamped<std::uint64_t, float>();
  check_clamped<std::uint64_t, double>();
  CHECK(convert<std::int8_t>(Float16(1000.0f)) == 127);
  CHECK(convert<std::uint16_t>(Float16(-1.0f)) == 0);
  CHECK(convert<std::int8_t>(std::complex<float>(-1000.0f, 5.0f)) == -128);
}

TEST_CASE("integers that do not fit keep their low bits") {
  CHECK(convert<std::int8_t>(std::int32_t{257}) == 1);
  CHECK(convert<std::uint8_t>(std::int32_t{-1}) == 255);
  CHECK(convert<std::int64_t>(~std::uint64_t{0}) == -1);
}

TEST_CASE("what is not zero is true, NaN and imaginary numbers too") {
  CHECK(convert<bool>(0.25f));
  CHECK(convert<bool>(std::numeric_limits<double>::quiet_NaN()));
  CHECK(convert<bool>(std::complex<float>(0, 1)));
  CHECK(convert<bool>(std::int16_t{256}));
  CHECK_FALSE(convert<bool>(-0.0f));
  CHECK_FALSE(convert<bool>(Float16(0.0f)));
  CHECK_FALSE(convert<bool>(std::complex<double>()));
  CHECK(convert<float>(true) == 1.0f);
}

TEST_CASE("floating-point values are rounded to narrower types, and complex ones lose their imaginary part") {
  CHECK(convert<float>(1e300) == std::numeric_limits<float>::infinity());
  CHECK(convert<Float16>(70000.0) == std::numeric_limits<float>::infinity());
  CHECK(convert<Float16>(std::int64_t{2049}) == 2048.0f);
  CHECK(convert<float>(std::complex<double>(2.5, 7.0)) == 2.5f);
  CHECK(convert<std::complex<float>>(std::complex<double>(2.5, 7.0)) == std::complex<float>(2.5f, 7.0f));
  CHECK(convert<std::complex<double>>(std::int8_t{-3}) == std::complex<double>(-3, 0));
  CHECK(convert<std::complex<float>>(Float16(1.5f)) == std::complex<float>(1.5f, 0));
}
