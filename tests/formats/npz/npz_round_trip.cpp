// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/random_archive.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/io/npz.hpp>

using namespace litorch;

TEST_CASE("tensors of every type, rank and layout come back from an archive with the same bits, shapes and order") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  for (const bool compressed : {false, true})
    for (unsigned seed = 0; seed < 20; ++seed) {
      const support::RandomArchive archive(seed, 12, true);
      save_npz(path, archive.tensors(), {.compressed = compressed, .durability = posix::Durability::cached});
      NpzReader reader(path);
      REQUIRE(reader.names() == archive.names());
      const std::vector<NpzEntry> entries = npz_info(path);
      archive.for_each([&]<class T>(std::size_t i, const Tensor<T>& expected) {
        INFO("seed " << seed << ", tensor " << i);
        const std::string& name = reader.names()[i];
        CHECK(support::same_bits(reader.load<T>(name), expected));
        CHECK(entries[i].name == name);
        CHECK(entries[i].header.dtype == dtype_of<T>);
        CHECK(entries[i].header.shape == expected.shape());
        CHECK(entries[i].compressed == compressed);
        if (i == 0) CHECK(support::same_bits(load_npz<T>(path, name), expected));
      });
    }
}

TEST_CASE("an archive holds tensors larger than the pieces they are written and read in") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  const auto big = support::numbered<double>({700, 501});  // 2.8 MB
  const auto swapped = support::numbered<float>({300, 2000});
  for (const bool compressed : {false, true}) {
    save_npz(path, {{"rows", big}, {"columns", big.t()}, {"backwards", big.flip(1)}, {"other", swapped}},
             {.compressed = compressed});
    NpzReader reader(path);
    CHECK(support::same_bits(reader.load<float>("other"), swapped));
    CHECK(support::same_bits(reader.load<double>("columns"), big.t()));
    CHECK(reader.entry("columns").header.fortran_order);
    CHECK(support::same_bits(reader.load<double>("backwards"), big.flip(1)));
    CHECK(support::same_bits(reader.load<double>("rows"), big));
    CHECK(reader.entry("rows").archived_bytes ==
          (compressed ? reader.entry("rows").archived_bytes : 128 + 8 * 350'700));
  }
}

TEST_CASE("equal tensors make equal archives, and no tensors an empty one") {
  const support::TemporaryFolder folder;
  const auto tensor = support::numbered<int>({10, 10});
  for (const bool compressed : {false, true}) {
    save_npz(folder / "a.npz", {{"x", tensor}, {"y", tensor.t()}}, {.compressed = compressed});
    save_npz(folder / "b.npz", {{"x", tensor.clone()}, {"y", tensor.t()}}, {.compressed = compressed});
    CHECK(support::read_file(folder / "a.npz") == support::read_file(folder / "b.npz"));
  }
  save_npz(folder / "empty.npz", {});
  CHECK(npz_info(folder / "empty.npz").empty());
  CHECK(NpzReader(folder / "empty.npz").names().empty());
}

TEST_CASE("an archive of more arrays than the directory of a plain zip archive can count is one in zip64") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  std::vector<NamedTensor> tensors;
  const auto numbers = support::numbered<std::int16_t>({65'600});
  for (Index i = 0; i < numbers.size(0); ++i) tensors.emplace_back(std::to_string(i), numbers[i]);
  save_npz(path, tensors, {.durability = posix::Durability::cached});
  NpzReader reader(path);
  CHECK(reader.names().size() == 65'600);
  for (const Index i : {0, 1, 65'534, 65'535, 65'599})
    CHECK(support::same_bits(reader.load<std::int16_t>(std::to_string(i)), numbers[i]));
}
