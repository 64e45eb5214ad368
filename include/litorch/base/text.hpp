// SPDX-License-Identifier: MIT
// Builds the text of error messages without iostreams.
#pragma once

#include <litorch/base/config.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace litorch::detail {

inline void append_text(std::string& text, std::string_view part) { text += part; }
inline void append_text(std::string& text, std::integral auto value) { text += std::to_string(value); }

/// A shape, strides or a list of dims: what has a rank and iterates over integers.
template <class Extents>
concept TextExtents = requires(const Extents& extents) {
  extents.rank(), *extents.begin();
};

/// `(2, 3, 4)`; a single extent keeps the comma of a Python tuple, `(5,)`.
template <TextExtents Extents>
void append_text(std::string& text, const Extents& extents) {
  text += '(';
  std::size_t count = 0;
  for (const Index extent : extents) {
    if (count++ > 0) text += ", ";
    text += std::to_string(extent);
  }
  text += count == 1 ? ",)" : ")";
}

/// The parts in a row: strings as they are, integers in decimal, shapes as tuples.
template <class... Parts>
std::string to_text(const Parts&... parts) {
  std::string text;
  (append_text(text, parts), ...);
  return text;
}

}  // namespace litorch::detail
