// SPDX-License-Identifier: MIT
#include "support/npy_hostile.hpp"
#include "support/catch.hpp"
#include "support/counted_new.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/io/npy.hpp>

#include <cstdlib>
#include <map>
#include <set>

namespace {

/// The most address space that this process ever had, in KiB. Counts mappings too.
long peak_kib() {
  const std::string status = support::read_file("/proc/self/status");
  const std::size_t line = status.find("VmPeak:");
  return line == std::string::npos ? 0 : std::atol(status.c_str() + line + 7);
}

std::pair<int, litorch::Index> expected(const support::HostileNpy& file) {
  return {static_cast<int>(file.code), file.offset};
}

}  // namespace

TEST_CASE("every hostile .npy header is refused with its own code and byte offset") {
  const support::HostileTable table;
  for (const support::HostileNpy& file : table.files()) {
    INFO(file.name << " (" << file.bytes.size() << " bytes)");
    CHECK(support::format_error([&] { support::parse(file.bytes); }) == expected(file));
  }
}

TEST_CASE("every hostile .npy file is refused by load_npy, map_npy and npy_info without a large allocation") {
  const support::HostileTable table;
  const support::TemporaryFolder folder;
  const std::string path = folder / "hostile.npy";
  const long peak_before = peak_kib();
  std::size_t largest = 0;
  for (const support::HostileNpy& file : table.files()) {
    INFO(file.name << " (" << file.bytes.size() << " bytes)");
    support::write_file(path, file.bytes);
    support::largest_allocation = 0;
    const auto loaded = support::format_error([&] { litorch::load_npy<double>(path); });
    const auto mapped = support::format_error([&] { litorch::map_npy<double>(path); });
    const auto informed = support::format_error([&] { litorch::npy_info(path); });
    largest = std::max<std::size_t>(largest, support::largest_allocation);
    CHECK(loaded == expected(file));
    CHECK(mapped == expected(file));
    CHECK(informed == expected(file));
  }
  CHECK(largest > 0);
  CHECK(largest <= 4096);
  CHECK(peak_kib() - peak_before < 32 * 1024);
}

TEST_CASE("the hostile table has at least 400 rows, none twice, and five for every error of a header") {
  const support::HostileTable table;
  std::set<std::string> files;
  std::map<int, int> codes;
  for (const support::HostileNpy& file : table.files()) {
    INFO(file.name);
    CHECK(files.insert(file.bytes).second);
    ++codes[static_cast<int>(file.code)];
  }
  CHECK(files.size() >= 400);
  for (int code = 0; code <= static_cast<int>(litorch::FormatCode::trailing_data); ++code) {
    INFO("code " << code);
    CHECK(codes[code] >= 5);
  }
}
