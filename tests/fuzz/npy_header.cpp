// SPDX-License-Identifier: MIT
// libFuzzer: any bytes as the start of a .npy file. What is accepted must be consistent, and must survive being written
// and read again; no input may make the parser allocate more than 64 KiB at once. Built and run by run.sh.
#include "support/fuzzing.hpp"

#include <litorch/io/npy_header.hpp>

#include <limits>
#include <optional>

using litorch::FormatCode;
using litorch::FormatError;
using litorch::Index;
using litorch::NpyHeader;
using support::require;

namespace {

/// The header, or where and why it was refused.
std::optional<NpyHeader> parse(std::span<const std::byte> head, Index file_size, FormatCode& code, Index& offset) {
  std::optional<NpyHeader> header;
  try {
    const support::AllocationLimit limit(64 * 1024);
    header = litorch::parse_npy_header("fuzz", "input", head, file_size);
  } catch (const FormatError& error) {
    code = error.code();
    offset = error.offset();
    require(offset >= 0 && offset <= file_size);
  }
  return header;
}

bool same(const NpyHeader& a, const NpyHeader& b) {
  return a.dtype == b.dtype && a.fortran_order == b.fortran_order && a.shape == b.shape && a.data_bytes == b.data_bytes;
}

void check_accepted(const NpyHeader& header, Index file_size) {
  __extension__ using Wide = __int128;
  Wide count = 1;
  for (const Index extent : header.shape) {
    require(extent >= 0);
    count *= extent;
  }
  require(header.shape.rank() <= litorch::kMaxRank);
  require(count * litorch::info(header.dtype).item_size == header.data_bytes);
  require(static_cast<Wide>(header.data_offset) + header.data_bytes == file_size);
  require(header.version >= 1 && header.version <= 3);

  const std::string written = litorch::npy_header(header.dtype, header.fortran_order, header.shape);
  require(written.size() % 64 == 0);
  const Index size = static_cast<Index>(written.size());
  Index end = 0;
  FormatCode code{};
  if (header.data_bytes <= std::numeric_limits<Index>::max() - size) {
    const auto again = parse(std::as_bytes(std::span(written)), size + header.data_bytes, code, end);
    require(again && same(*again, header) && !again->swapped && again->version == 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto head = std::as_bytes(std::span(data, size));
  const Index file_size = static_cast<Index>(size);
  FormatCode code{}, large_code{};
  Index offset = 0, large_offset = 0;
  const auto whole = parse(head, file_size, code, offset);
  if (whole) check_accepted(*whole, file_size);

  // The same header in a file of any size: accepted with exactly one, which the error for all larger ones names.
  const Index largest = std::numeric_limits<Index>::max();
  if (!parse(head, largest, large_code, large_offset) && large_code == FormatCode::trailing_data) {
    const auto fitting = parse(head, large_offset, code, offset);
    require(fitting.has_value());
    check_accepted(*fitting, large_offset);
    require(!whole || same(*whole, *fitting));
  } else {
    require(!whole || size == static_cast<std::size_t>(largest));
  }
  return 0;
}
