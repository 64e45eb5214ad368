// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/temporary_folder.hpp"

using litorch::Index;

TEST_CASE("a boolean that is neither 0 nor 1 is refused where it stands, when loaded and when mapped") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  for (const Index size : {Index{1}, Index{7}, Index{8}, Index{100}, Index{1'048'576}, Index{2'500'000}}) {
    const std::string header = litorch::npy_header(litorch::DType::boolean, false, {size});
    for (const Index at : {Index{0}, size / 2, size - 1})
      for (const int value : {2, 3, 128, 255}) {
        std::string data(static_cast<std::size_t>(size), '\1');
        data[static_cast<std::size_t>(at)] = static_cast<char>(value);
        support::write_file(path, header + data);
        const std::pair<int, Index> expected{static_cast<int>(litorch::FormatCode::bad_bool), 128 + at};
        CHECK(support::format_error([&] { litorch::load_npy<bool>(path); }) == expected);
        CHECK(support::format_error([&] { litorch::map_npy<bool>(path); }) == expected);
      }
  }
}

TEST_CASE("the first of many bad booleans is named") {
  const support::TemporaryFolder folder;
  support::write_file(folder / "a.npy", litorch::npy_header(litorch::DType::boolean, true, {2, 5}) +
                                            std::string("\0\1\1\0\7\0\0\0\2\2", 10));
  const std::pair<int, Index> expected{static_cast<int>(litorch::FormatCode::bad_bool), 128 + 4};
  CHECK(support::format_error([&] { litorch::load_npy<bool>(folder / "a.npy"); }) == expected);
  CHECK(support::format_error([&] { litorch::map_npy<bool>(folder / "a.npy"); }) == expected);
  CHECK(litorch::npy_info(folder / "a.npy").data_bytes == 10);
}

TEST_CASE("bytes that are no booleans are loaded as numbers") {
  const support::TemporaryFolder folder;
  support::write_file(folder / "a.npy", litorch::npy_header(litorch::DType::uint8, false, {3}) + "\2\3\4");
  CHECK(litorch::load_npy<std::uint8_t>(folder / "a.npy")(2) == 4);
}
