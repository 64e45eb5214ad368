// SPDX-License-Identifier: MIT
// shards_litorch FOLDER ROWS CALLS: joins 100 .npy files along either dim, to an output that is not there yet. Makes the
// files where they are missing. Prints medians in seconds.
#include <litorch/litorch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>

using namespace litorch;

namespace {

/// The files to join along `dim`, float32, of `rows` rows in all or each.
std::vector<std::string> shards(const std::string& folder, Index dim, Index rows) {
  std::vector<std::string> paths;
  for (int i = 0; i < 100; ++i) {
    paths.push_back(folder + "/" + std::to_string(dim) + "-" + std::to_string(100 + i) + ".npy");
    if (std::filesystem::exists(paths.back())) continue;
    std::mt19937_64 generator(static_cast<std::uint64_t>(i));
    save_npy(paths.back(),
             dim == 0 ? rand<float>({rows / 100, 16400}, generator) : rand<float>({rows, 164}, generator));
  }
  return paths;
}

template <class F>
double median_seconds(int calls, const std::string& output, F&& call) {
  std::vector<double> seconds;
  for (int i = 0; i < calls; ++i) {
    std::filesystem::remove(output);
    const auto start = std::chrono::steady_clock::now();
    call();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace

int main(int, char** argv) {
  const std::string folder = argv[1], output = folder + "/joined.npy";
  const Index rows = std::atol(argv[2]);
  const int calls = std::atoi(argv[3]);
  std::cout << "{";
  for (const Index dim : {0, 1}) {
    const std::vector<std::string> paths = shards(folder, dim, rows);
    for (const auto& [how, durability] :
         {std::pair("cached", posix::Durability::cached), std::pair("synced", posix::Durability::synced)}) {
      const double seconds = median_seconds(
          calls, output, [&, durability = durability] { cat_npy(paths, output, dim, {.durability = durability}); });
      std::cout << "\"litorch, dim " << dim << ", " << how << "\": " << seconds << ", ";
    }
    // What the timed calls made is right: read back, it is what the files hold.
    const ChunkedTensor<const float> expected = map_npy_shards<float>(paths, dim);
    const Tensor<const float> joined = map_npy<float>(output);
    Index start = 0;
    for (const Tensor<const float>& chunk : expected.chunks()) {
      if (!equal(joined.narrow(dim, start, chunk.size(dim)), chunk)) std::abort();
      start += chunk.size(dim);
    }
    std::filesystem::remove(output);
  }
  std::cout << "\"done\": 0}\n";
}
