// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/random_archive.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/io/safetensors.hpp>

using namespace litorch;

TEST_CASE("tensors of every type, rank and layout come back from safetensors with the same bits and shapes") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  for (unsigned seed = 0; seed < 20; ++seed) {
    const support::RandomArchive archive(seed, 12, false);
    save_safetensors(path, archive.tensors(), {{"seed", std::to_string(seed)}},
                     {.durability = posix::Durability::cached});
    const SafetensorsReader reader(path);
    CHECK(reader.entries().size() == archive.names().size());
    CHECK(reader.metadata() == std::map<std::string, std::string>{{"seed", std::to_string(seed)}});
    archive.for_each([&]<class T>(std::size_t i, const Tensor<T>& expected) {
      const std::string& name = archive.names()[i];
      INFO("seed " << seed << ", tensor " << name);
      REQUIRE(reader.contains(name));
      CHECK(support::same_bits(reader.load<T>(name), expected));
      CHECK(support::same_bits(reader.map<T>(name), expected));
      if (i == 0) CHECK(support::same_bits(load_safetensors<T>(path, name), expected));
    });
  }
}

TEST_CASE("safetensors are written as the format has them, byte for byte, largest types first") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  Tensor<bool> flags = support::numbered<bool>({2});
  Tensor<std::int16_t> grid = support::numbered<std::int16_t>({2, 2});
  flags(0) = true, flags(1) = false;
  grid(0, 0) = 1, grid(0, 1) = 2, grid(1, 0) = 3, grid(1, 1) = -1;
  save_safetensors(path, {{"flags", flags}, {"gr\"id", grid.t()}}, {{"k", "v"}, {"a\n", "\xc3\xa9"}});
  const std::string json = R"({"__metadata__":{"a\n":")"
                           "\xc3\xa9"
                           R"(","k":"v"},"gr\"id":{"dtype":"I16","shape":[2,2],"data_offsets":[0,8]},)"
                           R"("flags":{"dtype":"BOOL","shape":[2],"data_offsets":[8,10]}})";
  const std::string padded = json + std::string((8 - json.size() % 8) % 8, ' ');
  CHECK(support::read_file(path) ==
        support::little_endian(padded.size(), 8) + padded + std::string("\1\0\3\0\2\0\xff\xff\1\0", 10));
  save_safetensors(path, {});
  CHECK(support::read_file(path) == support::little_endian(8, 8) + "{}      ");
  CHECK(safetensors_info(path).tensors.empty());
}

TEST_CASE("a mapped tensor outlives its reader and the file's name, and data that are not aligned can only be loaded") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  const auto tensor = support::numbered<double>({300, 700});
  save_safetensors(path, {{"flag", support::numbered<bool>({3})}, {"x", tensor}});
  const Tensor<const double> mapped = map_safetensors<double>(path, "x");
  std::filesystem::remove(path);
  CHECK(support::same_bits(mapped, tensor));

  const std::string json = R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  support::write_file(path, support::little_endian(json.size(), 8) + json + std::string("\0\0\x80\x3f", 4));
  CHECK(load_safetensors<float>(path, "x").item() == 1.0f);
  CHECK(support::format_error([&] { map_safetensors<float>(path, "x"); }) ==
        std::pair{static_cast<int>(FormatCode::misaligned_data), static_cast<Index>(8 + json.size())});
}
