// SPDX-License-Identifier: MIT
// Files of safetensors, their headers through nlohmann's JSON library: link litorch::safetensors.
#pragma once

#include <litorch/io/named_tensor.hpp>
#include <litorch/io/safetensors_header.hpp>

namespace litorch {

/// The tensors of a safetensors file, read or mapped by name. The header is read strictly; see parse_safetensors_header().
/// Keeps the file open. Thread-safe.
class SafetensorsReader {
 public:
  /// Reads the header and no data. Throws FormatError, IoError, std::bad_alloc.
  explicit SafetensorsReader(const std::string& path) : SafetensorsReader("SafetensorsReader", path) {}
  /// The same, with the call that errors name.
  SafetensorsReader(const char* call, const std::string& path) : file_(call, path), header_(read_header(file_)) {
    for (const SafetensorsEntry& tensor : header_.tensors) by_name_.emplace(tensor.name, &tensor);
  }
  SafetensorsReader(const SafetensorsReader&) = delete;
  SafetensorsReader& operator=(const SafetensorsReader&) = delete;

  /// In the order of their data.
  const std::vector<SafetensorsEntry>& entries() const noexcept { return header_.tensors; }
  const std::map<std::string, std::string>& metadata() const noexcept { return header_.metadata; }
  bool contains(const std::string& name) const { return by_name_.contains(name); }

  /// Reads a tensor, each byte once, straight to where it stays. Throws IndexError where there is none of this name,
  /// TypeError where it holds other elements than T, FormatError for bad booleans, for a type that litorch does not have
  /// and where the file became shorter, IoError, std::bad_alloc.
  template <NamedElement T>
  Tensor<T> load(const std::string& name) const requires(!std::is_const_v<T>) {
    return detail::load_npy_data<T>(file_, find(name, dtype_of<T>));
  }
  /// The tensor where it is in the file, read when it is looked at, with the same conditions as map_npy(): the file must not
  /// change meanwhile. Throws as load() does, and FormatError where the data are not aligned for T or in the other byte
  /// order than this machine's.
  template <NamedElement T>
  Tensor<const T> map(const std::string& name) const {
    return detail::map_npy_data<T>(file_, find(name, dtype_of<T>), "load_safetensors");
  }

 private:
  static SafetensorsHeader read_header(const posix::InputFile& file) {
    std::vector<std::byte> head(8);
    head.resize(file.read_at(head.data(), head.size(), 0));
    if (head.size() == 8) {
      std::uint64_t length = 0;
      for (std::size_t i = 8; i-- > 0;) length = length << 8 | std::to_integer<std::uint64_t>(head[i]);
      if (length <= static_cast<std::uint64_t>(kSafetensorsMaxHeader) &&
          static_cast<Index>(length) <= file.size() - 8) {  // else the parser says what is wrong
        head.resize(8 + length);
        head.resize(8 + file.read_at(head.data() + 8, length, 8));
      }
    }
    return parse_safetensors_header(file.call(), file.path(), head, file.size());
  }

  /// As the header of a .npy file says it.
  NpyHeader find(const std::string& name, DType wanted) const {
    const SafetensorsEntry& tensor = *detail::require_name(file_.call(), file_.path(), by_name_, name);
    if (!tensor.dtype)
      detail::fail_format(FormatCode::unsupported_dtype, tensor.data_offset, file_.call(), "(): '", file_.path(),
                          "' holds ", tensor.type, " as '", name,
                          "', for which litorch has no type; convert it before it is saved");
    if (*tensor.dtype != wanted)
      detail::fail<TypeError>(file_.call(), "(): '", file_.path(), "' holds ", litorch::name(*tensor.dtype), " as '",
                              name, "', not ", litorch::name(wanted), "; ask for the C++ type of ",
                              litorch::name(*tensor.dtype));
    return {.dtype = wanted,
            .swapped = !kLittleEndian && info(wanted).item_size > 1,
            .fortran_order = false,
            .shape = tensor.shape,
            .data_offset = tensor.data_offset,
            .data_bytes = tensor.data_bytes};
  }

