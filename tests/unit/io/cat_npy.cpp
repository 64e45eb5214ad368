// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_any_files.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

namespace {

using Random = support::NpyRandom;
using support::draw;
using support::is_joined;
using support::write_any;

template <class T>
void join_and_compare(Random& random, Dims extents, Index dim, Index most, const support::TemporaryFolder& folder) {
  std::vector<Tensor<T>> pieces;
  std::vector<std::string> paths;
  const Index count = draw(random, 1, 6);
  for (Index i = 0; i < count; ++i) {
    extents[dim] = draw(random, 0, most);
    pieces.push_back(support::numbered<T>(Shape(extents), i));
    paths.push_back(folder / std::to_string(i) + ".npy");
    write_any(random, paths.back(), pieces.back());
  }
  const std::string output = folder / "out.npy";
  cat_npy(paths, output, dim);
  const Tensor<T> found = load_npy<T>(output);
  INFO("dim " << dim << " of " << found.shape() << ", " << count << " files of " << name(dtype_of<T>));
  CHECK(found.is_contiguous());
  CHECK(is_joined(found, pieces, dim));
  CHECK(is_joined(load_npy_shards<T>(paths, dim), pieces, dim));
  CHECK(folder.entries() == paths.size() + 1);
  for (const std::string& path : paths) std::filesystem::remove(path);
}

}  // namespace

TEST_CASE("cat_npy joins small files of every type, order and byte order along any dim") {
  const support::TemporaryFolder folder;
  Random random(20261124);
  for (int round = 0; round < 20; ++round)
    support::for_each_dtype([&]<class T>() {
      Dims extents;
      for (Index rank = draw(random, 1, 5); rank > 0; --rank) extents.push_back(draw(random, 1, 5));
      join_and_compare<T>(random, extents, draw(random, 0, extents.rank() - 1), 6, folder);
    });
}

TEST_CASE("cat_npy joins files of many pieces, with rows short and long") {
  const support::TemporaryFolder folder;
  Random random(7);
  for (int round = 0; round < 4; ++round) {
    join_and_compare<float>(random, {1, 700}, 0, 900, folder);
    join_and_compare<float>(random, {3000, 1}, 1, 100, folder);
    join_and_compare<std::uint8_t>(random, {3, 1}, 1, 1'500'000, folder);
    join_and_compare<std::int16_t>(random, {40, 30, 1}, 2, 300, folder);
    join_and_compare<double>(random, {1, 300'000}, 0, 4, folder);
    join_and_compare<std::int32_t>(random, {20, 1, 9000}, 1, 5, folder);
  }
}

TEST_CASE("cat_npy of columns so wide that one row is no piece") {
  const support::TemporaryFolder folder;
  Random random(11);
  for (int round = 0; round < 2; ++round) {
    join_and_compare<double>(random, {1, 1'300'000}, 0, 3, folder);
    join_and_compare<std::uint8_t>(random, {2, 1}, 1, 6'000'000, folder);
  }
}

TEST_CASE("cat_npy skips empty vectors, and joins more files than may be open") {
  const support::TemporaryFolder folder;
  std::vector<std::string> paths{folder / "none.npy"};
  save_npy(paths.back(), zeros<int>({0}));
  for (int i = 0; i < 700; ++i) {
    paths.push_back(folder / std::to_string(i) + ".npy");
    save_npy(paths.back(), full<int>({2, 3}, i));
  }
  for (const Index dim : {0, 1}) {
    cat_npy(paths, folder / "out.npy", dim);
    const Tensor<int> found = load_npy<int>(folder / "out.npy");
    REQUIRE(found.size(dim) == 700 * (dim == 0 ? 2 : 3));
    for (int i = 0; i < 700; ++i) CHECK(found.select(dim, i * (dim == 0 ? 2 : 3)).flatten()(1) == i);
  }
}

TEST_CASE("the output of cat_npy may be one of its inputs") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  save_npy(path, tensor<int>({1, 2}));
  cat_npy({path, path}, path);
  CHECK(equal(load_npy<int>(path), tensor<int>({1, 2, 1, 2})));
}

TEST_CASE("cat_npy tells all bytes, growing, to one caller at a time") {
  const support::TemporaryFolder folder;
  std::vector<std::string> paths;
  for (int i = 0; i < 4; ++i) {
    paths.push_back(folder / std::to_string(i) + ".npy");
    save_npy(paths.back(), zeros<float>({500, 500}));
  }
  for (const Index dim : {0, 1}) {
    std::vector<std::size_t> told;
    cat_npy(paths, folder / "out.npy", dim, {.progress = [&](std::size_t done, std::size_t total) {
              if (total == 4'000'000) told.push_back(done);
            }});
    CHECK(told.size() > 4);
    CHECK(std::is_sorted(told.begin(), told.end()));
    CHECK(told.back() == 4'000'000);
  }
}
