// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"

using litorch::DType;
using litorch::Shape;
using support::parse;

namespace {

const std::string kData(16, '\0');

void check_f8(const std::string& bytes) {
  INFO(bytes.substr(0, 200));
  litorch::NpyHeader header;
  REQUIRE_NOTHROW(header = parse(bytes));
  CHECK(header.dtype == DType::float64);
  CHECK(header.swapped == !litorch::kLittleEndian);
  CHECK_FALSE(header.fortran_order);
  CHECK(header.shape == Shape({2}));
  CHECK(header.data_bytes == 16);
  CHECK(header.data_offset == static_cast<litorch::Index>(bytes.size()) - 16);
}

}  // namespace

TEST_CASE("the dictionary of a .npy header may have its keys in any order") {
  const std::string keys[] = {"'descr': '<f8'", "'fortran_order': False", "'shape': (2,)"};
  for (const auto& [a, b, c] : {std::tuple{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}}) {
    check_f8(support::npy_padded("{" + keys[a] + ", " + keys[b] + ", " + keys[c] + "}") + kData);
    check_f8(support::npy_padded("{" + keys[a] + "," + keys[b] + "," + keys[c] + ",}") + kData);
  }
}

TEST_CASE("strings of a .npy header may have single or double quotes") {
  for (const char* text : {"{\"descr\": \"<f8\", \"fortran_order\": False, \"shape\": (2,), }",
                           "{'descr': \"<f8\", \"fortran_order\": False, 'shape': (2,), }",
                           "{\"descr\": '<f8', 'fortran_order': False, \"shape\": (2,), }"})
    check_f8(support::npy_padded(text) + kData);
}

TEST_CASE("a .npy header may have spaces between its tokens, or none") {
  for (const char* text : {"{'descr':'<f8','fortran_order':False,'shape':(2,)}",
                           "  {  'descr'  :  '<f8'  ,  'fortran_order'  :  False  ,  'shape'  :  (  2  ,  )  ,  }",
                           " {'descr':'<f8' ,'fortran_order':False ,'shape':( 2,) } "})
    for (int version = 1; version <= 3; ++version) check_f8(support::npy_padded(text, version) + kData);
}

TEST_CASE("a .npy header need not be padded, and may be padded up to 10,000 bytes") {
  const std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";
  for (int version = 1; version <= 3; ++version) {
    check_f8(support::npy_exact(text + "\n", version) + kData);
    for (const std::size_t length : {80u, 81u, 300u, 9999u, 10000u})
      check_f8(support::npy_exact(text + std::string(length - text.size() - 1, ' ') + "\n", version) + kData);
  }
}

TEST_CASE("all format versions of .npy are read") {
  for (int version = 1; version <= 3; ++version) {
    const std::string bytes =
        support::npy_padded("{'descr': '|u1', 'fortran_order': False, 'shape': (16,)}", version) + kData;
    CHECK(parse(bytes).version == version);
    CHECK(parse(bytes).shape == Shape({16}));
  }
}

TEST_CASE("single bytes have no order: either is accepted for them, and nothing is swapped") {
  for (const auto& [type, dtype] : {std::pair{"b1", DType::boolean}, {"i1", DType::int8}, {"u1", DType::uint8}})
    for (const char order : {'|', '<', '>'}) {
      const std::string text =
          std::string("{'descr': '") + order + type + "', 'fortran_order': False, 'shape': (4, 4)}";
      const litorch::NpyHeader header = parse(support::npy_padded(text) + kData);
      CHECK(header.dtype == dtype);
      CHECK_FALSE(header.swapped);
    }
}

TEST_CASE("every type string of the element types is read, in both byte orders") {
  for (std::size_t i = 0; i < std::size(litorch::kDTypes); ++i) {
    const litorch::DTypeInfo& type = litorch::kDTypes[i];
    if (type.item_size == 1) continue;
    for (const char order : {'<', '>'}) {
      const std::string text = std::string("{'descr': '") + order + type.kind + std::to_string(type.item_size) +
                               "', 'fortran_order': True, 'shape': ()}";
      const litorch::NpyHeader header = parse(support::npy_padded(text) + std::string(type.item_size, '\0'));
      CHECK(header.dtype == static_cast<DType>(i));
      CHECK(header.swapped == ((order == '<') != litorch::kLittleEndian));
      CHECK(header.fortran_order);
      CHECK(header.data_bytes == type.item_size);
    }
  }
}

TEST_CASE("shapes of a .npy header: no dim to 8 dims, with and without a trailing comma, zeros") {
  const auto shape_of = [](const std::string& shape, std::size_t bytes) {
    return parse(support::npy_padded("{'descr': '|i1', 'fortran_order': False, 'shape': " + shape + "}") +
                 std::string(bytes, '\0'))
        .shape;
  };
  CHECK(shape_of("()", 1) == Shape({}));
  CHECK(shape_of("( )", 1) == Shape({}));
  CHECK(shape_of("(0,)", 0) == Shape({0}));
  CHECK(shape_of("(10,)", 10) == Shape({10}));
  CHECK(shape_of("(3, 4)", 12) == Shape({3, 4}));
  CHECK(shape_of("(3, 4,)", 12) == Shape({3, 4}));
  CHECK(shape_of("(3,4 , )", 12) == Shape({3, 4}));
  CHECK(shape_of("(1, 1, 1, 1, 1, 1, 1, 1)", 1) == Shape({1, 1, 1, 1, 1, 1, 1, 1}));
  CHECK(shape_of("(2, 1, 2, 1, 2, 1, 2, 1,)", 16) == Shape({2, 1, 2, 1, 2, 1, 2, 1}));
  CHECK(shape_of("(0, 9223372036854775807)", 0) == Shape({0, 9223372036854775807}));
  CHECK(shape_of("(0, 3037000499, 3037000499)", 0) == Shape({0, 3037000499, 3037000499}));
}

TEST_CASE("only the first bytes of a large file are needed to parse its header") {
  const std::string bytes =
      support::npy_padded("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000)}");
  const auto head = std::as_bytes(std::span(bytes));
  const litorch::Index size = static_cast<litorch::Index>(bytes.size()) + 8'000'000'000'000;
  CHECK(litorch::parse_npy_header("test", "bytes", head, size).data_bytes == 8'000'000'000'000);
  using Code = litorch::FormatCode;
  CHECK(support::format_error([&] { litorch::parse_npy_header("test", "bytes", head, size - 1); }) ==
        std::pair{static_cast<int>(Code::truncated_data), size - 1});
  CHECK(support::format_error([&] { litorch::parse_npy_header("test", "bytes", head, size + 1); }) ==
        std::pair{static_cast<int>(Code::trailing_data), size});
  CHECK(support::format_error([&] { litorch::parse_npy_header("test", "bytes", head.first(40), size); }) ==
        std::pair{static_cast<int>(Code::truncated_header), litorch::Index{40}});
  CHECK(support::format_error([&] { litorch::parse_npy_header("test", "bytes", head, 40); }) ==
        std::pair{static_cast<int>(Code::truncated_header), litorch::Index{40}});
}
