// SPDX-License-Identifier: MIT
// A folder that stands for the root of a machine: put the files into it that describe one.
#pragma once

#include "support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace support {

class StagedMachine {
 public:
  const std::string& root() const { return root_.path(); }

  StagedMachine& file(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root() + path).parent_path());
    std::ofstream(root() + path, std::ios::binary) << text;
    return *this;
  }

  /// The two files under /proc that say where the process's group is, and where its hierarchy is mounted.
  StagedMachine& process(const std::string& groups, const std::string& mounts) {
    return file("/proc/self/cgroup", groups).file("/proc/self/mountinfo", mounts);
  }

 private:
  TemporaryFolder root_;
};

/// mountinfo lines of both versions.
inline std::string mount_v2(const std::string& root = "/", const std::string& at = "/sys/fs/cgroup") {
  return "31 23 0:28 " + root + " " + at + " rw,nosuid shared:9 master:2 - cgroup2 cgroup2 rw,nsdelegate\n";
}
inline std::string mount_v1(const std::string& root = "/", const std::string& at = "/sys/fs/cgroup/cpu,cpuacct") {
  return "30 23 0:27 " + root + " /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n" +  //
         "32 23 0:29 " + root + " " + at + " rw,nosuid - cgroup cgroup rw,cpu,cpuacct\n";
}

}  // namespace support
