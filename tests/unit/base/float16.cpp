// SPDX-License-Identifier: MIT
// Float16 against arithmetic on doubles: every half decodes to its value, every float rounds to the nearest half.
#include "support/catch.hpp"

#include <litorch/base/dtype.hpp>

#include <cmath>
#include <random>

namespace {

double value_of(unsigned bits) {
  const double sign = bits & 0x8000u ? -1.0 : 1.0;
  const int exponent = static_cast<int>((bits >> 10) & 31u);
  const double fraction = (bits & 1023u) / 1024.0;
  if (exponent == 31) return fraction != 0 ? NAN : sign * HUGE_VAL;
  return sign * (exponent == 0 ? std::ldexp(fraction, -14) : std::ldexp(1 + fraction, exponent - 15));
}

/// The half nearest to `value`, of two equally near ones the even one; 65520 and over are infinite.
std::uint16_t nearest(float value) {
  const unsigned sign = std::signbit(value) ? 0x8000u : 0;
  const double size = std::fabs(static_cast<double>(value));
  if (size >= 65520) return static_cast<std::uint16_t>(sign | 0x7c00u);
  unsigned low = 0, high = 0x7c00u;
  while (high - low > 1) {
    const unsigned middle = (low + high) / 2;
    (value_of(middle) <= size ? low : high) = middle;
  }
  const double below = size - value_of(low), above = (high == 0x7c00u ? 65536.0 : value_of(high)) - size;
  return static_cast<std::uint16_t>(sign | (below < above || (below == above && low % 2 == 0) ? low : high));
}

}  // namespace

TEST_CASE("every half has its value as a float, and comes back from it") {
  int wrong = 0;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    const litorch::Float16 half = litorch::Float16::from_bits(static_cast<std::uint16_t>(bits));
    const float single = half;
    if (std::isnan(value_of(bits)))
      wrong += !std::isnan(single) || !std::isnan(static_cast<float>(litorch::Float16(single)));
    else
      wrong += static_cast<double>(single) != value_of(bits) || litorch::Float16(single).bits() != bits;
  }
  CHECK(wrong == 0);
}

TEST_CASE("floats round to the nearest half, ties to even") {
  std::mt19937_64 engine(7);
  int wrong = 0;
  const auto check = [&](float value) {
    if (!std::isnan(value)) wrong += litorch::Float16(value).bits() != nearest(value);
  };
  for (int i = 0; i < 200'000; ++i) check(std::bit_cast<float>(static_cast<std::uint32_t>(engine())));
  for (int i = 0; i < 200'000; ++i)
    check(static_cast<float>(std::ldexp(static_cast<double>(engine() % 8192), static_cast<int>(engine() % 44) - 32)));
  for (unsigned bits = 0; bits < 0x7c00u; ++bits) {  // the ties between neighbours, and a little to both sides
    const float tie = static_cast<float>((value_of(bits) + (bits == 0x7bffu ? 65536.0 : value_of(bits + 1))) / 2);
    check(tie), check(-tie), check(std::nextafter(tie, 0.0f)), check(std::nextafter(tie, HUGE_VALF));
  }
  CHECK(wrong == 0);
}
