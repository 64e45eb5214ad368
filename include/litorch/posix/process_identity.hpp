// SPDX-License-Identifier: MIT
// Which process was it? A process id alone is given to another process after a while.
#pragma once

#include <litorch/base/control_groups.hpp>

#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string>

namespace litorch::posix {

/// Fields that are 0 are not known: /proc is not mounted, say.
struct ProcessIdentity {
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;     ///< in clock ticks since the machine started
  std::uint64_t pid_namespace = 0;  ///< where `pid` counts
};

struct ProcessStat {
  char state = 0;  ///< 0 when there is none to read
  Index threads = 0;
  Index start_time = 0;
};

/// Fields 3, 20 and 22 of /proc/<pid>/stat. The second field, a name of any characters, ends at the last bracket.
inline ProcessStat read_process_stat(const std::string& pid) {
  const std::string text = detail::read_text("/proc/" + pid + "/stat");
  const std::size_t bracket = text.rfind(") ");
  if (bracket == std::string::npos) return {};
  std::string_view rest = std::string_view(text).substr(bracket + 2);
  ProcessStat stat;
  for (int field = 3; field <= 22 && !rest.empty(); ++field) {
    const std::string_view value = detail::next_field(rest, ' ');
    if (field == 3 && !value.empty()) stat.state = value[0];
    if (field == 20) stat.threads = detail::parse_count(value);
    if (field == 22) stat.start_time = detail::parse_count(value);
  }
  return stat;
}

inline std::uint64_t this_pid_namespace() noexcept {
  struct ::stat status {};
  return ::stat("/proc/self/ns/pid", &status) == 0 ? static_cast<std::uint64_t>(status.st_ino) : 0;
}

inline ProcessIdentity this_process() {
  const Index start = read_process_stat("self").start_time;
  return {::getpid(), start > 0 ? static_cast<std::uint64_t>(start) : 0, this_pid_namespace()};
}

/// Whether the process has ended for sure: not so for one of another pid namespace, which cannot be seen, or of an unknown one. One that was
/// killed counts as ended before its parent has waited for it.
inline bool is_gone(const ProcessIdentity& process) {
  const bool visible = process.pid_namespace != 0 && process.pid_namespace == this_pid_namespace();
  if (process.pid <= 0 || !visible) return false;
  if (::kill(static_cast<::pid_t>(process.pid), 0) != 0 && errno == ESRCH) return true;
  const ProcessStat stat = read_process_stat(std::to_string(process.pid));
  if (stat.state == 0) return false;
  const bool zombie =
      (stat.state == 'Z' || stat.state == 'X') && stat.threads <= 1;  // more: only its main thread ended
  return zombie || (process.start_time != 0 && static_cast<std::uint64_t>(stat.start_time) != process.start_time);
}

}  // namespace litorch::posix
