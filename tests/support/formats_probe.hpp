// SPDX-License-Identifier: MIT
// What the probes of many-tensor formats do: every tensor of a file into another, for a second opinion on both.
#pragma once

#include <litorch/io/named_tensor.hpp>

#include <cstdio>
#include <exception>

namespace support {

/// copy(in, out) for each pair of arguments.
template <class F>
int copy_files(int argc, char** argv, F&& copy) {
  try {
    for (int i = 1; i + 1 < argc; i += 2) copy(std::string(argv[i]), std::string(argv[i + 1]));
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "%s: %s\n", argv[0], error.what()), 1;
  }
  return 0;
}

}  // namespace support
