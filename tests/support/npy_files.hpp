// SPDX-License-Identifier: MIT
// .npy files made by hand, and files as strings of bytes.
#pragma once

#include <litorch/io/npy.hpp>

#include <cstdio>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace support {

/// `count` low bytes of `value`, the lowest first.
inline std::string little_endian(std::uint64_t value, std::size_t count) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

/// Magic, version and a length field of 2 bytes for version 1, else 4.
inline std::string npy_preamble(int version, std::uint64_t header_length) {
  return "\x93NUMPY" + std::string{static_cast<char>(version), '\0'} +
         little_endian(header_length, version == 1 ? 2 : 4);
}

/// A preamble and `header`, which is taken as it is: no padding, no newline is added.
inline std::string npy_exact(const std::string& header, int version = 1) {
  return npy_preamble(version, header.size()) + header;
}

/// A preamble and `dictionary`, padded with spaces and a newline to a multiple of 64 bytes.
inline std::string npy_padded(const std::string& dictionary, int version = 1) {
  const std::size_t used = (version == 1 ? 10 : 12) + dictionary.size() + 1;
  return npy_exact(dictionary + std::string((64 - used % 64) % 64, ' ') + "\n", version);
}

inline void write_file(const std::string& path, const std::string& bytes) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), &std::fclose);
  if (!file || std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
    throw std::runtime_error("cannot write " + path);
}

inline std::string read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), &std::fclose);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::string bytes;
  char piece[4096];
  for (std::size_t got; (got = std::fread(piece, 1, sizeof piece, file.get())) > 0;) bytes.append(piece, got);
  return bytes;
}

/// parse_npy_header() on the whole of a file, in memory that ends where the file does.
inline litorch::NpyHeader parse(const std::string& file) {
  const std::vector<char> bytes(file.begin(), file.end());
  return litorch::parse_npy_header("test", "bytes", std::as_bytes(std::span(bytes)),
                                   static_cast<litorch::Index>(bytes.size()));
}

/// The code and offset of the FormatError that `f()` throws; {-1, -1} if it throws nothing.
template <class F>
std::pair<int, litorch::Index> format_error(F&& f) {
  try {
    f();
  } catch (const litorch::FormatError& error) {
    return {static_cast<int>(error.code()), error.offset()};
  }
  return {-1, -1};
}

}  // namespace support
