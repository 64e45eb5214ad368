// SPDX-License-Identifier: MIT
// Hostile headers: each kind of fault has its own code, and none is accepted.
#include "support/catch.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/ipc/segment_validator.hpp>

#include <algorithm>
#include <random>
#include <vector>

using namespace litorch;
using detail::SegmentHeader;
using detail::validate_segment;

namespace {

constexpr detail::ElementFormat kFloat = detail::element_format<float>();
constexpr Index kFileSize = detail::kSegmentPage + 2 * 3 * 4;

SegmentHeader sound(const Shape& shape = {2, 3}) {
  SegmentHeader header = detail::encode_segment("test", shape, kFloat, {17, 18, 19});
  header.state = 1;
  return header;
}

std::optional<ShmCode> verdict(const SegmentHeader& header, Index file_size = kFileSize) {
  return support::shm_code_of([&] { validate_segment("test", "x", header, file_size, kFloat); });
}

struct Field {
  const char* name;
  std::size_t offset;
  std::size_t size;
  std::vector<ShmCode> codes;  // that a wrong value may have, once the checksum is made to fit
  bool sealed = true;          // looked at before the checksum is: the checksum need not fit
};

std::vector<Field> fields() {
  using enum ShmCode;
  std::vector<Field> all{{"magic", offsetof(SegmentHeader, magic), 8, {bad_magic}, false},
                         {"byte_order", offsetof(SegmentHeader, byte_order), 8, {bad_byte_order}, false},
                         {"version", offsetof(SegmentHeader, version), 4, {bad_version}, false},
                         {"header_size", offsetof(SegmentHeader, header_size), 4, {bad_header_size}, false},
                         {"state", offsetof(SegmentHeader, state), 4, {not_ready, bad_state}},
                         {"dtype", offsetof(SegmentHeader, dtype), 4, {bad_dtype, bad_item_size, wrong_dtype}},
                         {"item_size", offsetof(SegmentHeader, item_size), 4, {bad_item_size}},
                         {"rank", offsetof(SegmentHeader, rank), 4, {bad_rank, bad_shape, bad_strides}},
                         {"data_offset", offsetof(SegmentHeader, data_offset), 8, {bad_data_offset}},
                         {"data_bytes", offsetof(SegmentHeader, data_bytes), 8, {bad_data_bytes}},
                         {"total_bytes", offsetof(SegmentHeader, total_bytes), 8, {bad_total_bytes}},
                         {"checksum", offsetof(SegmentHeader, checksum), 8, {bad_checksum}, false}};
  for (std::size_t dim = 0; dim < kMaxRank; ++dim) {
    const std::size_t at = 8 * dim;
    all.push_back(
        {"shape", offsetof(SegmentHeader, shape) + at, 8, {bad_shape, size_overflow, bad_strides, bad_data_bytes}});
    all.push_back({"strides", offsetof(SegmentHeader, strides) + at, 8, {bad_strides}});
  }
  for (std::size_t i = 0; i < 4; ++i)
    all.push_back({"reserved", offsetof(SegmentHeader, reserved) + 8 * i, 8, {bad_reserved}});
  return all;
}

}  // namespace

TEST_CASE("a sound segment header is accepted, of every rank and without elements") {
  for (const Shape& shape : {Shape{}, Shape{1}, Shape{2, 3}, Shape{0, 7}, Shape{1, 1, 1, 1, 1, 2, 3, 4}}) {
    const SegmentHeader header = sound(shape);
    const auto layout = validate_segment("test", "x", header, detail::kSegmentPage + shape.numel() * 4, kFloat);
    CHECK(layout.shape == shape);
    CHECK(layout.data_offset == detail::kSegmentPage);
    CHECK(layout.data_bytes == shape.numel() * 4);
  }
}

TEST_CASE("every wrong value of every field of a segment header has the code of that field") {
  std::mt19937_64 random(7);
  int variants = 0;
  for (const Field& field : fields()) {
    std::vector<std::uint64_t> values{0,          1,           2,          ~0ull,
                                      ~0ull - 1,  1ull << 63,  1ull << 31, 0x7fffffffffffffff,
                                      0x7fffffff, 0x100000000, 0xffffffff, 255};
    for (int i = 0; i < 40; ++i) values.push_back(random() >> (random() % 64));
    for (const std::uint64_t value : values) {
      SegmentHeader header = sound();
      std::uint64_t before = 0, after = 0;
      std::byte* const at = reinterpret_cast<std::byte*>(&header) + field.offset;
      std::memcpy(&before, at, field.size);
      std::memcpy(at, &value, field.size);
      std::memcpy(&after, at, field.size);
      if (before == after) continue;
      ++variants;
      if (field.sealed && field.offset != offsetof(SegmentHeader, state)) {
        CHECK(verdict(header) == ShmCode::bad_checksum);
        header.checksum = detail::segment_checksum(header);
      }
      const std::optional<ShmCode> code = verdict(header);
      CAPTURE(field.name, value);
      REQUIRE(code);
      CHECK(std::find(field.codes.begin(), field.codes.end(), *code) != field.codes.end());
    }
  }
  CHECK(variants >= 1000);
}

