// SPDX-License-Identifier: MIT
// shards_memory OUTPUT DIM FILE...: the memory in bytes that cat_npy adds at most to what the program had.
#include <litorch/litorch.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>

namespace {

/// A size of /proc/self/status, in bytes.
long status_of(const std::string& field) {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != field + ":") {}
  long kilobytes = 0;
  status >> kilobytes;
  return kilobytes * 1024;
}

}  // namespace

int main(int argc, char** argv) {
  const long before = status_of("VmRSS");
  litorch::cat_npy({argv + 3, argv + argc}, argv[1], std::atol(argv[2]));
  std::cout << status_of("VmHWM") - before << '\n';
}
