// SPDX-License-Identifier: MIT
// libFuzzer: any bytes as an .npz archive. What is accepted must be consistent and load as what it says; no input may make
// the reader allocate more than it could justify. Built and run by run.sh, with -lzip.
#include "support/fuzzing.hpp"

#include <litorch/io/npz.hpp>

using namespace litorch;
using support::require;

namespace {

/// What libzip adds to its directory at a time where an archive has more members than its end says: 65,536 of 40 bytes.
constexpr std::size_t kDirectoryStep = 65536 * 40;
constexpr NpzLimits kLimits{.max_expansion = 4, .always_allowed = 64 * 1024};

NpzReader open(std::span<const std::uint8_t> bytes) {
  const auto read = [bytes](void* to, std::size_t count, Index offset) {
    const auto size = static_cast<Index>(bytes.size());
    if (offset >= size) return std::size_t{0};
    const auto part = std::min(count, static_cast<std::size_t>(size - offset));
    std::memcpy(to, bytes.data() + offset, part);
    return part;
  };
  return NpzReader(detail::ZipInput{"fuzz", "input", static_cast<Index>(bytes.size()), read}, kLimits);
}

void check_entry(const NpzEntry& entry, std::size_t archive) {
  require(entry.header.shape.rank() <= kMaxRank && entry.header.data_offset >= 10);
  require(entry.archived_bytes >= 0 && static_cast<std::size_t>(entry.archived_bytes) <= archive);
  if (!entry.compressed) require(entry.archived_bytes == entry.header.data_offset + entry.header.data_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const support::AllocationLimit limit(kDirectoryStep + 4 * size);
  try {
    NpzReader reader = open({data, size});
    require(reader.names().size() * 46 <= size);
    for (const std::string& name : reader.names()) {
      require(reader.contains(name));
      try {
        const NpzEntry entry = reader.entry(name);
        check_entry(entry, size);
        visit_dtype(entry.header.dtype, [&]<class T>() {
          const Tensor<T> tensor = reader.load<T>(name);
          require(tensor.shape() == entry.header.shape);
        });
      } catch (const FormatError& error) {
        require(error.offset() >= 0);
      }
    }
  } catch (const FormatError& error) {
    require(error.offset() >= 0 && error.offset() <= static_cast<Index>(size));
  }
  return 0;
}
