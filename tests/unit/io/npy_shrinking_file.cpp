// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <unistd.h>

using litorch::Index;

TEST_CASE("a file that became shorter after its header was read is truncated data, not garbage") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  for (const Index left : {Index{0}, Index{128}, Index{129}, Index{1'048'704}, Index{3'000'127}}) {
    litorch::save_npy(path, support::numbered<std::uint8_t>({3'000'000}));
    const litorch::posix::InputFile file("load_npy", path);
    const litorch::NpyHeader header = litorch::detail::read_npy_header(file);
    REQUIRE(::truncate(path.c_str(), static_cast<::off_t>(left)) == 0);
    std::vector<std::byte> data(static_cast<std::size_t>(header.data_bytes));
    const std::pair<int, Index> expected{static_cast<int>(litorch::FormatCode::truncated_data),
                                         std::max(left, Index{128})};
    CHECK(support::format_error([&] { litorch::detail::read_npy_data(file, header, data.data()); }) == expected);
  }
}

TEST_CASE("a file that became shorter before its header was read is a truncated header") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  litorch::save_npy(path, support::numbered<float>({100}));
  const litorch::posix::InputFile file("load_npy", path);
  REQUIRE(::truncate(path.c_str(), 60) == 0);
  const std::pair<int, Index> expected{static_cast<int>(litorch::FormatCode::truncated_header), 60};
  CHECK(support::format_error([&] { litorch::detail::read_npy_header(file); }) == expected);
}

TEST_CASE("a file that became longer after it was opened gives what it held when it was opened") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  support::write_file(path, support::npy_padded("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}") + "abc");
  const litorch::posix::InputFile file("load_npy", path);
  support::write_file(path, support::read_file(path) + "def");
  CHECK(litorch::detail::read_npy_header(file).data_bytes == 3);
}
