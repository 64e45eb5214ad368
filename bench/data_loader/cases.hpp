// SPDX-License-Identifier: MIT
// The datasets that the loaders are compared on, and how an epoch is timed.
#pragma once

#include <litorch/litorch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace bench {

using Clock = std::chrono::steady_clock;
using litorch::Index;
using litorch::Tensor;

inline constexpr Index kRows = 10'000, kRowBatch = 256;
inline constexpr Index kImages = 60'000, kImageBatch = 256;
inline constexpr Index kShards = 8, kShardImages = 2000, kMappedBatch = 64;  // of (3, 160, 160), 1.2 GB in all

inline Tensor<float> rows() { return litorch::arange<float>(0, kRows * 5).reshape({kRows, 5}); }
inline Tensor<std::uint8_t> images() {
  const auto pixels = litorch::empty<std::uint8_t>({kImages, 28, 28});
  for (Index i = 0; i < pixels.numel(); ++i) pixels.data()[i] = static_cast<std::uint8_t>(i * 31 % 251);
  return pixels;
}
inline std::string shard(const std::string& folder, Index i) { return folder + "/" + std::to_string(i) + ".npy"; }

inline void require(bool right, const char* what) {
  if (right) return;
  std::fprintf(stderr, "wrong result: %s\n", what);
  std::exit(EXIT_FAILURE);
}

/// The next member of the JSON object that the program prints.
inline void print_value(const std::string& name, double value) {
  static const char* before = "{";
  std::printf("%s\"%s\": %.9f", std::exchange(before, ",\n "), name.c_str(), value);
}

/// Prints the median seconds of an epoch. `epoch()` returns how many samples it has delivered.
template <class Epoch>
void report(const std::string& name, Index samples, std::size_t calls, Epoch epoch) {
  std::vector<double> seconds;
  require(epoch() == samples, name.c_str());
  while (seconds.size() < calls) {
    const auto start = Clock::now();
    epoch();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  print_value(name, seconds[seconds.size() / 2]);
}

}  // namespace bench
