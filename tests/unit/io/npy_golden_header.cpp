// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"

using litorch::DType;

namespace {

struct Golden {
  DType dtype;
  bool fortran_order;
  litorch::Shape shape;
  const char* text;  // as NumPy 1.24.2 wrote it, without the padding
};

const Golden kGolden[] = {
    {DType::boolean, false, {3}, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }"},
    {DType::int8, false, {}, "{'descr': '|i1', 'fortran_order': False, 'shape': (), }"},
    {DType::int8, true, {}, "{'descr': '|i1', 'fortran_order': True, 'shape': (), }"},
    {DType::int16, false, {0}, "{'descr': '<i2', 'fortran_order': False, 'shape': (0,), }"},
    {DType::int32, false, {2, 3}, "{'descr': '<i4', 'fortran_order': False, 'shape': (2, 3), }"},
    {DType::int64, true, {2, 3}, "{'descr': '<i8', 'fortran_order': True, 'shape': (2, 3), }"},
    {DType::uint8, false, {1797, 8, 8}, "{'descr': '|u1', 'fortran_order': False, 'shape': (1797, 8, 8), }"},
    {DType::uint16, false, {1}, "{'descr': '<u2', 'fortran_order': False, 'shape': (1,), }"},
    {DType::uint32,
     false,
     {9223372036854775807, 0},
     "{'descr': '<u4', 'fortran_order': False, 'shape': (9223372036854775807, 0), }"},
    {DType::uint64, false, {0, 0}, "{'descr': '<u8', 'fortran_order': False, 'shape': (0, 0), }"},
    {DType::float16, true, {10, 20, 30}, "{'descr': '<f2', 'fortran_order': True, 'shape': (10, 20, 30), }"},
    {DType::float32,
     false,
     {128, 3, 224, 224},
     "{'descr': '<f4', 'fortran_order': False, 'shape': (128, 3, 224, 224), }"},
    {DType::float64, false, {12345678901}, "{'descr': '<f8', 'fortran_order': False, 'shape': (12345678901,), }"},
    {DType::complex64,
     false,
     {1, 2, 3, 4, 5, 6, 7, 8},
     "{'descr': '<c8', 'fortran_order': False, 'shape': (1, 2, 3, 4, 5, 6, 7, 8), }"},
    {DType::complex128,
     true,
     {8, 7, 6, 5, 4, 3, 2, 1},
     "{'descr': '<c16', 'fortran_order': True, 'shape': (8, 7, 6, 5, 4, 3, 2, 1), }"},
    {DType::complex128,
     false,
     {7, 1, 1, 1, 1, 1, 10, 100000000000000000},
     "{'descr': '<c16', 'fortran_order': False, 'shape': (7, 1, 1, 1, 1, 1, 10, 100000000000000000), }"},
    {DType::uint8,
     true,
     {1000000000, 9000000000},
     "{'descr': '|u1', 'fortran_order': True, 'shape': (1000000000, 9000000000), }"},
    {DType::int8,
     false,
     {9223372036854775807},
     "{'descr': '|i1', 'fortran_order': False, 'shape': (9223372036854775807,), }"},
};

}  // namespace

TEST_CASE("npy_header writes what NumPy writes, byte for byte") {
  for (const Golden& golden : kGolden) {
    INFO(golden.text);
    const std::string text = golden.text;
    // NumPy made all of these 128 bytes long: 10 of preamble, the text, spaces and a newline.
    const std::string expected =
        std::string("\x93NUMPY\x01\x00\x76\x00", 10) + text + std::string(128 - 10 - text.size() - 1, ' ') + "\n";
    CHECK(litorch::npy_header(golden.dtype, golden.fortran_order, golden.shape) == expected);
  }
}

TEST_CASE("one whole header as NumPy wrote it, spelled out") {
  const char golden[] =
      "\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
      "                                                          \n";
  CHECK(litorch::npy_header(DType::float32, false, {2, 3}) == std::string(golden, sizeof golden - 1));
}
