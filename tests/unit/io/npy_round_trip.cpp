// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

namespace {

/// Saves, then loads and maps. Both must give the same elements.
template <class T>
void check_round_trip(const std::string& path, const litorch::Tensor<T>& tensor) {
  INFO("dtype " << litorch::name(litorch::dtype_of<T>) << ", rank " << tensor.rank());
  litorch::save_npy(path, tensor);
  CHECK(support::same_bits(litorch::load_npy<T>(path), tensor));
  CHECK(support::same_bits(litorch::map_npy<T>(path), tensor));
}

}  // namespace

TEST_CASE("what save_npy wrote, load_npy and map_npy give back: every type, order and rank") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  support::for_each_dtype([&]<class T>() {
    for (const litorch::Shape& shape : support::shapes_of_every_rank()) {
      const litorch::Tensor<T> tensor = support::numbered<T>(shape);
      check_round_trip(path, tensor);
      check_round_trip(path, support::reversed(tensor));
    }
  });
}

TEST_CASE("save_npy keeps the bits of every float, NaN payloads and negative zero too") {
  const support::TemporaryFolder folder;
  auto tensor = litorch::Tensor<std::uint32_t>::uninitialized("test", {6});
  const std::uint32_t bits[] = {0x7fc00001, 0xffbadbad, 0x80000000, 0x00000001, 0x7f800000, 0x7fa00000};
  std::memcpy(tensor.data(), bits, sizeof bits);
  const litorch::Tensor<float> floats(
      tensor.storage(), litorch::TensorView<float>(reinterpret_cast<float*>(tensor.data()), tensor.layout()));
  check_round_trip(folder / "a.npy", floats);
}

TEST_CASE("types of C++ that share a representation share a file") {
  const support::TemporaryFolder folder;
  litorch::save_npy(folder / "a.npy", support::numbered<long>({5}));
  CHECK(litorch::load_npy<long long>(folder / "a.npy").numel() == 5);
  CHECK(litorch::npy_info(folder / "a.npy").dtype == litorch::DType::int64);
  litorch::save_npy(folder / "a.npy", support::numbered<char>({5}));
  CHECK(litorch::load_npy<signed char>(folder / "a.npy").numel() == 5);
}

TEST_CASE("save_npy takes tensors, views and read-only tensors") {
  const support::TemporaryFolder folder;
  const litorch::Tensor<int> tensor = support::numbered<int>({2, 3});
  litorch::save_npy(folder / "a.npy", tensor);
  litorch::save_npy(folder / "b.npy", tensor.view());
  litorch::save_npy(folder / "c.npy", litorch::Tensor<const int>(tensor));
  litorch::save_npy(folder / "d.npy", litorch::map_npy<int>(folder / "a.npy"));
  for (const char* name : {"b.npy", "c.npy", "d.npy"})
    CHECK(support::read_file(folder / name) == support::read_file(folder / "a.npy"));
}

TEST_CASE("a mapped file can be saved over itself") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  litorch::save_npy(path, support::numbered<int>({40, 50}));
  const litorch::Tensor<const int> mapped = litorch::map_npy<int>(path);
  litorch::save_npy(path, mapped.t());
  CHECK(support::same_bits(mapped, support::numbered<int>({40, 50})));
  CHECK(support::same_bits(litorch::load_npy<int>(path), support::numbered<int>({40, 50}).t()));
}

TEST_CASE("npy_info tells what a file holds without reading its data") {
  const support::TemporaryFolder folder;
  litorch::save_npy(folder / "a.npy", support::reversed(support::numbered<litorch::Float16>({4, 3, 2})));
  const litorch::NpyHeader header = litorch::npy_info(folder / "a.npy");
  CHECK(header.dtype == litorch::DType::float16);
  CHECK(header.shape == litorch::Shape({2, 3, 4}));
  CHECK(header.fortran_order);
  CHECK_FALSE(header.swapped);
  CHECK(header.version == 1);
  CHECK(header.data_offset == 128);
  CHECK(header.data_bytes == 48);
}
