// SPDX-License-Identifier: MIT
// How many threads this process can really use: what the machine has is cut by the affinity mask (taskset, cpusets) and
// by the CPU quota of the control groups (containers), version 1, version 2 or both.
#pragma once

#include <litorch/base/control_groups.hpp>
#include <litorch/base/error.hpp>

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>

namespace litorch {

/// The most threads that a pool can have.
inline constexpr Index kMaxThreads = 4096;

namespace detail {

/// Whole CPUs that the quota of one group allows, 1 at least; kNoLimit when it has none that can be read.
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
  return quota > 0 && period > 0 ? std::max<Index>(1, quota / period) : kNoLimit;
}

/// `affinity` CPUs, or fewer where a quota found below `root` says so.
inline Index cpu_limit(Index affinity, const std::string& root) {
  for (const bool v2 : {false, true})
    affinity =
        std::min(affinity, smallest_limit(root, "cpu", v2, [&](const auto& group) { return group_cpus(group, v2); }));
  return affinity;
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

/// Bytes of the last cache before the memory as one CPU sees it, 32 MiB where the system does not tell. The C library's
/// own answer counts all such caches of the package on some processors. `root` is as in available_cpus().
inline Index last_level_cache_bytes(const std::string& root = "") {
  for (const char* const level : {"3", "2"}) {
    std::string text = detail::read_text(root + "/sys/devices/system/cpu/cpu0/cache/index" + level + "/size");
    while (!text.empty() && (text.back() == '\n' || text.back() == 'K')) text.pop_back();
    if (const Index kibibytes = detail::parse_count(text); kibibytes > 0) return kibibytes * 1024;
  }
  return Index{32} << 20;
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
