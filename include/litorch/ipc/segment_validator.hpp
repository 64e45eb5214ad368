// SPDX-License-Identifier: MIT
// Whether the header of a named segment is sound. Sees a private copy only, so that what was checked cannot change.
#pragma once

#include <litorch/ipc/segment_header.hpp>

namespace litorch::detail {

/// What a sound header says.
struct SegmentLayout {
  Shape shape;
  Index data_offset;
  Index data_bytes;
  Index total_bytes;
};

/// Checks a private copy of a header; one rule after another, each with its own code.
class SegmentValidator {
 public:
  SegmentValidator(const char* call, const std::string& name, const SegmentHeader& header)
      : call_(call), name_(name), header_(header) {}

  /// Whose it is: that it is a header at all, unchanged since its creator wrote it. Throws ShmError.
  posix::ProcessIdentity creator() const {
    require(std::memcmp(header_.magic, kSegmentMagic, sizeof kSegmentMagic) == 0, ShmCode::bad_magic,
            "is not a segment of litorch");
    require(header_.byte_order == kSegmentByteOrder, ShmCode::bad_byte_order, "has the other byte order");
    require(header_.version == kSegmentVersion, ShmCode::bad_version, "has version ", header_.version, ", expected ",
            kSegmentVersion, "; use one version of litorch in all programs");
    require(header_.header_size == sizeof(SegmentHeader), ShmCode::bad_header_size, "has a header of ",
            header_.header_size, " bytes, expected ", sizeof(SegmentHeader));
    require(header_.checksum == segment_checksum(header_), ShmCode::bad_checksum, "has a header that was changed");
    require(header_.creator_pid > 0 && header_.creator_pid <= 0x7fffffff, ShmCode::bad_creator, "has the creator ",
            header_.creator_pid, ", which is no process id");
    return {header_.creator_pid, header_.creator_start_time, header_.creator_pid_namespace};
  }

  /// What a segment of `file_size` bytes holds, if it holds elements of `wanted`. Throws ShmError.
  SegmentLayout layout(Index file_size, ElementFormat wanted) const {
    require(file_size >= static_cast<Index>(sizeof(SegmentHeader)), ShmCode::truncated, "has ", file_size,
            " bytes, fewer than a header");
    creator();
    require(header_.state != static_cast<std::uint32_t>(SegmentState::in_the_making), ShmCode::not_ready,
            "is not finished");
    require(header_.state == static_cast<std::uint32_t>(SegmentState::ready), ShmCode::bad_state, "is in state ",
            header_.state, ", expected 1");
    for (const std::uint64_t value : header_.reserved)
      require(value == 0, ShmCode::bad_reserved, "has a reserved field of ", value, ", expected 0");
    check_format(wanted);
    const Shape shape = checked_shape();
    check_strides(shape);
    return checked_sizes(shape, file_size);
  }

 private:
  void check_format(ElementFormat wanted) const {
    const ElementFormat found{header_.dtype, header_.item_size};
    const bool named = found.dtype < std::size(kDTypes);
    require(named || found.dtype == kUnnamedDType, ShmCode::bad_dtype, "has element type ", found.dtype,
            ", which litorch does not know");
    require(named ? found.item_size == kDTypes[found.dtype].item_size
                  : found.item_size > 0 && found.item_size <= 0x7fffffff,
            ShmCode::bad_item_size, "has elements of ", found.item_size, " bytes, which ", format_name(found),
            " cannot have");
    require(found.dtype == wanted.dtype && found.item_size == wanted.item_size, ShmCode::wrong_dtype, "holds ",
            format_name(found), ", not ", format_name(wanted), "; open it as what it holds");
  }

  Shape checked_shape() const {
    require(header_.rank <= static_cast<std::uint32_t>(kMaxRank), ShmCode::bad_rank, "has ", header_.rank,
            " dims, at most 8 are allowed");
    Dims extents;
    Index product = 1;
    for (std::uint32_t dim = 0; dim < static_cast<std::uint32_t>(kMaxRank); ++dim) {
      const Index extent = header_.shape[dim];
      require(dim < header_.rank ? extent >= 0 : extent == 0, ShmCode::bad_shape, "has extent ", extent, " in dim ",
              dim, " of ", header_.rank);
      if (dim >= header_.rank) continue;
      require(multiply_checked(product, std::max<Index>(extent, 1), product), ShmCode::size_overflow,
              "counts more than 2^63 - 1 elements");
      extents.push_back(extent);
    }
    return Shape(extents);
  }

  void check_strides(const Shape& shape) const {
    const Strides strides = row_major_strides(shape);
    for (Index dim = 0; dim < kMaxRank; ++dim)
      require(header_.strides[dim] == (dim < shape.rank() ? strides[dim] : 0), ShmCode::bad_strides, "has stride ",
              header_.strides[dim], " in dim ", dim, " of shape ", shape, ", expected row-major strides");
  }

  SegmentLayout checked_sizes(const Shape& shape, Index file_size) const {
    Index bytes = 0, total = 0;
    require(multiply_checked(shape.numel(), header_.item_size, bytes), ShmCode::size_overflow, "with shape ", shape,
            " counts more than 2^63 - 1 bytes");
    require(header_.data_bytes == static_cast<std::uint64_t>(bytes), ShmCode::bad_data_bytes, "has ",
            header_.data_bytes, " bytes of elements, shape ", shape, " needs ", bytes);
    require(header_.data_offset == static_cast<std::uint64_t>(kSegmentPage), ShmCode::bad_data_offset,
            "has elements from byte ", header_.data_offset, ", expected ", kSegmentPage);
    require(add_checked(bytes, kSegmentPage, total), ShmCode::size_overflow, "with shape ", shape,
            " counts more than 2^63 - 1 bytes");
    require(header_.total_bytes == static_cast<std::uint64_t>(total), ShmCode::bad_total_bytes, "counts ",
            header_.total_bytes, " bytes in all, expected ", total);
    require(file_size >= total, ShmCode::truncated, "has ", file_size, " bytes, ", total, " are needed");
    require(file_size == total, ShmCode::bad_total_bytes, "has ", file_size, " bytes, expected ", total);
    return {shape, kSegmentPage, bytes, total};
  }

  template <class... Parts>
  void require(bool holds, ShmCode code, const Parts&... parts) const {
    if (!holds) fail_shm(code, 0, call_, "(): segment '", name_, "' ", parts...);
  }

  const char* call_;
  const std::string& name_;
  const SegmentHeader& header_;
};

/// What the segment holds, by a private copy of its header. Throws ShmError.
inline SegmentLayout validate_segment(const char* call, const std::string& name, const SegmentHeader& copy,
                                      Index file_size, ElementFormat wanted) {
  return SegmentValidator(call, name, copy).layout(file_size, wanted);
}

}  // namespace litorch::detail
