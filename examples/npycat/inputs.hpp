// SPDX-License-Identifier: MIT
// The names of the files to join: patterns, and lists where they are too many for a command line.
#pragma once

#include <glob.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Names that each end in `end`.
inline std::vector<std::string> read_names(std::istream& stream, char end) {
  std::vector<std::string> names;
  for (std::string name; std::getline(stream, name, end);)
    if (!name.empty()) names.push_back(name);
  return names;
}

inline std::vector<std::string> read_list(const std::string& path) {
  std::ifstream list(path);
  if (!list) throw std::runtime_error("cannot read the list '" + path + "'; a name that begins with @ is ./@");
  return read_names(list, '\n');
}

/// Numbers by their value and all else by its bytes: part-2 before part-10.
inline bool natural_less(std::string_view a, std::string_view b) {
  const auto digits = [](std::string_view text) { return std::min(text.find_first_not_of("0123456789"), text.size()); };
  const std::string_view whole_a = a, whole_b = b;
  while (!a.empty() && !b.empty()) {
    if (digits(a) == 0 || digits(b) == 0) {
      if (a[0] != b[0]) return static_cast<unsigned char>(a[0]) < static_cast<unsigned char>(b[0]);
      a.remove_prefix(1), b.remove_prefix(1);
      continue;
    }
    std::string_view numbers[2];
    for (auto& [number, text] : {std::pair<std::string_view&, std::string_view&>{numbers[0], a}, {numbers[1], b}}) {
      number = text.substr(0, digits(text));
      text.remove_prefix(number.size());
      number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
    }
    if (numbers[0].size() != numbers[1].size()) return numbers[0].size() < numbers[1].size();
    if (numbers[0] != numbers[1]) return numbers[0] < numbers[1];
  }
  return a.size() != b.size() ? a.size() < b.size() : whole_a < whole_b;
}

/// The files that match, in natural order. Throws where there are none.
inline std::vector<std::string> matches(const std::string& pattern) {
  ::glob_t found{};
  const int error = ::glob(pattern.c_str(), GLOB_ERR | GLOB_NOSORT, nullptr, &found);
  const std::unique_ptr<::glob_t, void (*)(::glob_t*)> owner(&found, &::globfree);
  if (error == GLOB_NOMATCH) throw std::runtime_error("no file matches '" + pattern + "'");
  if (error != 0) throw std::runtime_error("cannot look for '" + pattern + "': a folder cannot be read");
  std::vector<std::string> names(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  std::sort(names.begin(), names.end(), natural_less);
  return names;
}

/// `@FILE` becomes the names in the lines of FILE, and a pattern of *, ? and [...] the files that match it; the name of a
/// file that there is stays what it is.
inline std::vector<std::string> expand_names(const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const std::string& argument : arguments) {
    std::vector<std::string> more{argument};
    std::error_code ignored;
    if (argument.starts_with('@'))
      more = read_list(argument.substr(1));
    else if (argument.find_first_of("*?[") != argument.npos && !std::filesystem::exists(argument, ignored))
      more = matches(argument);
    names.insert(names.end(), more.begin(), more.end());
  }
  return names;
}
