// SPDX-License-Identifier: MIT
// Bad .npy files, made by hand. Each has one error, the code it must be reported as, and the byte it must be reported
// at. Where the error is in the dictionary its place is marked with @, which is not part of the file.
#pragma once

#include "support/npy_files.hpp"

#include <vector>

namespace support {

struct HostileNpy {
  std::string name;
  std::string bytes;
  litorch::FormatCode code;
  litorch::Index offset;
};

/// Collects rows.
class HostileRows {
 public:
  const std::vector<HostileNpy>& files() const { return files_; }

 protected:
  using Code = litorch::FormatCode;
  using Index = litorch::Index;
  static constexpr const char* kValid = "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }";  // 57 bytes
  static std::string data(std::size_t bytes) { return std::string(bytes, '\0'); }

  void add(const std::string& name, Code code, Index offset, std::string bytes) {
    files_.push_back({name, std::move(bytes), code, offset});
  }
  /// A header of exactly these bytes, one of them marked; then 16 bytes of data.
  void exact(const std::string& name, Code code, std::string header, int version = 1) {
    const std::size_t mark = header.find('@');
    header.erase(mark, 1);
    add(name, code, static_cast<Index>(mark) + (version == 1 ? 10 : 12), npy_exact(header, version) + data(16));
  }
  /// The same with padding and a newline.
  void in(const std::string& name, Code code, std::string dictionary, int version = 1) {
    const std::size_t mark = dictionary.find('@');
    dictionary.erase(mark, 1);
    add(name, code, static_cast<Index>(mark) + (version == 1 ? 10 : 12), npy_padded(dictionary, version) + data(16));
  }
  void descr(Code code, std::initializer_list<std::string> values) {
    for (const std::string& value : values)
      in("descr " + value, code, "{'descr': " + value + ", 'fortran_order': False, 'shape': (2,), }");
  }
  void order(Code code, std::initializer_list<std::string> values) {
    for (const std::string& value : values)
      in("fortran_order " + value, code, "{'descr': '<f8', 'fortran_order': " + value + ", 'shape': (2,), }");
  }
  void shape(Code code, std::initializer_list<std::string> values) {
    for (const std::string& value : values) shape_of(code, "<f8", value);
  }
  void shape_of(Code code, const std::string& type, const std::string& value) {
    in("shape " + value, code, "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + value + ", }");
  }

 private:
  std::vector<HostileNpy> files_;
};

}  // namespace support
