// SPDX-License-Identifier: MIT
// The names of the parts that a file is split into.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

/// Names with the numbers 0 to count - 1 in place of `%d`, or of `%03d` with zeros in front; `%%` is a percent sign. A
/// pattern without a number, OUT or OUT.npy, means OUT-%0Wd.npy, where W is enough for all.
inline std::vector<std::string> part_names(std::string pattern, std::size_t count) {
  const std::string given = pattern;
  std::string before, after;
  std::size_t width = 0;
  bool numbered = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    std::string& text = numbered ? after : before;
    if (pattern[i] != '%' || pattern.compare(i, 2, "%%") == 0) {
      text += pattern[i];
      i += pattern[i] == '%';
      continue;
    }
    const std::size_t end = pattern.find_first_not_of("0123456789", i + 1);
    const std::string digits = pattern.substr(i + 1, end == pattern.npos ? end : end - i - 1);
    const bool zeros = digits.empty() || (digits[0] == '0' && digits.size() <= 3);
    if (end == pattern.npos || pattern[end] != 'd' || !zeros || numbered)
      throw std::runtime_error("'" + given + "' is no name for parts: give one %d or %03d, and %% for a percent sign");
    numbered = true;
    width = digits.empty() ? 0 : std::stoul(digits);
    i = end;
  }
  if (!numbered) {
    if (before.ends_with(".npy")) before.resize(before.size() - 4);
    before += '-';
    after = ".npy";
    width = std::to_string(count - 1).size();
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string number = std::to_string(i);
    names.push_back(before + std::string(width > number.size() ? width - number.size() : 0, '0') + number + after);
  }
  return names;
}