TEST_CASE("a segment that is too short or too long for its header is refused at every size") {
  for (Index size = 0; size < kFileSize; ++size) REQUIRE(verdict(sound(), size) == ShmCode::truncated);
  CHECK_FALSE(verdict(sound(), kFileSize));
  for (const Index more : {1, 4096, 1 << 30}) CHECK(verdict(sound(), kFileSize + more) == ShmCode::bad_total_bytes);
}

TEST_CASE("every single bit of a segment header that flips is seen") {
  for (std::size_t bit = 0; bit < 8 * sizeof(SegmentHeader); ++bit) {
    SegmentHeader header = sound();
    auto* const bytes = reinterpret_cast<unsigned char*>(&header);
    bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] ^ (1u << (bit % 8)));
    REQUIRE(verdict(header));
  }
}

TEST_CASE("a header of the other byte order is told so, whatever else of it is swapped") {
  struct Part {
    std::size_t offset, size;
  };
  std::vector<Part> parts{{offsetof(SegmentHeader, byte_order), 8}};
  for (std::size_t at = offsetof(SegmentHeader, version); at < offsetof(SegmentHeader, shape); at += 4)
    parts.push_back({at, 4});
  for (std::size_t at = offsetof(SegmentHeader, shape); at < sizeof(SegmentHeader); at += 8) parts.push_back({at, 8});
  SegmentHeader whole = sound();
  const auto swap = [](SegmentHeader& header, Part part) {
    auto* const bytes = reinterpret_cast<unsigned char*>(&header) + part.offset;
    std::reverse(bytes, bytes + part.size);
  };
  for (const Part& part : parts) {
    SegmentHeader one = sound();
    swap(one, parts[0]);
    if (part.offset != parts[0].offset) swap(one, part);
    CHECK(verdict(one) == ShmCode::bad_byte_order);
    one.checksum = detail::segment_checksum(one);
    CHECK(verdict(one) == ShmCode::bad_byte_order);
    swap(whole, part);
  }
  CHECK(verdict(whole) == ShmCode::bad_byte_order);
}

TEST_CASE("shapes that overflow, alone or with their elements, are told apart from wrong ones") {
  using enum ShmCode;
  constexpr Index kMax = std::numeric_limits<Index>::max();
  struct Row {
    std::vector<Index> shape;
    ShmCode code;
  };
  const std::vector<Row> rows{{{Index{1} << 32, Index{1} << 32}, size_overflow},
                              {{kMax, 2}, size_overflow},
                              {{kMax, 0, 2}, size_overflow},
                              {{-1}, bad_shape},
                              {{2, -3}, bad_shape},
                              {{0, -1}, bad_shape},
                              {{std::numeric_limits<Index>::min()}, bad_shape},
                              {{kMax}, size_overflow},
                              {{Index{1} << 61}, size_overflow},
                              {{(Index{1} << 61) - 1}, bad_data_bytes},
                              {{0, kMax}, bad_data_bytes},
                              {{3, 3}, bad_data_bytes}};
  for (const Row& row : rows) {
    SegmentHeader header = sound();
    header.rank = static_cast<std::uint32_t>(row.shape.size());
    std::uint64_t step = 1;
    for (std::size_t dim = kMaxRank; dim-- > 0;) {
      const bool inside = dim < row.shape.size();
      header.shape[dim] = inside ? row.shape[dim] : 0;
      header.strides[dim] = inside ? static_cast<Index>(step) : 0;
      if (inside) step *= std::max<std::uint64_t>(1, static_cast<std::uint64_t>(row.shape[dim]));
    }
    header.checksum = detail::segment_checksum(header);
    CAPTURE(row.shape);
    CHECK(verdict(header) == row.code);
  }
}

TEST_CASE("types without a name are told apart by their size only") {
  struct Pair {
    float a, b;
  };
  struct Other {
    int a, b;
  };
  struct Triple {
    float a, b, c;
  };
  SegmentHeader header = detail::encode_segment("test", {2}, detail::element_format<Pair>(), {17, 18, 19});
  header.state = 1;
  const auto as = [&](detail::ElementFormat format) {
    return support::shm_code_of([&] { validate_segment("test", "x", header, detail::kSegmentPage + 16, format); });
  };
  CHECK_FALSE(as(detail::element_format<const Other>()));
  CHECK(as(detail::element_format<Triple>()) == ShmCode::wrong_dtype);
  CHECK(as(detail::element_format<double>()) == ShmCode::wrong_dtype);
}
