// SPDX-License-Identifier: MIT
// How many threads this process can really use: what the machine has is cut by the affinity mask (taskset, cpusets) and
// by the CPU quota of the control groups (containers), version 1, version 2 or both.
#pragma once

#include <litorch/base/error.hpp>

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>

namespace litorch {

/// The most threads that a pool can have.
inline constexpr Index kMaxThreads = 4096;

namespace detail {

/// The whole file; empty when it cannot be read.
inline std::string read_text(const std::string& path) {
  std::string text;
  if (std::FILE* file = std::fopen(path.c_str(), "re")) {
    char block[4096];
    while (const std::size_t count = std::fread(block, 1, sizeof block, file)) text.append(block, count);
    std::fclose(file);
  }
  return text;
}

/// Cuts the part before the first `separator` off the front of `text`, and the separator with it.
inline std::string_view next_field(std::string_view& text, char separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return field;
}

inline bool contains_field(std::string_view list, char separator, std::string_view wanted) {
  while (!list.empty())
    if (next_field(list, separator) == wanted) return true;
  return false;
}

/// The value of decimal digits and nothing else; -1 for any other text, and over 10^17.
inline Index parse_count(std::string_view digits) {
  if (digits.empty() || digits.size() > 17) return -1;
  Index value = 0;
  for (const char digit : digits) {
    if (digit < '0' || digit > '9') return -1;
    value = value * 10 + (digit - '0');
  }
  return value;
}

/// A path as mountinfo spells it: blanks and the like are a backslash and three octal digits.
inline std::string unescape_path(std::string_view text) {
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string path;
  for (; !text.empty(); text.remove_prefix(1)) {
    char c = text[0];
    if (c == '\\' && text.size() > 3 && octal(text[1]) && octal(text[2]) && octal(text[3])) {
      c = static_cast<char>(((text[1] - '0') << 6) | ((text[2] - '0') << 3) | (text[3] - '0'));
      text.remove_prefix(3);
    }
    path += c;
  }
  return path;
}

inline constexpr Index kNoQuota = std::numeric_limits<Index>::max();

/// Whole CPUs that the quota of one group allows, 1 at least; kNoQuota when it has none that can be read.
inline Index group_cpus(const std::string& group, bool v2) {
  const std::string quota_text = read_text(group + (v2 ? "/cpu.max" : "/cpu.cfs_quota_us"));
  const std::string period_text = v2 ? std::string() : read_text(group + "/cpu.cfs_period_us");
  std::string_view lines = quota_text;
  std::string_view line = next_field(lines, '\n');
  const Index quota = parse_count(next_field(line, ' '));  // "max" and "-1" are not counts: no quota
  if (!v2) {
    lines = period_text;
    line = next_field(lines, '\n');
  }
  const Index period = line.empty() ? 100000 : parse_count(line);  // microseconds; the default of the kernel
  return quota > 0 && period > 0 ? std::max<Index>(1, quota / period) : kNoQuota;
}

/// Where the group `path` lies below a mount that shows the hierarchy from `mount_root` on: "" or "/" at the mount,
/// "/a/b" under it. False when the mount does not show the group: that lies elsewhere, or outside of the namespace.
inline bool below_mount(std::string_view path, std::string_view mount_root, std::string_view& below) {
  if (mount_root == "/") mount_root = "";
  if (path.substr(0, mount_root.size()) != mount_root) return false;
  below = path.substr(mount_root.size());
  return below.empty() || (below[0] == '/' && !contains_field(below, '/', ".."));
}

/// The smallest quota on the way from the process's group up to the root of its hierarchy, as far as it is mounted, in
/// whole CPUs. With a mount that does not show the group, the mount itself is the nearest that can be known of it.
inline Index quota_cpus(const std::string& root, const std::string& groups, const std::string& mounts, bool v2) {
  std::string_view group;
  bool found = false;
  for (std::string_view lines = groups; !lines.empty() && !found;) {  // <id>:<controllers>:<path>
    std::string_view line = next_field(lines, '\n');
    const std::string_view id = next_field(line, ':');
    const std::string_view controllers = next_field(line, ':');
    found = v2 ? id == "0" : contains_field(controllers, ',', "cpu");
    group = line;
  }
  if (!found) return kNoQuota;

  Index shown = kNoQuota, nearest = kNoQuota;
  bool any_shown = false;
  for (std::string_view lines = mounts; !lines.empty();) {
    // <id> <parent> <device> <root> <mount point> <options> <tags>... - <type> <source> <options>
    std::string_view line = next_field(lines, '\n');
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    std::string_view tail = line.substr(dash + 3);
    const std::string_view type = next_field(tail, ' ');
    next_field(tail, ' ');
    if (v2 ? type != "cgroup2" : type != "cgroup" || !contains_field(tail, ',', "cpu")) continue;
    for (int skipped = 0; skipped < 3; ++skipped) next_field(line, ' ');
    const std::string mount_root = unescape_path(next_field(line, ' '));
    const std::string mount = root + unescape_path(next_field(line, ' '));

    std::string_view below;
    if (!below_mount(group, mount_root, below)) {
      nearest = std::min(nearest, group_cpus(mount, v2));
      continue;
    }
    any_shown = true;
    for (;; below = below.substr(0, below.rfind('/'))) {
      shown = std::min(shown, group_cpus(mount + std::string(below), v2));
      if (below.empty()) break;
    }
  }
  return any_shown ? shown : nearest;
}

/// `affinity` CPUs, or fewer where a quota found below `root` says so.
inline Index cpu_limit(Index affinity, const std::string& root) {
  const std::string groups = read_text(root + "/proc/self/cgroup");
  const std::string mounts = read_text(root + "/proc/self/mountinfo");
  return std::min({affinity, quota_cpus(root, groups, mounts, false), quota_cpus(root, groups, mounts, true)});
}

/// CPUs that the calling thread may run on.
inline Index affinity_cpus() {
  for (int cpus = 1024; cpus <= 1 << 20; cpus *= 2) {  // the kernel's mask may be longer than a cpu_set_t
    cpu_set_t* set = CPU_ALLOC(static_cast<std::size_t>(cpus));
    if (set == nullptr) break;
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(cpus));
    const int error = ::sched_getaffinity(0, bytes, set) == 0 ? 0 : errno;
    const int count = error == 0 ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
    if (error != EINVAL) break;
  }
  return std::max<Index>(1, static_cast<Index>(::sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace detail

/// CPUs that this process may keep busy: those of the calling thread's affinity mask, or the quota of its control
/// groups, whichever is less. A quota is rounded down to whole CPUs, but never to 0: threads in excess of it would be
/// stopped for a part of each period. Files that are missing or make no sense set no limit.
/// `root` goes before every path read, so that a test can stage a machine. Reads files: not for the hot path.
inline std::size_t available_cpus(const std::string& root = "") {
  return static_cast<std::size_t>(detail::cpu_limit(detail::affinity_cpus(), root));
}

/// The number of threads to start with: the environment variable LITORCH_NUM_THREADS, else available_cpus().
/// Throws Error when the variable is not an integer from 1 to 4096.
inline std::size_t default_num_threads() {
  const char* text = std::getenv("LITORCH_NUM_THREADS");
  if (text == nullptr) return std::min(available_cpus(), static_cast<std::size_t>(kMaxThreads));
  const Index threads = detail::parse_count(text);
  if (threads < 1 || threads > kMaxThreads)
    detail::fail<Error>("default_num_threads(): the environment variable LITORCH_NUM_THREADS is '", text,
                        "', expected an integer from 1 to ", kMaxThreads, "; correct it or unset it");
  return static_cast<std::size_t>(threads);
}

}  // namespace litorch
