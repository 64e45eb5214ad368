// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <litorch/posix/mapped_region.hpp>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>

using litorch::posix::kHugePage;
using litorch::posix::MappedRegion;

namespace {

/// How many mappings the process has, as the kernel lists them.
std::size_t mapped_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmSize:")) return std::stoul(line.substr(7));
  return 0;
}

}  // namespace

TEST_CASE("anonymous memory is zero, on a huge page boundary, and as long as whole pages") {
  for (const std::size_t bytes : {std::size_t{1}, std::size_t{4096}, kHugePage - 1, kHugePage, 3 * kHugePage + 5}) {
    const MappedRegion region = MappedRegion::anonymous(bytes);
    CHECK(reinterpret_cast<std::uintptr_t>(region.data()) % kHugePage == 0);
    CHECK(region.size() >= bytes);
    CHECK(region.size() < bytes + 65536);
    CHECK(region.data()[0] == std::byte{0});
    region.data()[region.size() - 1] = std::byte{1};
  }
}

TEST_CASE("a region gives back all that it took, also when moved") {
  const std::size_t before = mapped_kilobytes();
  for (int i = 0; i < 100; ++i) {
    MappedRegion region = MappedRegion::anonymous(64 * kHugePage), other = MappedRegion::anonymous(5);
    other = std::move(region);
    const MappedRegion last(std::move(other));
    CHECK(last.size() == 64 * kHugePage);
  }
  CHECK(mapped_kilobytes() < before + 200'000);
}

TEST_CASE("more memory than addresses is bad_alloc") {
  CHECK_THROWS_AS(MappedRegion::anonymous(std::size_t{1} << 62), std::bad_alloc);
  CHECK_THROWS_AS(MappedRegion::anonymous(SIZE_MAX), std::bad_alloc);
}
