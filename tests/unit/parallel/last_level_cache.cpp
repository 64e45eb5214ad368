// SPDX-License-Identifier: MIT
// How large the last cache is, from the files of a staged machine.
#include "support/catch.hpp"
#include "support/staged_machine.hpp"

#include <litorch/parallel/cpu_count.hpp>

using litorch::last_level_cache_bytes;
using support::StagedMachine;

namespace {
std::string size_of(int index) { return "/sys/devices/system/cpu/cpu0/cache/index" + std::to_string(index) + "/size"; }
}  // namespace

TEST_CASE("the last cache is the third level where there is one, else the second") {
  CHECK(last_level_cache_bytes(StagedMachine().file(size_of(3), "32768K\n").file(size_of(2), "1024K\n").root()) ==
        32 << 20);
  CHECK(last_level_cache_bytes(StagedMachine().file(size_of(2), "1024K\n").root()) == 1 << 20);
}

TEST_CASE("a machine that does not tell, or tells nonsense, is taken for one with 32 MiB") {
  CHECK(last_level_cache_bytes(StagedMachine().root()) == 32 << 20);
  for (const char* const text : {"", "K\n", "lots\n", "-4K\n", "0K\n", "4M\n"})
    CHECK(last_level_cache_bytes(StagedMachine().file(size_of(3), text).root()) == 32 << 20);
}
