// SPDX-License-Identifier: MIT
// The CPU quota of control groups, version 1, and of machines that have both versions.
#include "support/catch.hpp"
#include "support/staged_machine.hpp"

#include <litorch/parallel/cpu_count.hpp>

using namespace litorch;
using support::mount_v1;
using support::mount_v2;
using support::StagedMachine;

namespace {

const std::string kGroups = "9:name=systemd:/\n5:cpuset:/elsewhere\n4:cpu,cpuacct:/work\n";
const std::string kGroup = "/sys/fs/cgroup/cpu,cpuacct/work";

StagedMachine& quota(StagedMachine& machine, const std::string& group, const char* quota, const char* period) {
  return machine.file(group + "/cpu.cfs_quota_us", quota).file(group + "/cpu.cfs_period_us", period);
}

Index cpus_with_quota(const char* quota_us, const char* period_us) {
  StagedMachine machine;
  quota(machine.process(kGroups, mount_v1()), kGroup, quota_us, period_us);
  return detail::cpu_limit(16, machine.root());
}

}  // namespace

TEST_CASE("a version 1 quota counts as whole CPUs, rounded down, and one at least") {
  CHECK(cpus_with_quota("765000\n", "100000\n") == 7);
  CHECK(cpus_with_quota("50000\n", "100000\n") == 1);
  CHECK(cpus_with_quota("400000\n", "200000\n") == 2);
}

TEST_CASE("a version 1 quota of -1, or one that makes no sense, sets no limit") {
  CHECK(cpus_with_quota("-1\n", "100000\n") == 16);
  CHECK(cpus_with_quota("0\n", "100000\n") == 16);
  CHECK(cpus_with_quota("", "100000\n") == 16);
  CHECK(cpus_with_quota("100000\n", "0\n") == 16);
  CHECK(cpus_with_quota("100000\n", "-1\n") == 16);
  CHECK(cpus_with_quota("garbage\n", "garbage\n") == 16);
}

TEST_CASE("the smallest version 1 quota on the way up to the root counts") {
  StagedMachine machine;
  machine.process("4:cpu,cpuacct:/a/b\n", mount_v1());
  quota(machine, "/sys/fs/cgroup/cpu,cpuacct/a/b", "600000", "100000");
  quota(machine, "/sys/fs/cgroup/cpu,cpuacct/a", "300000", "100000");
  quota(machine, "/sys/fs/cgroup/cpu,cpuacct", "-1", "100000");
  CHECK(detail::cpu_limit(16, machine.root()) == 3);
}

TEST_CASE("only the hierarchy of the cpu controller counts") {
  StagedMachine machine;
  machine.process("5:cpuset:/work\n4:cpuacct:/work\n", mount_v1());
  quota(machine, kGroup, "100000", "100000");
  CHECK(detail::cpu_limit(16, machine.root()) == 16);
}

TEST_CASE("only mounts of the cpu controller count") {
  const std::string cpuset = "30 23 0:27 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n";
  const std::string tmpfs = "31 23 0:28 / /tmp rw - tmpfs tmpfs rw,cpu\n";
  const std::string part = "32 23 0:29 /part /cpu rw - cgroup cgroup rw,cpu\n";
  StagedMachine machine;
  quota(machine.process(kGroups, cpuset + tmpfs + part), "/cpu", "300000", "100000");
  CHECK(detail::cpu_limit(16, machine.root()) == 3);  // the cpuset mount shows /work, but not its quota
  quota(machine, "/tmp/work", "200000", "100000");
  CHECK(detail::cpu_limit(16, machine.root()) == 3);
}

TEST_CASE("with both versions mounted the quota is found in either, and the smaller counts") {
  StagedMachine machine;
  machine.process(kGroups + "0::/user/work\n", mount_v1() + mount_v2("/", "/sys/fs/cgroup/unified"));
  CHECK(detail::cpu_limit(16, machine.root()) == 16);
  quota(machine, kGroup, "500000", "100000");
  CHECK(detail::cpu_limit(16, machine.root()) == 5);
  machine.file("/sys/fs/cgroup/unified/user/cpu.max", "300000 100000\n");
  CHECK(detail::cpu_limit(16, machine.root()) == 3);
  quota(machine, kGroup, "200000", "100000");
  CHECK(detail::cpu_limit(16, machine.root()) == 2);
}
