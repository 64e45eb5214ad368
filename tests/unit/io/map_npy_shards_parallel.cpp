// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <filesystem>

using namespace litorch;

namespace {

constexpr int kShards = 300;

/// Threads that always reach the last files first.
struct BackwardsExecutor {
  std::size_t size() const { return 4; }
  template <class F>
  void run(std::size_t n, F&& f) const {
    REQUIRE(n > 1);
    while (n > 0) f(--n);
  }
};

std::vector<std::string> numbered_shards(const support::TemporaryFolder& folder) {
  std::vector<std::string> paths;
  for (int i = 0; i < kShards; ++i) {
    paths.push_back(folder / std::to_string(i) + ".npy");
    save_npy(paths.back(), full<int>({1 + i % 3, 2}, i));
  }
  return paths;
}

}  // namespace

TEST_CASE("map_npy_shards keeps the order of the files, whichever thread opens which") {
  const support::TemporaryFolder folder;
  const std::vector<std::string> paths = numbered_shards(folder);
  ThreadPool pool(4);
  const auto check = [&](const ChunkedTensor<const int>& mapped) {
    REQUIRE(mapped.chunk_count() == kShards);
    for (int i = 0; i < kShards; ++i) CHECK(support::same_bits(mapped.chunk(i), full<int>({1 + i % 3, 2}, i)));
  };
  check(map_npy_shards<int>(paths));
  check(map_npy_shards<int>(paths, 0, pool));
  check(map_npy_shards<int>(paths, 0, BackwardsExecutor()));
  check(map_npy_shards<int>(paths, 0, InlineExecutor()));
}

TEST_CASE("map_npy_shards throws what the first bad file throws, whichever is met first") {
  const support::TemporaryFolder folder;
  const std::vector<std::string> paths = numbered_shards(folder);
  std::filesystem::remove(paths[290]);
  std::filesystem::resize_file(paths[130], 131);  // of the same turn as the next
  save_npy(paths[129], full<int>({}, 1));
  const auto text = [&](auto&& executor) {
    return support::message_of<ShapeError>([&] { map_npy_shards<int>(paths, 0, executor); });
  };
  const std::string expected = "litorch::map_npy_shards(): '" + paths[129] + "' holds a scalar, which has no rows";
  CHECK(text(BackwardsExecutor()) == expected);
  CHECK(text(InlineExecutor()) == expected);
}
