// SPDX-License-Identifier: MIT
// The first 256 bytes of a named segment say what is in it. Pure values: nothing here sees shared memory, so that what
// was checked cannot change afterwards.
#pragma once

#include <litorch/base/dtype.hpp>
#include <litorch/posix/process_identity.hpp>
#include <litorch/shape/layout.hpp>

#include <cstring>
#include <string>

namespace litorch::detail {

/// Where the elements begin: behind the header, on a page.
inline constexpr Index kSegmentPage = 4096;

/// The element type as a header has it: types without a name are told apart by their size alone.
struct ElementFormat {
  std::uint32_t dtype;
  std::uint32_t item_size;
};
inline constexpr std::uint32_t kUnnamedDType = 0xffffffff;

template <class T>
constexpr ElementFormat element_format() {
  static_assert(alignof(T) <= static_cast<std::size_t>(kSegmentPage));
  return {static_cast<std::uint32_t>(dtype_code<std::remove_cv_t<T>>()), static_cast<std::uint32_t>(sizeof(T))};
}

inline std::string format_name(ElementFormat format) {
  if (format.dtype < std::size(kDTypes)) return std::string(name(static_cast<DType>(format.dtype)));
  return to_text("an element type of ", format.item_size, " bytes");
}

enum class SegmentState : std::uint32_t { in_the_making = 0, ready = 1 };

/// Version 1. In the byte order of the machine; memory is not sent anywhere.
struct SegmentHeader {
  char magic[8];
  std::uint64_t byte_order;
  std::uint32_t version;
  std::uint32_t header_size;
  std::uint32_t state;  ///< the last field to be set, and the only one that changes
  std::uint32_t dtype;
  std::uint32_t item_size;
  std::uint32_t rank;
  std::int64_t shape[kMaxRank];
  std::int64_t strides[kMaxRank];  ///< in elements; row-major in version 1
  std::uint64_t data_offset;
  std::uint64_t data_bytes;
  std::uint64_t total_bytes;
  std::int64_t creator_pid;
  std::uint64_t creator_start_time;
  std::uint64_t creator_pid_namespace;
  std::uint64_t reserved[4];
  std::uint64_t checksum;  ///< FNV-1a over all bytes but those of `state` and of itself, which count as 0
};
static_assert(std::is_trivially_copyable_v<SegmentHeader> && sizeof(SegmentHeader) == 256);
static_assert(offsetof(SegmentHeader, state) == 24 && offsetof(SegmentHeader, checksum) == 248);

inline constexpr char kSegmentMagic[8] = {'L', 'I', 'T', 'O', 'R', 'C', 'H', '\n'};
inline constexpr std::uint64_t kSegmentByteOrder = 0x0102030405060708;
inline constexpr std::uint32_t kSegmentVersion = 1;

inline std::uint64_t segment_checksum(SegmentHeader header) noexcept {
  header.state = 0;
  header.checksum = 0;
  unsigned char bytes[sizeof header];
  std::memcpy(bytes, &header, sizeof header);
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char byte : bytes) hash = (hash ^ byte) * 0x100000001b3;
  return hash;
}

/// The header of a row-major tensor, in the making. Throws ShapeError over 2^63 - 1 bytes.
inline SegmentHeader encode_segment(const char* call, const Shape& shape, ElementFormat format,
                                    const posix::ProcessIdentity& creator) {
  const Index bytes = byte_count(call, shape, format.item_size);
  Index total = 0;
  if (!add_checked(bytes, kSegmentPage, total))
    fail<ShapeError>(call, "(): shape ", shape, " and a header count more than 2^63 - 1 bytes");
  SegmentHeader header{};
  std::memcpy(header.magic, kSegmentMagic, sizeof kSegmentMagic);
  header.byte_order = kSegmentByteOrder;
  header.version = kSegmentVersion;
  header.header_size = sizeof header;
  header.dtype = format.dtype;
  header.item_size = format.item_size;
  header.rank = static_cast<std::uint32_t>(shape.rank());
  const Strides strides = row_major_strides(shape);
  std::copy(shape.begin(), shape.end(), header.shape);
  std::copy(strides.begin(), strides.end(), header.strides);
  header.data_offset = static_cast<std::uint64_t>(kSegmentPage);
  header.data_bytes = static_cast<std::uint64_t>(bytes);
  header.total_bytes = static_cast<std::uint64_t>(total);
  header.creator_pid = creator.pid;
  header.creator_start_time = creator.start_time;
  header.creator_pid_namespace = creator.pid_namespace;
  header.checksum = segment_checksum(header);
  return header;
}

}  // namespace litorch::detail
