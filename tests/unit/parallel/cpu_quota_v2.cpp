// SPDX-License-Identifier: MIT
// The CPU quota of control groups, version 2.
#include "support/catch.hpp"
#include "support/staged_machine.hpp"

#include <litorch/parallel/cpu_count.hpp>

using namespace litorch;
using support::mount_v2;
using support::StagedMachine;

namespace {

/// What 16 CPUs become with this cpu.max in the process's own group.
Index cpus_with(const std::string& cpu_max) {
  StagedMachine machine;
  machine.process("0::/work\n", mount_v2()).file("/sys/fs/cgroup/work/cpu.max", cpu_max);
  return detail::cpu_limit(16, machine.root());
}

}  // namespace

TEST_CASE("a quota counts as whole CPUs, rounded down, and one at least") {
  CHECK(cpus_with("765000 100000\n") == 7);
  CHECK(cpus_with("799999 100000\n") == 7);
  CHECK(cpus_with("800000 100000\n") == 8);
  CHECK(cpus_with("50000 100000\n") == 1);
  CHECK(cpus_with("1000 1000000\n") == 1);
  CHECK(cpus_with("200000 50000\n") == 4);
  CHECK(cpus_with("300000\n") == 3);  // the kernel's default period
}

TEST_CASE("affinity is the limit where the quota is none or larger") {
  CHECK(cpus_with("max 100000\n") == 16);
  CHECK(cpus_with("max\n") == 16);
  CHECK(cpus_with("6400000 100000\n") == 16);
}

TEST_CASE("the smaller of affinity and quota counts") {
  StagedMachine machine;
  machine.process("0::/work\n", mount_v2()).file("/sys/fs/cgroup/work/cpu.max", "150000 100000\n");
  CHECK(detail::cpu_limit(4, machine.root()) == 1);
  machine.file("/sys/fs/cgroup/work/cpu.max", "300000 100000\n");
  CHECK(detail::cpu_limit(4, machine.root()) == 3);
  CHECK(detail::cpu_limit(2, machine.root()) == 2);
}

TEST_CASE("the smallest quota on the way up to the root counts") {
  StagedMachine machine;
  machine.process("0::/a/b/c\n", mount_v2())
      .file("/sys/fs/cgroup/a/b/c/cpu.max", "800000 100000\n")
      .file("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n")
      .file("/sys/fs/cgroup/a/cpu.max", "500000 100000\n")
      .file("/sys/fs/cgroup/other/cpu.max", "100000 100000\n");
  CHECK(detail::cpu_limit(16, machine.root()) == 5);
  machine.file("/sys/fs/cgroup/a/b/cpu.max", "200000 100000\n");
  CHECK(detail::cpu_limit(16, machine.root()) == 2);
  machine.file("/sys/fs/cgroup/cpu.max", "100000 100000\n");
  CHECK(detail::cpu_limit(16, machine.root()) == 1);
}

TEST_CASE("text that is no quota sets no limit") {
  for (const char* text : {"", "\n", "garbage", "0 100000", "100000 0", "-5 100000", "1e5 100000", "100000 1e5", " ",
                           "100000 100000 100000", "99999999999999999999 1", "100000 99999999999999999999", "0x10 1"}) {
    CAPTURE(text);
    CHECK(cpus_with(text) == 16);
  }
  CHECK(cpus_with(std::string("\0\xff 1", 4)) == 16);
}

TEST_CASE("files that are missing or not files set no limit") {
  StagedMachine machine;
  CHECK(detail::cpu_limit(16, machine.root()) == 16);
  CHECK(detail::cpu_limit(16, machine.root() + "/does/not/exist") == 16);
  machine.file("/proc/self/cgroup", "0::/work\n");
  CHECK(detail::cpu_limit(16, machine.root()) == 16);
  machine.file("/proc/self/mountinfo", mount_v2());
  CHECK(detail::cpu_limit(16, machine.root()) == 16);
  machine.file("/sys/fs/cgroup/work/cpu.max/a-folder", "");
  CHECK(detail::cpu_limit(16, machine.root()) == 16);
}