  posix::InputFile file_;
  SafetensorsHeader header_;
  std::map<std::string, const SafetensorsEntry*> by_name_;
};

struct SaveSafetensorsOptions {
  posix::Durability durability = posix::Durability::synced;  ///< cached: without the wait for the disk
};

namespace detail {

/// A string as JSON has it. Throws Error where it is not UTF-8.
inline std::string json_string(const std::string& text) {
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::type_error&) {
    fail<Error>("save_safetensors(): a name or metadata of ", text.size(), " bytes that are not UTF-8; give UTF-8");
  }
}

/// The name of an element type in the format. Throws TypeError where it has none.
inline std::string_view safetensors_type(DType dtype, Index position) {
  for (const SafetensorsType& type : kSafetensorsTypes)
    if (type.dtype == dtype) return type.name;
  fail_input<TypeError>(position, "save_safetensors", " holds ", name(dtype),
                        ", which the format does not have; convert it, or view it as pairs of float64");
}

/// The header, with its length before it and padded to a multiple of 8, for tensors in the order of their data.
inline std::string safetensors_header(std::span<const NamedTensor* const> order, std::span<const NamedTensor> tensors,
                                      const std::map<std::string, std::string>& metadata) {
  std::string json = "{";
  if (!metadata.empty()) {
    json += "\"__metadata__\":{";
    for (const auto& [key, value] : metadata)
      json += to_text(json.back() == '{' ? "" : ",", json_string(key), ":", json_string(value));
    json += '}';
  }
  Index offset = 0;
  for (const NamedTensor* const tensor : order) {
    json += to_text(json.back() == '{' ? "" : ",", json_string(tensor->name()), ":{\"dtype\":\"",
                    safetensors_type(tensor->dtype(), tensor - tensors.data()), "\",\"shape\":[");
    for (const Index extent : tensor->shape()) json += to_text(json.back() == '[' ? "" : ",", extent);
    const Index begin = offset;
    if (!add_checked(offset, tensor->bytes(), offset))
      fail<ShapeError>("save_safetensors(): the tensors have more than 2^63 - 1 bytes; write several files");
    json += to_text("],\"data_offsets\":[", begin, ",", offset, "]}");
  }
  json += '}';
  json.resize((json.size() + 7) / 8 * 8, ' ');
  if (json.size() > static_cast<std::size_t>(kSafetensorsMaxHeader))
    fail<Error>("save_safetensors(): a header of ", json.size(), " bytes, over the limit of ", kSafetensorsMaxHeader,
                "; write several files");
  std::string length;
  for (std::size_t i = 0; i < 8; ++i) length += static_cast<char>(json.size() >> (8 * i));
  return length + json;
}

inline void write_little_endian(posix::OutputFile& file, const NamedTensor& tensor) {
  const std::size_t unit = kLittleEndian ? 1 : info(tensor.dtype()).swap_size;
  NamedTensorBytes elements(tensor, tensor.layout());
  for (auto piece = elements.next(); !piece.empty(); piece = elements.next()) {
    if (unit == 1) {
      file.write(piece.data(), piece.size());
      continue;
    }
    std::vector<std::byte> swapped(piece.begin(), piece.end());
    swap_units(unit, swapped.data(), static_cast<Index>(swapped.size()));
    file.write(swapped.data(), swapped.size());
  }
}

}  // namespace detail

/// The header of a safetensors file. Reads no data. Throws FormatError, IoError, std::bad_alloc.
inline SafetensorsHeader safetensors_info(const std::string& path) {
  const SafetensorsReader reader("safetensors_info", path);
  return {reader.entries(), reader.metadata()};
}

/// One tensor of a safetensors file; SafetensorsReader::load() is better for many. Throws what its constructor and load()
/// throw.
template <NamedElement T>
Tensor<T> load_safetensors(const std::string& path, const std::string& name) requires(!std::is_const_v<T>) {
  return SafetensorsReader("load_safetensors", path).load<T>(name);
}

/// One tensor of a safetensors file, mapped read-only: takes no memory of its own; see SafetensorsReader::map() and
/// map_npy(). Throws what the constructor and map() throw.
template <NamedElement T>
Tensor<const T> map_safetensors(const std::string& path, const std::string& name) {
  return SafetensorsReader("map_safetensors", path).map<T>(name);
}

/// Writes tensors of any named element types but complex128 as a safetensors file: save_safetensors("a.safetensors",
/// {{"x", x}, {"y", y}}, {{"made by", "me"}}). Row-major and little-endian, the largest element types first, so that each
/// tensor is aligned and can be mapped; complex64 is C64, which readers from before 2025 do not know. It appears whole, on
/// disk, or not at all: an error leaves what was at `path` as it was. Reads each element once; layouts that are not
/// row-major pass through 16 KiB. Throws Error for names or metadata that are not UTF-8, for equal names and for the name
/// `__metadata__`; TypeError; IoError; std::bad_alloc.
inline void save_safetensors(const std::string& path, std::span<const NamedTensor> tensors,
                             const std::map<std::string, std::string>& metadata = {},
                             const SaveSafetensorsOptions& options = {}) {
  detail::require_distinct_names("save_safetensors", tensors);
  std::vector<const NamedTensor*> order;
  for (const NamedTensor& tensor : tensors) {
    if (tensor.name() == "__metadata__")
      detail::fail_input<Error>(static_cast<Index>(order.size()), "save_safetensors",
                                " is named '__metadata__', which the format keeps for itself; give another name");
    order.push_back(&tensor);
  }
  std::stable_sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
    const auto size_a = info(a->dtype()).item_size, size_b = info(b->dtype()).item_size;
    return size_a != size_b ? size_a > size_b : a->name() < b->name();
  });
  const std::string header = detail::safetensors_header(order, tensors, metadata);
  posix::OutputFile file("save_safetensors", path, options.durability);
  file.write(header.data(), header.size());
  for (const NamedTensor* const tensor : order) detail::write_little_endian(file, *tensor);
  file.publish();
}
inline void save_safetensors(const std::string& path, std::initializer_list<NamedTensor> tensors,
                             const std::map<std::string, std::string>& metadata = {},
                             const SaveSafetensorsOptions& options = {}) {
  save_safetensors(path, std::span(tensors.begin(), tensors.size()), metadata, options);
}

}  // namespace litorch
