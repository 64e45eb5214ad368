// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/temporary_folder.hpp"

#include <vector>

using litorch::FormatCode;
using litorch::Index;

namespace {

std::vector<std::string> valid_files() {
  const std::string keys = "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }";
  return {support::npy_padded(keys) + std::string(24, 'x'), support::npy_padded(keys, 2) + std::string(24, 'x'),
          support::npy_padded(keys, 3) + std::string(24, 'x'),
          litorch::npy_header(litorch::DType::complex128, false, {1, 2, 1}) + std::string(32, 'x')};
}

/// What an accepted header must hold, whatever it says.
void check_meaning(const litorch::NpyHeader& header, std::size_t file_size) {
  __extension__ using Wide = __int128;
  Wide bytes = litorch::info(header.dtype).item_size;
  for (const Index extent : header.shape) bytes *= extent;
  CHECK(bytes == header.data_bytes);
  CHECK(bytes + header.data_offset == static_cast<Wide>(file_size));
}

}  // namespace

TEST_CASE("a .npy file cut at any byte is refused, and the offset is where it was cut") {
  const support::TemporaryFolder folder;
  for (const std::string& file : valid_files()) {
    const Index data_offset = support::parse(file).data_offset;
    for (std::size_t size = 0; size < file.size(); ++size) {
      INFO("the first " << size << " of " << file.size() << " bytes");
      const Index cut = static_cast<Index>(size);
      const FormatCode code = cut < data_offset ? FormatCode::truncated_header : FormatCode::truncated_data;
      const std::pair<int, Index> expected{static_cast<int>(code), cut};
      CHECK(support::format_error([&] { support::parse(file.substr(0, size)); }) == expected);
      if (size % 16 != 0) continue;
      support::write_file(folder / "cut.npy", file.substr(0, size));
      CHECK(support::format_error([&] { litorch::load_npy<float>(folder / "cut.npy"); }) == expected);
    }
  }
}

TEST_CASE("a .npy file with any byte of its header replaced by any other is refused or still consistent") {
  for (const std::string& file : valid_files()) {
    const std::size_t data_offset = static_cast<std::size_t>(support::parse(file).data_offset);
    int accepted = 0;
    for (std::size_t at = 0; at < data_offset; ++at)
      for (int value = 0; value < 256; ++value) {
        std::string mutant = file;
        if (mutant[at] == static_cast<char>(value)) continue;
        mutant[at] = static_cast<char>(value);
        INFO("byte " << at << " is " << value);
        try {
          const litorch::NpyHeader header = support::parse(mutant);
          check_meaning(header, mutant.size());
          ++accepted;
        } catch (const litorch::FormatError& error) {
          CHECK(error.offset() >= 0);
          CHECK(error.offset() <= static_cast<Index>(mutant.size()));
        }
      }
    CHECK(accepted < 32);  // another version, order or type of the same size, and few more
  }
}

TEST_CASE("a .npy header with any byte left out or doubled is refused or still consistent") {
  for (const std::string& file : valid_files()) {
    for (std::size_t at = 0; at < 128; ++at)
      for (const bool doubled : {false, true}) {
        std::string mutant = file;
        doubled ? mutant.insert(at, 1, file[at]) : mutant.erase(at, 1);
        try {
          check_meaning(support::parse(mutant), mutant.size());
        } catch (const litorch::FormatError&) {}
      }
  }
  SUCCEED("nothing but FormatError was thrown");
}
