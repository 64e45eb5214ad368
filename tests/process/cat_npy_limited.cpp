// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/forked_child.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <sys/resource.h>

#include <fstream>

using namespace litorch;

namespace {

/// Lets this process map 64 MiB more than it has.
bool limit_memory() {
  std::ifstream status("/proc/self/statm");
  ::rlim_t pages = 0;
  status >> pages;
  const ::rlim_t bytes = pages * posix::page_size() + (64u << 20);
  const ::rlimit limit{bytes, bytes};
  return ::setrlimit(RLIMIT_AS, &limit) == 0;
}

}  // namespace

TEST_CASE("cat_npy and split_npy read and make files larger than the memory they may have") {
  const support::TemporaryFolder folder;
  const Shape shape{1024, 8192};  // 32 MiB
  std::vector<std::string> paths, parts;
  for (int i = 0; i < 8; ++i) {
    paths.push_back(folder / std::to_string(i) + ".npy");
    parts.push_back(folder / "part-" + std::to_string(i) + ".npy");
    save_npy(paths.back(), support::numbered<float>(shape, i));
  }
  const std::string output = folder / "out.npy";
  for (const Index dim : {0, 1}) {
    const support::ChildEnd end = support::run_in_child([&] {
      empty_cache();
      if (!limit_memory()) return 1;
      try {
        load_npy_shards<float>(paths, dim, InlineExecutor());
        return 2;
      } catch (const std::bad_alloc&) {}
      const CatNpyOptions cached{.durability = posix::Durability::cached};
      cat_npy(paths, output, dim, cached, InlineExecutor());
      split_npy(output, parts, dim, cached, InlineExecutor());
      return 0;
    });
    INFO("dim " << dim << ", exit code " << end.exit_code);
    REQUIRE(end.exited_with(0));
    const Tensor<const float> joined = map_npy<float>(output);
    for (int i = 0; i < 8; ++i)
      CHECK(support::same_bits(joined.narrow(dim, i * shape[dim], shape[dim]), support::numbered<float>(shape, i)));
    for (std::size_t i = 0; i < parts.size(); ++i) {
      CHECK(support::same_bits(map_npy<float>(parts[i]), map_npy<float>(paths[i])));
      std::filesystem::remove(parts[i]);
    }
  }
}
