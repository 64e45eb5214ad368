// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

using litorch::Index;

namespace {

/// A file with a header and a hole for data, and `value` at each of `places`, counted in elements.
template <class T>
void write_sparse(const std::string& path, bool fortran_order, const litorch::Shape& shape,
                  std::initializer_list<std::pair<Index, T>> places) {
  support::write_file(path, litorch::npy_header(litorch::dtype_of<T>, fortran_order, shape));
  const Index item = static_cast<Index>(sizeof(T));
  REQUIRE(::truncate(path.c_str(), static_cast<::off_t>(128 + shape.numel() * item)) == 0);
  const litorch::posix::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  for (const auto& [place, value] : places)
    REQUIRE(::pwrite(fd.get(), &value, sizeof(T), static_cast<::off_t>(128 + place * item)) == item);
}

}  // namespace

TEST_CASE("a file of over 4 GiB is mapped, and elements past 2^31 and 2^32 are in their places") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const Index rows = 65537, columns = 65538, last = rows * columns - 1;  // 4,295,163,906 bytes
  write_sparse<std::int8_t>(
      path, false, {rows, columns},
      {{0, 1}, {columns - 1, 2}, {Index{1} << 31, 3}, {Index{1} << 32, 4}, {last - columns + 1, 5}, {last, 6}});
  CHECK(litorch::npy_info(path).data_bytes == rows * columns);
  const litorch::Tensor<const std::int8_t> tensor = litorch::map_npy<std::int8_t>(path);
  CHECK(tensor(0, 0) == 1);
  CHECK(tensor(0, columns - 1) == 2);
  CHECK(tensor((Index{1} << 31) / columns, (Index{1} << 31) % columns) == 3);
  CHECK(tensor((Index{1} << 32) / columns, (Index{1} << 32) % columns) == 4);
  CHECK(tensor(rows - 1, 0) == 5);
  CHECK(tensor(rows - 1, columns - 1) == 6);
  CHECK(tensor.at(-1, -1) == 6);
  CHECK(tensor(rows - 1, columns - 2) == 0);
}

TEST_CASE("a Fortran-order file of over 2^31 elements is mapped with its corners in place") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const Index rows = 50000, columns = 50001;
  write_sparse<double>(path, true, {rows, columns},
                       {{0, 1}, {rows - 1, 2}, {rows * (columns - 1), 3}, {rows * columns - 1, 4}});
  const litorch::Tensor<const double> tensor = litorch::map_npy<double>(path);
  CHECK(tensor.shape() == litorch::Shape({rows, columns}));
  CHECK(tensor(0, 0) == 1);
  CHECK(tensor(rows - 1, 0) == 2);
  CHECK(tensor(0, columns - 1) == 3);
  CHECK(tensor(rows - 1, columns - 1) == 4);
}

TEST_CASE("a sparse file that claims 8 TiB is refused or mapped by its size, and never loaded into memory by mistake") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  support::write_file(path, litorch::npy_header(litorch::DType::float64, false, {Index{1} << 40}));
  const std::pair<int, Index> expected{static_cast<int>(litorch::FormatCode::truncated_data), 128};
  CHECK(support::format_error([&] { litorch::load_npy<double>(path); }) == expected);
  CHECK(support::format_error([&] { litorch::map_npy<double>(path); }) == expected);
}

TEST_CASE("load_npy reads over 2^32 bytes, swapped ones too", "[large]") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const Index count = (Index{1} << 31) + 1000;
  write_sparse<std::uint16_t>(path, false, {count}, {{0, 0x0102}, {(Index{1} << 31) + 1, 0x0304}, {count - 1, 0x0506}});
  CHECK(litorch::load_npy<std::uint16_t>(path)(count - 1) == 0x0506);
  std::string header = litorch::npy_header(litorch::DType::uint16, false, {count});
  char& order = header[header.find("'descr': '") + 10];
  order = order == '<' ? '>' : '<';
  const litorch::posix::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(::pwrite(fd.get(), header.data(), header.size(), 0) == static_cast<::ssize_t>(header.size()));
  const litorch::Tensor<std::uint16_t> swapped = litorch::load_npy<std::uint16_t>(path);
  CHECK(swapped(0) == 0x0201);
  CHECK(swapped((Index{1} << 31) + 1) == 0x0403);
  CHECK(swapped(count - 1) == 0x0605);
}
