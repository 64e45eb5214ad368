// SPDX-License-Identifier: MIT
// What the system says of itself in text files: the limits of the control groups (containers), version 1, version 2 or
// both. Files that are missing or make no sense set no limit.
#pragma once

#include <litorch/base/config.hpp>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <string>
#include <string_view>

namespace litorch::detail {

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

/// Where the group `path` lies below a mount that shows the hierarchy from `mount_root` on: "" or "/" at the mount,
/// "/a/b" under it. False when the mount does not show the group: that lies elsewhere, or outside of the namespace.
inline bool below_mount(std::string_view path, std::string_view mount_root, std::string_view& below) {
  if (mount_root == "/") mount_root = "";
  if (path.substr(0, mount_root.size()) != mount_root) return false;
  below = path.substr(mount_root.size());
  return below.empty() || (below[0] == '/' && !contains_field(below, '/', ".."));
}

inline constexpr Index kNoLimit = std::numeric_limits<Index>::max();

/// The smallest limit_of(folder of a group) on the way from the process's group up to the root of its hierarchy, as far as
/// it is mounted. With a mount that does not show the group, the mount itself is the nearest that can be known of it.
/// `controller` names the hierarchy of version 1. `root` goes before every path read, so that a test can stage a machine.
template <class LimitOf>
Index smallest_limit(const std::string& root, std::string_view controller, bool v2, LimitOf&& limit_of) {
  const std::string groups = read_text(root + "/proc/self/cgroup");
  const std::string mounts = read_text(root + "/proc/self/mountinfo");
  std::string_view group;
  bool found = false;
  for (std::string_view lines = groups; !lines.empty() && !found;) {  // <id>:<controllers>:<path>
    std::string_view line = next_field(lines, '\n');
    const std::string_view id = next_field(line, ':');
    const std::string_view controllers = next_field(line, ':');
    found = v2 ? id == "0" : contains_field(controllers, ',', controller);
    group = line;
  }
  if (!found) return kNoLimit;

  Index shown = kNoLimit, nearest = kNoLimit;
  bool any_shown = false;
  for (std::string_view lines = mounts; !lines.empty();) {
    // <id> <parent> <device> <root> <mount point> <options> <tags>... - <type> <source> <options>
    std::string_view line = next_field(lines, '\n');
    const std::size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    std::string_view tail = line.substr(dash + 3);
    const std::string_view type = next_field(tail, ' ');
    next_field(tail, ' ');
    if (v2 ? type != "cgroup2" : type != "cgroup" || !contains_field(tail, ',', controller)) continue;
    for (int skipped = 0; skipped < 3; ++skipped) next_field(line, ' ');
    const std::string mount_root = unescape_path(next_field(line, ' '));
    const std::string mount = root + unescape_path(next_field(line, ' '));

    std::string_view below;
    if (!below_mount(group, mount_root, below)) {
      nearest = std::min(nearest, limit_of(mount));
      continue;
    }
    any_shown = true;
    for (;; below = below.substr(0, below.rfind('/'))) {
      shown = std::min(shown, limit_of(mount + std::string(below)));
      if (below.empty()) break;
    }
  }
  return any_shown ? shown : nearest;
}

}  // namespace litorch::detail
