// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <algorithm>

using litorch::DType;
using litorch::Index;

namespace {

/// A file of `tensor`'s elements in the byte order that this machine does not have.
template <class T>
std::string swapped_file(const litorch::Tensor<T>& tensor) {
  const litorch::DTypeInfo& type = litorch::info(litorch::dtype_of<T>);
  std::string header = litorch::npy_header(litorch::dtype_of<T>, false, tensor.shape());
  char& order = header[header.find("'descr': '") + 10];
  if (order != '|') order = order == '<' ? '>' : '<';
  std::string data(reinterpret_cast<const char*>(tensor.storage().data()),
                   static_cast<std::size_t>(tensor.numel()) * sizeof(T));
  for (std::size_t at = 0; at < data.size(); at += type.swap_size)
    std::reverse(data.begin() + static_cast<Index>(at), data.begin() + static_cast<Index>(at + type.swap_size));
  return header + data;
}

}  // namespace

TEST_CASE("load_npy swaps files of the other byte order, for every type") {
  const support::TemporaryFolder folder;
  support::for_each_dtype([&]<class T>() {
    for (const litorch::Shape& shape : {litorch::Shape{}, {5}, {3, 4}, {0, 3}}) {
      const litorch::Tensor<T> tensor = support::numbered<T>(shape);
      support::write_file(folder / "a.npy", swapped_file(tensor));
      INFO(litorch::name(litorch::dtype_of<T>));
      CHECK(support::same_bits(litorch::load_npy<T>(folder / "a.npy"), tensor));
      CHECK(litorch::npy_info(folder / "a.npy").swapped == (sizeof(T) > 1));
    }
  });
}

TEST_CASE("load_npy swaps files that it reads in many pieces") {
  const support::TemporaryFolder folder;
  const auto check = [&]<class T>(T) {
    const litorch::Tensor<T> tensor = support::numbered<T>({3'000'001 / static_cast<Index>(sizeof(T))});
    support::write_file(folder / "a.npy", swapped_file(tensor));
    CHECK(support::same_bits(litorch::load_npy<T>(folder / "a.npy"), tensor));
  };
  check(std::int16_t{});
  check(std::int32_t{});
  check(std::int64_t{});
  check(std::complex<double>{});
}

TEST_CASE("the bytes of a big-endian file mean what they say") {
  const support::TemporaryFolder folder;
  const auto with = [&](const char* type, const std::string& data) {
    support::write_file(
        folder / "a.npy",
        support::npy_padded(std::string("{'descr': '") + type + "', 'fortran_order': False, 'shape': ()}") + data);
    return folder / "a.npy";
  };
  CHECK(litorch::load_npy<std::int16_t>(with(">i2", {"\x01\x02", 2})).item() == 0x0102);
  CHECK(litorch::load_npy<std::int16_t>(with("<i2", {"\x01\x02", 2})).item() == 0x0201);
  CHECK(litorch::load_npy<std::int64_t>(with(">i8", {"\xff\xff\xff\xff\xff\xff\xff\xfe", 8})).item() == -2);
  CHECK(litorch::load_npy<double>(with(">f8", {"\x3f\xf8\0\0\0\0\0\0", 8})).item() == 1.5);
  CHECK(litorch::load_npy<litorch::Float16>(with(">f2", {"\x3e\0", 2})).item() == 1.5f);
  CHECK(litorch::load_npy<std::complex<float>>(with(">c8", {"\x3f\x80\0\0\xc0\0\0\0", 8})).item() ==
        std::complex<float>(1, -2));
}

TEST_CASE("map_npy refuses the other byte order and names load_npy") {
  const support::TemporaryFolder folder;
  support::write_file(folder / "a.npy", swapped_file(support::numbered<float>({3})));
  try {
    litorch::map_npy<float>(folder / "a.npy");
    FAIL("accepted");
  } catch (const litorch::FormatError& error) {
    CHECK(error.code() == litorch::FormatCode::swapped_data);
    CHECK(error.offset() == 128);
    CHECK(std::string(error.what()).find("use load_npy") != std::string::npos);
  }
}

TEST_CASE("single bytes that claim the other byte order are mapped") {
  const support::TemporaryFolder folder;
  support::write_file(folder / "a.npy",
                      support::npy_padded("{'descr': '>u1', 'fortran_order': False, 'shape': (3,)}") + "abc");
  CHECK(litorch::map_npy<std::uint8_t>(folder / "a.npy")(1) == 'b');
}
