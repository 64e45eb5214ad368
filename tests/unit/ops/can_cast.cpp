// SPDX-License-Identifier: MIT
// The table of safe conversions, as NumPy's can_cast(from, to, 'safe') prints it.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("can_cast agrees with NumPy for every pair of types") {
  // To: bool, int8 to int64, uint8 to uint64, float16 to float64, complex64, complex128.
  constexpr const char* kSafe[] = {
      "11111111111111",  // bool
      "01111000011111",  // int8
      "00111000001111",  // int16
      "00011000000101",  // int32
      "00001000000101",  // int64
      "00111111111111",  // uint8
      "00011011101111",  // uint16
      "00001001100101",  // uint32
      "00000000100101",  // uint64
      "00000000011111",  // float16
      "00000000001111",  // float32
      "00000000000101",  // float64
      "00000000000011",  // complex64
      "00000000000001",  // complex128
  };
  for (std::uint8_t from = 0; from < std::size(kDTypes); ++from)
    for (std::uint8_t to = 0; to < std::size(kDTypes); ++to) {
      INFO(name(DType{from}) << " to " << name(DType{to}));
      CHECK(can_cast(DType{from}, DType{to}) == (kSafe[from][to] == '1'));
    }
}
