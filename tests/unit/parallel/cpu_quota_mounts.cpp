// SPDX-License-Identifier: MIT
// Where the control group of a process is found: mount points, mounts of a part of the hierarchy, and namespaces.
#include "support/catch.hpp"
#include "support/staged_machine.hpp"

#include <litorch/parallel/cpu_count.hpp>

using namespace litorch;
using support::mount_v1;
using support::mount_v2;
using support::StagedMachine;

namespace {

/// What 16 CPUs become when the process is in `group`, and the group whose files are at `limited` has a quota of 3.
Index cpus(const std::string& group, const std::string& mounts, const std::string& limited) {
  StagedMachine machine;
  machine.process("0::" + group + "\n", mounts).file(limited + "/cpu.max", "300000 100000\n");
  return detail::cpu_limit(16, machine.root());
}

}  // namespace

TEST_CASE("a container with its own namespace finds its group at the mount") {
  CHECK(cpus("/", mount_v2(), "/sys/fs/cgroup") == 3);
}

TEST_CASE("a mount that shows only a part of the hierarchy is taken as that part") {
  CHECK(cpus("/docker/abc", mount_v2("/docker/abc"), "/sys/fs/cgroup") == 3);
  CHECK(cpus("/docker/abc/job", mount_v2("/docker/abc"), "/sys/fs/cgroup/job") == 3);
  CHECK(cpus("/docker/abc/job", mount_v2("/docker/abc"), "/sys/fs/cgroup/docker/abc/job") == 16);
  CHECK(cpus("/../job", mount_v2("/.."), "/sys/fs/cgroup/job") == 3);
}

TEST_CASE("a group that the mount does not show counts as at the mount") {
  CHECK(cpus("/../..", mount_v2(), "/sys/fs/cgroup") == 3);
  CHECK(cpus("/../other", mount_v2(), "/sys/fs/cgroup") == 3);
  CHECK(cpus("/../..", mount_v2("/.."), "/sys/fs/cgroup") == 3);
  CHECK(cpus("/docker/abcd", mount_v2("/docker/abc"), "/sys/fs/cgroup") == 3);
  CHECK(cpus("/docker/abcd", mount_v2("/docker/abc"), "/sys/fs/cgroupd") == 16);
}

TEST_CASE("a group outside of the mount is not looked for above the mount point") {
  StagedMachine machine;
  machine.process("0::/..\n", mount_v2()).file("/sys/fs/cgroup/x", "").file("/sys/fs/cpu.max", "300000 100000\n");
  CHECK(detail::cpu_limit(16, machine.root()) == 16);
}

TEST_CASE("a mount that shows the group beats one that does not") {
  const std::string mounts = mount_v2("/stranger", "/mnt/stranger") + mount_v2();
  CHECK(cpus("/mine", mounts, "/mnt/stranger") == 16);
  CHECK(cpus("/mine", mounts, "/sys/fs/cgroup/mine") == 3);
}

TEST_CASE("mount points may be anywhere and have any name") {
  CHECK(cpus("/a", mount_v2("/", "/dev/cgroup"), "/dev/cgroup/a") == 3);
  CHECK(cpus("/a", mount_v2("/", "/mnt/my\\040group\\134s"), "/mnt/my group\\s/a") == 3);
  CHECK(cpus("/a:b/c d", mount_v2(), "/sys/fs/cgroup/a:b/c d") == 3);
}

TEST_CASE("version 1 containers find their group at the mount, too") {
  StagedMachine machine;
  machine.process("4:cpu,cpuacct:/docker/abc\n", mount_v1("/docker/abc"))
      .file("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "200000\n")
      .file("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  CHECK(detail::cpu_limit(16, machine.root()) == 2);
}

TEST_CASE("lines that are no mounts and no groups are passed over") {
  const std::string noise = "\n-\n - \n - cgroup2\n1 2 3 - cgroup2\n31 23 0:28 / /x rw - tmpfs tmpfs rw,cpu\n";
  CHECK(cpus("/a", noise + mount_v2() + noise, "/sys/fs/cgroup/a") == 3);
  CHECK(cpus("/a", noise, "/x/a") == 16);
  std::string many;
  for (int line = 0; line < 1000; ++line) many += noise;
  CHECK(cpus("/a", many + mount_v2(), "/sys/fs/cgroup/a") == 3);
  CHECK(cpus("relative", mount_v2(), "/sys/fs/cgroup") == 3);
  StagedMachine machine;
  machine.process("\n:\n::\n0\n0:cpu\nx:y:z\n0:memory:/\n", noise);
  CHECK(detail::cpu_limit(16, machine.root()) == 16);
}
