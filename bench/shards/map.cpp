// SPDX-License-Identifier: MIT
// shards_map FOLDER COUNT CALLS: opens COUNT .npy files as one mapped tensor. Makes the files where they are missing.
// Prints the median in seconds.
#include <litorch/litorch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

using namespace litorch;

namespace {

/// Rows of 1024 float32 numbers that are all `number`; not synced to disk one by one, as save_npy() does.
void make_shard(const std::string& path, int number) {
  const Tensor<float> rows = full<float>({2, 1024}, static_cast<float>(number));
  std::ofstream file(path, std::ios::binary);
  file << npy_header(DType::float32, false, rows.shape());
  file.write(reinterpret_cast<const char*>(rows.data()), 2 * 1024 * 4);
}

}  // namespace

int main(int, char** argv) {
  const std::string folder = argv[1];
  const int count = std::atoi(argv[2]);
  std::vector<std::string> paths;
  for (int i = 0; i < count; ++i) {
    paths.push_back(folder + "/map-" + std::to_string(i) + ".npy");
    if (!std::filesystem::exists(paths.back())) make_shard(paths.back(), i);
  }
  std::vector<double> seconds;
  for (int call = std::atoi(argv[3]); call > 0; --call) {
    const auto start = std::chrono::steady_clock::now();
    const ChunkedTensor<const float> mapped = map_npy_shards<float>(paths);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (mapped.size(0) != 2 * count || mapped.at(2 * count - 1, 1023) != static_cast<float>(count - 1)) std::abort();
  }
  std::sort(seconds.begin(), seconds.end());
  std::cout << "{\"map\": " << seconds[seconds.size() / 2] << "}\n";
}
