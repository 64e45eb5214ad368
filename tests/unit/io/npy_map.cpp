// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <unistd.h>

using litorch::FormatCode;
using litorch::Index;

TEST_CASE("a mapped tensor and its views keep the data when the file is removed and the first handle is gone") {
  const support::TemporaryFolder folder;
  litorch::save_npy(folder / "a.npy", support::numbered<int>({100, 30}));
  litorch::Tensor<const int> column;
  {
    const litorch::Tensor<const int> whole = litorch::map_npy<int>(folder / "a.npy");
    REQUIRE(::unlink((folder / "a.npy").c_str()) == 0);
    column = whole.select(1, 7);
  }
  CHECK(support::same_bits(column, support::numbered<int>({100, 30}).select(1, 7)));
}

TEST_CASE("a mapped tensor is read-only by its type") {
  STATIC_REQUIRE(std::is_same_v<decltype(litorch::map_npy<float>("")), litorch::Tensor<const float>>);
  STATIC_REQUIRE(std::is_same_v<decltype(litorch::map_npy<const float>("")), litorch::Tensor<const float>>);
}

TEST_CASE("map_npy refuses data that are not aligned for their type, and load_npy reads them") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const std::string data(reinterpret_cast<const char*>(support::numbered<double>({2}).storage().data()), 16);
  const std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}";
  for (std::size_t padding = 0; padding < 16; ++padding) {
    const std::string header = support::npy_exact(text + std::string(padding, ' ') + "\n");
    support::write_file(path, header + data);
    CHECK(support::same_bits(litorch::load_npy<double>(path), support::numbered<double>({2})));
    if (header.size() % 8 == 0) {
      CHECK(support::same_bits(litorch::map_npy<double>(path), support::numbered<double>({2})));
    } else {
      const std::pair<int, Index> expected{static_cast<int>(FormatCode::misaligned_data),
                                           static_cast<Index>(header.size())};
      CHECK(support::format_error([&] { litorch::map_npy<double>(path); }) == expected);
    }
  }
}

TEST_CASE("single bytes are mapped at any offset, and complex numbers where their parts are aligned") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  support::write_file(path, support::npy_exact("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}\n") + "abc");
  CHECK(litorch::map_npy<std::uint8_t>(path)(2) == 'c');
  const std::string text = "{'descr': '<c16', 'fortran_order': False, 'shape': (1,)}";  // 10 + 56 + 5 + 1 = 72
  support::write_file(path, support::npy_exact(text + "     \n") + std::string(16, '\0'));
  CHECK(litorch::map_npy<std::complex<double>>(path)(0) == std::complex<double>(0, 0));
}

TEST_CASE("an array of nothing is mapped") {
  const support::TemporaryFolder folder;
  litorch::save_npy(folder / "a.npy", support::numbered<float>({0, 7}));
  CHECK(litorch::map_npy<float>(folder / "a.npy").shape() == litorch::Shape({0, 7}));
}

TEST_CASE("a mapping takes no descriptor") {
  const support::TemporaryFolder folder;
  litorch::save_npy(folder / "a.npy", support::numbered<float>({7}));
  const auto descriptors = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto before = descriptors();
  const litorch::Tensor<const float> mapped = litorch::map_npy<float>(folder / "a.npy");
  CHECK(descriptors() == before);
}
