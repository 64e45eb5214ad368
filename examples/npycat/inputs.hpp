// SPDX-License-Identifier: MIT
// The names of the files to join, where they are too many for a command line.
#pragma once

#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

/// Names that each end in `end`.
inline std::vector<std::string> read_names(std::istream& stream, char end) {
  std::vector<std::string> names;
  for (std::string name; std::getline(stream, name, end);)
    if (!name.empty()) names.push_back(name);
  return names;
}

/// `@FILE` becomes the names in the lines of FILE; everything else is a name already.
inline std::vector<std::string> expand_lists(const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const std::string& argument : arguments) {
    if (!argument.starts_with('@')) {
      names.push_back(argument);
      continue;
    }
    std::ifstream list(argument.substr(1));
    if (!list)
      throw std::runtime_error("cannot read the list '" + argument.substr(1) + "'; a name that begins with @ is ./@");
    const std::vector<std::string> listed = read_names(list, '\n');
    names.insert(names.end(), listed.begin(), listed.end());
  }
  return names;
}
