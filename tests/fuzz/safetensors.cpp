// SPDX-License-Identifier: MIT
// libFuzzer: any bytes as a safetensors file. What is accepted must be consistent; no input may make the parser allocate
// more than its length justifies. Built and run by run.sh.
#include "support/fuzzing.hpp"

#include <litorch/io/safetensors.hpp>

using namespace litorch;
using support::require;

namespace {

std::optional<SafetensorsHeader> parse(std::span<const std::uint8_t> bytes, Index file_size, FormatCode& code,
                                       Index& offset) {
  const support::AllocationLimit limit(64 * 1024 + 16 * bytes.size());
  try {
    return parse_safetensors_header("fuzz", "input", std::as_bytes(bytes), file_size);
  } catch (const FormatError& error) {
    code = error.code();
    offset = error.offset();
    require(offset >= 0 && offset <= file_size);
    return {};
  }
}

void check_accepted(const SafetensorsHeader& header, Index file_size) {
  std::set<std::string> names;
  Index end = -1;
  for (const SafetensorsEntry& tensor : header.tensors) {
    require(names.insert(tensor.name).second && tensor.shape.rank() <= kMaxRank);
    require(end < 0 || tensor.data_offset == end);
    end = tensor.data_offset + tensor.data_bytes;
    require(tensor.data_offset >= 8 && tensor.data_bytes >= 0 && end <= file_size);
    if (tensor.dtype) require(tensor.shape.numel() * info(*tensor.dtype).item_size == tensor.data_bytes);
  }
  require(header.tensors.empty() || end == file_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FormatCode code{};
  Index offset = 0;
  if (const auto whole = parse({data, size}, static_cast<Index>(size), code, offset))
    check_accepted(*whole, static_cast<Index>(size));

  // The same header in a file of any size: accepted with exactly one, which the error for larger ones names.
  const Index largest = std::numeric_limits<Index>::max();
  if (!parse({data, size}, largest, code, offset) && code == FormatCode::trailing_data) {
    const Index fitting_size = offset;
    const auto fitting = parse({data, size}, fitting_size, code, offset);
    require(fitting.has_value());
    check_accepted(*fitting, fitting_size);
  }
  return 0;
}
