// SPDX-License-Identifier: MIT
// The header of safetensors files: a JSON object that says where each tensor's bytes are, read strictly.
#pragma once

#include <litorch/io/safetensors_types.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <span>
#include <utility>

namespace litorch {
namespace detail {

/// Characters that count how many of them were read.
struct CountedChars {
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;
  const char* at;
  Index* count;
  const char& operator*() const { return *at; }
  CountedChars& operator++() {
    ++at, ++*count;
    return *this;
  }
  CountedChars operator++(int) {
    CountedChars before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const CountedChars& a, const CountedChars& b) { return a.at == b.at; }
};

/// Follows the JSON library through a header. Every value has one place where it may be, so nothing nests deeper than a
/// list in a tensor in the header, and nothing here recurses.
class SafetensorsParser : public nlohmann::json_sax<nlohmann::json> {
 public:
  SafetensorsParser(const char* call, const std::string& path, Index file_size)
      : call_(call), path_(path), file_size_(file_size) {}

  SafetensorsHeader parse(std::string_view head) {
    const std::string_view json = read_length(head);
    for (std::size_t i = 0; i < json.size(); ++i)  // to the library a zero byte is the end
      if (i == 0 ? json[i] != '{' : json[i] == '\0')
        fail(FormatCode::bad_syntax, 8 + static_cast<Index>(i), "has byte ", static_cast<unsigned char>(json[i]),
             i == 0 ? " where the `{` of its header is expected" : " in its header");
    if (json.empty()) fail(FormatCode::bad_syntax, 8, "has an empty header");
    const CountedChars first{json.data(), &at_}, last{json.data() + json.size(), &at_};
    nlohmann::json::sax_parse(first, last, this);
    check_data();
    return std::move(header_);
  }

