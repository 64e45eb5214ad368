// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_any_files.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::draw;

namespace {

std::vector<std::string> part_names(const support::TemporaryFolder& folder, Index parts) {
  std::vector<std::string> names;
  for (Index i = 0; i < parts; ++i) names.push_back(folder / "part-" + std::to_string(i) + ".npy");
  return names;
}

const CatNpyOptions kCached{.durability = posix::Durability::cached};

/// The file that save_npy would write.
template <class T>
std::string file_of(const Tensor<T>& tensor) {
  const Tensor<T> rows = tensor.clone();
  return npy_header(dtype_of<T>, false, rows.shape()) +
         std::string(reinterpret_cast<const char*>(rows.data()), static_cast<std::size_t>(rows.numel()) * sizeof(T));
}

/// The parts are what lies in `whole` one after the other.
template <class T>
void check_parts(const Tensor<T>& whole, const std::vector<std::string>& names, const std::vector<Index>& lengths,
                 Index dim) {
  Index start = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    INFO("part " << i << " of " << names.size() << " along dim " << dim << " of " << whole.shape());
    CHECK(support::read_file(names[i]) == file_of(whole.narrow(dim, start, lengths[i])));
    start += lengths[i];
  }
  CHECK(start == whole.size(dim));
}

template <class T>
void split_and_compare(support::NpyRandom& random, const Shape& shape, Index dim, Index most_parts,
                       const support::TemporaryFolder& folder) {
  const Tensor<T> whole = support::numbered<T>(shape, draw(random, 0, 99));
  const std::string path = folder / "whole.npy";
  support::write_any(random, path, whole);
  const Index parts = draw(random, 1, most_parts), extent = shape[dim];
  const std::vector<std::string> names = part_names(folder, parts);
  std::vector<Index> lengths;
  for (Index i = 0; i < parts; ++i) lengths.push_back((i + 1) * extent / parts - i * extent / parts);
  std::sort(lengths.rbegin(), lengths.rend());
  split_npy(path, names, dim - (draw(random, 0, 1) == 0 ? shape.rank() : 0), kCached);
  check_parts(whole, names, lengths, dim);

  std::vector<Index> cuts{0, extent};  // any lengths
  for (Index i = 1; i < parts; ++i) cuts.push_back(draw(random, 0, extent));
  std::sort(cuts.begin(), cuts.end());
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = cuts[i + 1] - cuts[i];
  split_npy(path, names, lengths, dim, kCached);
  check_parts(whole, names, lengths, dim);
  CHECK(folder.entries() == names.size() + 1);

  cat_npy(names, path, dim, kCached);
  CHECK(support::read_file(path) == file_of(whole));
  for (const std::string& name : names) std::filesystem::remove(name);
}

}  // namespace

TEST_CASE("split_npy cuts small files of every type, order and byte order along any dim, and cat_npy joins the parts") {
  const support::TemporaryFolder folder;
  support::NpyRandom random(20261128);
  for (int round = 0; round < 10; ++round)
    support::for_each_dtype([&]<class T>() {
      Dims extents;
      for (Index rank = draw(random, 1, 5); rank > 0; --rank) extents.push_back(draw(random, 0, 6));
      split_and_compare<T>(random, Shape(extents), draw(random, 0, extents.rank() - 1), 8, folder);
    });
}

TEST_CASE("split_npy cuts files of many pieces, with rows short and long") {
  const support::TemporaryFolder folder;
  support::NpyRandom random(9);
  split_and_compare<float>(random, {900, 700}, 0, 6, folder);
  split_and_compare<float>(random, {3000, 300}, 1, 12, folder);
  split_and_compare<std::uint8_t>(random, {3, 1'500'000}, 1, 4, folder);
  split_and_compare<std::int16_t>(random, {40, 30, 900}, 2, 7, folder);
  split_and_compare<double>(random, {9, 70'000}, 0, 9, folder);
  split_and_compare<std::int32_t>(random, {20, 11, 3000}, 1, 5, folder);
}

TEST_CASE("split_npy converts while it cuts") {
  const support::TemporaryFolder folder;
  const std::vector<std::string> names = part_names(folder, 2);
  save_npy(folder / "a.npy", tensor<std::int32_t>({{1, 2, 3}, {-4, 500, 70'000}}));
  split_npy(folder / "a.npy", names, 1, {.dtype = DType::float64});
  CHECK(equal(load_npy<double>(names[0]), tensor<double>({{1, 2}, {-4, 500}})));
  CHECK(equal(load_npy<double>(names[1]), tensor<double>({{3}, {70'000}})));
  split_npy(folder / "a.npy", names, 0, {.dtype = DType::int8, .casting = Casting::unsafe});
  CHECK(equal(load_npy<std::int8_t>(names[1]), tensor<std::int8_t>({{-4, -12, 112}})));
}

TEST_CASE("split_npy may replace its own input, and other files") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  save_npy(path, tensor<int>({1, 2, 3}));
  save_npy(folder / "b.npy", zeros<float>({5}));
  split_npy(path, {path, folder / "b.npy"});
  CHECK(equal(load_npy<int>(path), tensor<int>({1, 2})));
  CHECK(equal(load_npy<int>(folder / "b.npy"), tensor<int>({3})));
}

TEST_CASE("split_npy tells all bytes, growing") {
  const support::TemporaryFolder folder;
  save_npy(folder / "a.npy", zeros<float>({1000, 1000}));
  for (const Index dim : {0, 1}) {
    std::vector<std::size_t> told;
    split_npy(folder / "a.npy", part_names(folder, 3), dim, {.progress = [&](std::size_t done, std::size_t total) {
                if (total == 4'000'000) told.push_back(done);
              }});
    CHECK(told.size() > 4);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() == 4'000'000);
  }
}
