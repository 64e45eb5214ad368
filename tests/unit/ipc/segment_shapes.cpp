// SPDX-License-Identifier: MIT
// Shapes and strides at the limits of 64 bits in a segment header, against arithmetic of 128 bits.
#include "support/catch.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/ipc/segment_validator.hpp>

#include <random>

using namespace litorch;
using detail::SegmentHeader;

namespace {

__extension__ using Wide = __int128;
constexpr Wide kMax = std::numeric_limits<Index>::max();

/// A header with this shape, the strides that go with it as far as they exist, and all else right.
SegmentHeader header_of(const std::vector<Index>& shape, Index data_bytes) {
  SegmentHeader header =
      detail::encode_segment("test", {1}, detail::element_format<double>(), posix::ProcessIdentity{17, 18, 19});
  header.state = 1;
  header.rank = static_cast<std::uint32_t>(shape.size());
  std::uint64_t step = 1;
  for (std::size_t dim = kMaxRank; dim-- > 0;) {
    const bool inside = dim < shape.size();
    header.shape[dim] = inside ? shape[dim] : 0;
    header.strides[dim] = inside ? static_cast<Index>(step) : 0;
    if (inside) step *= std::max<std::uint64_t>(1, static_cast<std::uint64_t>(shape[dim]));
  }
  header.data_bytes = static_cast<std::uint64_t>(data_bytes);
  header.total_bytes = header.data_bytes + static_cast<std::uint64_t>(detail::kSegmentPage);
  header.checksum = detail::segment_checksum(header);
  return header;
}

/// What must be said of it, by its definition: extents of zero do not hide how large the others are.
std::optional<ShmCode> expected(const std::vector<Index>& shape, Index file_size) {
  Wide product = 1, elements = 1;
  for (const Index extent : shape) {
    if (extent < 0) return ShmCode::bad_shape;
    product *= std::max<Index>(extent, 1);
    elements *= extent;
    if (product > kMax) return ShmCode::size_overflow;
  }
  if (elements * 8 + detail::kSegmentPage > kMax) return ShmCode::size_overflow;
  if (elements * 8 + detail::kSegmentPage > file_size) return ShmCode::truncated;
  if (elements * 8 + detail::kSegmentPage < file_size) return ShmCode::bad_total_bytes;
  return std::nullopt;
}

}  // namespace

TEST_CASE("ten thousand shapes of small, huge, negative and no extents have the code that 128 bits say") {
  const Index likely[] = {0,
                          1,
                          2,
                          3,
                          -1,
                          Index{1} << 31,
                          Index{1} << 32,
                          (Index{1} << 32) - 1,
                          Index{1} << 59,
                          (Index{1} << 60) - 512,
                          Index{1} << 60,
                          Index{1} << 62,
                          std::numeric_limits<Index>::max(),
                          std::numeric_limits<Index>::min()};
  std::mt19937_64 random(12);
  int accepted = 0, codes[100] = {};
  for (int round = 0; round < 10'000; ++round) {
    std::vector<Index> shape(random() % 9);
    for (Index& extent : shape) extent = random() % 2 == 0 ? 1 : likely[random() % std::size(likely)];
    Wide elements = 1;
    for (const Index extent : shape) elements = elements > kMax || extent < 0 ? elements : elements * extent;
    const bool fits = elements <= kMax / 8;
    const Index bytes = fits ? static_cast<Index>(elements) * 8 : 8;
    const Index file_size = round % 3 == 0 && fits && bytes < (Index{1} << 62) ? detail::kSegmentPage + bytes : 1 << 20;
    const SegmentHeader header = header_of(shape, bytes);
    const auto code = support::shm_code_of(
        [&] { detail::validate_segment("test", "x", header, file_size, detail::element_format<double>()); });
    CAPTURE(shape, file_size);
    REQUIRE(code == expected(shape, file_size));
    accepted += !code;
    ++codes[code ? static_cast<int>(*code) : 99];
  }
  CHECK(accepted > 500);
  for (const ShmCode code : {ShmCode::bad_shape, ShmCode::size_overflow, ShmCode::truncated, ShmCode::bad_total_bytes})
    CHECK(codes[static_cast<int>(code)] > 100);
}

TEST_CASE("strides that are not row-major are refused, whatever they are") {
  for (const Index stride : {Index{0}, Index{1}, Index{-1}, Index{-4}, Index{8}, Index{1} << 62, Index{-1} << 62})
    for (const std::size_t dim : {0u, 1u, 2u, 7u}) {
      SegmentHeader header = header_of({2, 3, 4}, 24 * 8);
      if (header.strides[dim] == stride) continue;
      header.strides[dim] = stride;
      header.checksum = detail::segment_checksum(header);
      CHECK(support::shm_code_of([&] {
              detail::validate_segment("test", "x", header, detail::kSegmentPage + 24 * 8,
                                       detail::element_format<double>());
            }) == ShmCode::bad_strides);
    }
}