  bool null() override { fail_value("null"); }
  bool boolean(bool value) override { fail_value(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) override {
    if (place_ == Place::shape)
      fail(FormatCode::negative_extent, at_, "has extent ", value, " in tensor '", name_, "'");
    fail_value(std::to_string(value));
  }
  bool number_unsigned(std::uint64_t value) override {
    if (place_ != Place::shape && place_ != Place::offsets) fail_value(std::to_string(value));
    const bool fits = value <= static_cast<std::uint64_t>(std::numeric_limits<Index>::max());
    if (!fits)
      fail(place_ == Place::shape ? FormatCode::extent_too_large : FormatCode::bad_offsets, at_, "has ", value,
           " in tensor '", name_, "', over 2^63 - 1");
    if (place_ == Place::shape) {
      if (extents_.rank() == kMaxRank)
        fail(FormatCode::too_many_dims, at_, "has more than 8 dims in tensor '", name_, "'");
      extents_.push_back(static_cast<Index>(value));
    } else {
      if (offset_count_ == 2) fail_value("a third offset");
      offsets_[offset_count_++] = static_cast<Index>(value);
    }
    return true;
  }
  bool number_float(double, const std::string& text) override {
    const bool whole = text.find_first_not_of("0123456789") == std::string::npos;
    if (whole && place_ == Place::shape)
      fail(FormatCode::extent_too_large, at_, "has an extent over 2^63 - 1 in tensor '", name_, "'");
    fail_value(text);
  }
  bool string(std::string& text) override {
    if (place_ == Place::metadata_value) {
      header_.metadata[key_] = std::move(text);
      place_ = Place::metadata;
    } else if (place_ == Place::dtype) {
      const auto* const found = std::find_if(std::begin(kSafetensorsTypes), std::end(kSafetensorsTypes),
                                             [&](const SafetensorsType& type) { return type.name == text; });
      if (found == std::end(kSafetensorsTypes))
        fail(FormatCode::bad_dtype, at_, "has tensor '", name_, "' of an unknown type '", text.substr(0, 24), "'");
      type_ = found;
      place_ = Place::tensor;
    } else {
      fail_value("a string");
    }
    return true;
  }
  bool binary(nlohmann::json::binary_t&) override { fail_value("binary"); }

  bool start_object(std::size_t) override {
    if (place_ == Place::start) {
      place_ = Place::header;
    } else if (place_ == Place::metadata_object) {
      place_ = Place::metadata;
    } else if (place_ == Place::tensor_object) {
      place_ = Place::tensor;
      seen_ = {};
    } else {
      fail_value("an object");
    }
    return true;
  }
  bool key(std::string& text) override {
    if (place_ == Place::tensor) return tensor_key(text);
    const bool in_header = place_ == Place::header, metadata = in_header && text == "__metadata__";
    if (in_header ? !names_.insert(text).second : header_.metadata.contains(text))
      fail(FormatCode::duplicate_key, at_, "has '", text, "' twice in its header");
    place_ = metadata ? Place::metadata_object : in_header ? Place::tensor_object : Place::metadata_value;
    (in_header ? name_ : key_) = std::move(text);
    return true;
  }
  bool end_object() override {
    if (place_ == Place::tensor) add_tensor();
    place_ = place_ == Place::header ? Place::end : Place::header;
    return true;
  }
  bool start_array(std::size_t) override {
    if (place_ == Place::shape_list) {
      place_ = Place::shape;
      extents_ = {};
    } else if (place_ == Place::offset_list) {
      place_ = Place::offsets;
      offset_count_ = 0;
    } else {
      fail_value("a list");
    }
    return true;
  }
  bool end_array() override {
    if (place_ == Place::offsets && offset_count_ != 2) fail_value("fewer than two offsets");
    place_ = Place::tensor;
    return true;
  }
  bool parse_error(std::size_t position, const std::string& token, const nlohmann::json::exception&) override {
    // The position is that of the last character read, from 1 on; 0 where there was none.
    fail(FormatCode::bad_syntax, 8 + std::max<Index>(static_cast<Index>(position) - 1, 0),
         "has a header that is not JSON at `", token.substr(0, 24), "`");
  }

 private:
  /// What the next value is, or which object its key belongs to.
  enum class Place {
    start,
    header,
    metadata_object,
    metadata,
    metadata_value,
    tensor_object,
    tensor,
    dtype,
    shape_list,
    shape,
    offset_list,
    offsets,
    end,
  };
  static constexpr std::array<std::string_view, 3> kKeys = {"dtype", "shape", "data_offsets"};

  template <class... Parts>
  [[noreturn]] LITORCH_COLD void fail(FormatCode code, Index offset, const Parts&... what) const {
    fail_format(code, offset, call_, "(): '", path_, "' ", what..., "; save it again");
  }
  [[noreturn]] LITORCH_COLD void fail_value(std::string_view found) const {
    const std::string_view text = found.substr(0, 24);
    switch (place_) {
      case Place::metadata_object:
        fail(FormatCode::bad_metadata, at_, "has ", text, " where __metadata__ must be an object");
      case Place::metadata_value:
        fail(FormatCode::bad_metadata, at_, "has ", text, " in its metadata where a string is expected");
      case Place::dtype:
        fail(FormatCode::bad_dtype, at_, "has ", text, " where the type of tensor '", name_, "' is expected");
      case Place::shape_list:
      case Place::shape:
        fail(FormatCode::bad_shape, at_, "has ", text, " where the shape of tensor '", name_,
             "' has a list of integers");
      case Place::offset_list:
      case Place::offsets:
        fail(FormatCode::bad_offsets, at_, "has ", text, " where tensor '", name_, "' has two data offsets");
      default: fail(FormatCode::bad_syntax, at_, "has ", text, " where an object is expected");
    }
  }

  /// What is between the length and the data.
  std::string_view read_length(std::string_view head) {
    if (file_size_ < 8 || head.size() < 8)
      fail(FormatCode::truncated_header, file_size_, "ends inside the length of its header");
    std::uint64_t length = 0;
    for (std::size_t i = 8; i-- > 0;) length = length << 8 | static_cast<unsigned char>(head[i]);
    if (length > static_cast<std::uint64_t>(kSafetensorsMaxHeader))
      fail(FormatCode::header_too_long, 0, "has a header of ", length, " bytes, over the limit of ",
           kSafetensorsMaxHeader, ", or is no safetensors file");
    data_start_ = 8 + static_cast<Index>(length);
    if (file_size_ < data_start_ || head.size() - 8 < length)
      fail(FormatCode::truncated_header, file_size_, "ends inside a header of ", length, " bytes");
    return head.substr(8, length);
  }

  bool tensor_key(const std::string& text) {
    const auto found = std::find(kKeys.begin(), kKeys.end(), text);
    if (found == kKeys.end())
      fail(FormatCode::unknown_key, at_, "has an unknown key '", text.substr(0, 24), "' in tensor '", name_, "'");
    const auto place = static_cast<std::size_t>(found - kKeys.begin());
    if (std::exchange(seen_[place], true))
      fail(FormatCode::duplicate_key, at_, "has ", text, " twice in tensor '", name_, "'");
    place_ = std::array{Place::dtype, Place::shape_list, Place::offset_list}[place];
    return true;
  }

  void add_tensor() {
    for (std::size_t i = 0; i < kKeys.size(); ++i)
      if (!seen_[i]) fail(FormatCode::missing_key, at_, "has no ", kKeys[i], " in tensor '", name_, "'");
    // Counted in bits only where an element is no whole number of bytes.
    const Index scale = type_->bits % 8 == 0 ? 1 : 8, each = type_->bits * scale / 8;
    Index units = each;
    for (const Index extent : extents_)  // as in Shape, zeros do not excuse the other extents
      if (!multiply_checked(units, std::max<Index>(extent, 1), units))
        fail(FormatCode::size_overflow, at_, "has shape ", extents_, " of ", type_->name, " in tensor '", name_,
             "', over 2^63 - 1", scale == 1 ? " bytes" : " bits");
    const Shape shape(extents_);
    units = shape.numel() * each;
    const Index bytes = units / scale;
    if (units % scale != 0 || offsets_[1] < offsets_[0] || offsets_[1] - offsets_[0] != bytes)
      fail(FormatCode::bad_offsets, at_, "has data offsets ", offsets_[0], " and ", offsets_[1], " for tensor '", name_,
           "', but shape ", shape, " of ", type_->name, " takes ", units, scale == 1 ? " bytes" : " bits");
    header_.tensors.push_back({name_, std::string(type_->name), type_->dtype, shape, offsets_[0], bytes});
  }

  /// The data of the tensors, one after another, are all that is left of the file.
  void check_data() {
    const auto before = [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
      return a.data_offset != b.data_offset ? a.data_offset < b.data_offset : a.data_bytes < b.data_bytes;
    };
    std::stable_sort(header_.tensors.begin(), header_.tensors.end(), before);
    const Index present = file_size_ - data_start_;
    Index end = 0;
    for (SafetensorsEntry& tensor : header_.tensors) {
      if (tensor.data_offset > present || tensor.data_bytes > present - tensor.data_offset)
        fail(FormatCode::truncated_data, file_size_, "has ", present, " bytes of data, but tensor '", tensor.name,
             "' ends at ", tensor.data_offset + tensor.data_bytes);
      if (tensor.data_offset != end)
        fail(tensor.data_offset < end ? FormatCode::overlapping_data : FormatCode::data_gap,
             data_start_ + std::min(end, tensor.data_offset), "has tensor '", tensor.name, "' at ", tensor.data_offset,
             " of its data, where the one before it ends at ", end);
      end += tensor.data_bytes;
      tensor.data_offset += data_start_;
    }
    if (end != present)
      fail(FormatCode::trailing_data, data_start_ + end, "has ", present, " bytes of data, but its tensors only ", end);
  }

  const char* call_;
  const std::string& path_;
  Index file_size_, data_start_ = 8, at_ = 8;
  Place place_ = Place::start;
  std::set<std::string> names_;
  std::string name_, key_;
  std::array<bool, 3> seen_{};
  const SafetensorsType* type_ = nullptr;
  Dims extents_;
  std::array<Index, 2> offsets_{};
  std::size_t offset_count_ = 0;
  SafetensorsHeader header_;
};

}  // namespace detail

/// The header at the start of a safetensors file of `file_size` bytes; `head` is all of the file or its first bytes to the
/// end of the header. `call` and `path` are named in errors.
///
/// Accepts what the format allows, and nothing else: a header of at most 100 MB that begins with `{`; no key twice; data
/// that begin at their tensor's offset, are as long as its shape needs, and follow on each other without overlap or hole
/// from the end of the header to the end of the file. Stricter than the reference: no unknown keys in a tensor, at most 8
/// dims, and zeros in a shape do not excuse other extents that are too large.
///
/// Throws FormatError for the first error. Its offset() is, for bad_syntax, that of the last byte of what cannot be there;
/// for data_gap, overlapping_data and trailing_data the first byte that is nobody's or two tensors'; for truncated_header
/// and truncated_data the end of the file; 0 for header_too_long; else that of the first byte that was not read yet when the
/// error showed.
///
/// A pure function, O(n log n) in the length of the header; allocates in proportion to it.
inline SafetensorsHeader parse_safetensors_header(const char* call, const std::string& path,
                                                  std::span<const std::byte> head, Index file_size) {
  return detail::SafetensorsParser(call, path, file_size)
      .parse({reinterpret_cast<const char*>(head.data()), head.size()});
}

}  // namespace litorch
