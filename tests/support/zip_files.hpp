// SPDX-License-Identifier: MIT
// Zip archives made by hand, with any field wrong.
#pragma once

#include "support/npy_files.hpp"

#include <cstdint>
#include <optional>

namespace support {

/// The checksum of zip archives, bit by bit.
inline std::uint32_t crc32(const std::string& bytes) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320u : 0u);
  }
  return ~crc;
}

/// Deflated without compression: one final block, at most 65,535 bytes.
inline std::string deflate_stored(const std::string& bytes) {
  return "\1" + little_endian(bytes.size(), 2) + little_endian(~bytes.size(), 2) + bytes;
}

/// One member; what is not set is derived from the bytes.
struct ZipMemberSpec {
  std::string name, bytes;
  int method = 0;
  int flags = 0;
  std::optional<std::string> archived{};  ///< in place of `bytes`, or of them deflated
  std::optional<std::uint64_t> size{}, archived_size{}, crc{};
  std::optional<std::string> local_name{};
  std::optional<int> local_method{};
};

struct ZipSpec {
  std::vector<ZipMemberSpec> members;
  std::string before{}, comment{}, after{};
  std::optional<std::uint64_t> entries{}, directory_bytes{}, directory_offset{};
};

inline std::string zip_file(const ZipSpec& spec) {
  std::string file = spec.before, directory;
  for (const ZipMemberSpec& member : spec.members) {
    const std::string archived =
        member.archived.value_or(member.method == 8 ? deflate_stored(member.bytes) : member.bytes);
    const auto fields = [&](int method, const std::string& name) {
      const auto flags = static_cast<unsigned>(member.flags), how = static_cast<unsigned>(method);
      return little_endian(20, 2) + little_endian(flags, 2) + little_endian(how, 2) + little_endian(0, 2) +
             little_endian(33, 2) + little_endian(member.crc.value_or(crc32(member.bytes)), 4) +
             little_endian(member.archived_size.value_or(archived.size()), 4) +
             little_endian(member.size.value_or(member.bytes.size()), 4) + little_endian(name.size(), 2) +
             little_endian(0, 2);
    };
    const std::string local_name = member.local_name.value_or(member.name);
    directory += "PK\1\2" + little_endian(20, 2) + fields(member.method, member.name) + little_endian(0, 2) +
                 little_endian(0, 2) + little_endian(0, 2) + little_endian(0, 4) + little_endian(file.size(), 4) +
                 member.name;
    file += "PK\3\4" + fields(member.local_method.value_or(member.method), local_name) + local_name + archived;
  }
  const std::uint64_t entries = spec.entries.value_or(spec.members.size());
  return file + directory + "PK\5\6" + little_endian(0, 4) + little_endian(entries, 2) + little_endian(entries, 2) +
         little_endian(spec.directory_bytes.value_or(directory.size()), 4) +
         little_endian(spec.directory_offset.value_or(file.size()), 4) + little_endian(spec.comment.size(), 2) +
         spec.comment + spec.after;
}

}  // namespace support
