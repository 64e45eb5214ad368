// SPDX-License-Identifier: MIT
// What the header of a .npy file says, and the one strict parser of it; parse_npy_header() is its front.
#pragma once

#include <litorch/base/dtype.hpp>
#include <litorch/shape/shape.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace litorch {

/// What the header of a .npy file says. The elements are `data_bytes` bytes from `data_offset` to the end of the file.
struct NpyHeader {
  DType dtype = DType::boolean;
  bool swapped = false;        ///< the file's byte order is not this machine's
  bool fortran_order = false;  ///< the first index runs fastest
  Shape shape;
  Index data_offset = 0;
  Index data_bytes = 0;
  int version = 1;  ///< of the format: 1, 2 or 3, always minor version 0

  friend bool operator==(const NpyHeader&, const NpyHeader&) = default;
};

/// Enough of a file's start to hold any header that is accepted.
inline constexpr std::size_t kNpyHeadBytes = 12 + 10'000;

namespace detail {

/// The length field of a header that begins `at` bytes behind the start of the file: 10 in version 1, 12 otherwise.
inline std::size_t npy_header_length(std::span<const std::byte> head, std::size_t at) {
  std::size_t length = 0;
  for (std::size_t i = at; i-- > 8;) length = length << 8 | std::to_integer<std::size_t>(head[i]);
  return length;
}

/// Reads left to right and reports the left-most error. The bytes of the header are checked first, so that all that
/// follows sees printable ASCII and one newline, at the end, where every loop stops.
class NpyHeaderParser {
 public:
  NpyHeaderParser(const char* call, const std::string& path, std::span<const std::byte> head, Index file_size)
      : call_(call),
        path_(path),
        file_size_(file_size),
        head_(reinterpret_cast<const char*>(head.data()), head.size()) {
    if (file_size < static_cast<Index>(head.size())) head_ = head_.substr(0, static_cast<std::size_t>(file_size));
  }

  NpyHeader parse() {
    read_preamble();
    check_bytes();
    read_dictionary();
    check_size();
    return header_;
  }

 private:
  static constexpr std::string_view kMagic = "\x93NUMPY";
  static constexpr std::size_t kMaxHeader = kNpyHeadBytes - 12;
  static constexpr std::string_view kRemedy = "; save it again with numpy.save";
  static constexpr std::array<std::string_view, 3> kKeys = {"descr", "fortran_order", "shape"};

  template <class... Parts>
  [[noreturn]] LITORCH_COLD void fail(FormatCode code, std::size_t offset, const Parts&... what) const {
    fail_format(code, static_cast<Index>(offset), call_, "(): '", path_, "' ", what...);
  }
  [[noreturn]] LITORCH_COLD void fail_found(FormatCode code, std::size_t offset, std::string_view expected) const {
    const std::string_view found = head_.substr(offset, std::min<std::size_t>(24, end_ - 1 - offset));
    fail(code, offset, "has a header with ", found.empty() ? "nothing" : to_text("`", found, "`"), " where ", expected,
         " is expected", kRemedy);
  }

  static bool is_one_of(char c, std::string_view set) { return set.find(c) != set.npos; }
  unsigned byte(std::size_t at) const { return static_cast<unsigned char>(head_[at]); }
  void require_bytes(std::size_t count) const {
    if (head_.size() < count)
      fail(FormatCode::truncated_header, head_.size(), "ends after ", head_.size(), " bytes, inside a header of ",
           count, "; copy or save it again");
  }

  void read_preamble() {
    for (std::size_t i = 0; i < std::min(head_.size(), kMagic.size()); ++i)
      if (head_[i] != kMagic[i])
        fail(FormatCode::bad_magic, i, "does not begin with \\x93NUMPY; give a file that numpy.save wrote");
    require_bytes(8);
    const bool known = byte(6) >= 1 && byte(6) <= 3;
    if (!known || byte(7) != 0)
      fail(FormatCode::bad_version, known ? 7 : 6, "has format version ", byte(6), ".", byte(7),
           ", not 1.0, 2.0 or 3.0", kRemedy);
    header_.version = static_cast<int>(byte(6));
    at_ = byte(6) == 1 ? 10 : 12;
    require_bytes(at_);
    const std::size_t length = npy_header_length(std::as_bytes(std::span(head_)), at_);
    if (length > kMaxHeader)
      fail(FormatCode::header_too_long, 8, "has a header of ", length, " bytes, over NumPy's limit of ", kMaxHeader, "",
           kRemedy);
    end_ = at_ + length;
    require_bytes(end_);
    header_.data_offset = static_cast<Index>(end_);
  }

  void check_bytes() const {
    for (std::size_t i = at_; i + 1 < end_; ++i)
      if (byte(i) < 32 || byte(i) > 126)
        fail(FormatCode::not_ascii, i, "has byte ", byte(i), " in its header, expected printable ASCII", kRemedy);
    if (at_ == end_ || head_[end_ - 1] != '\n')
      fail(FormatCode::not_terminated, at_ == end_ ? at_ : end_ - 1, "has a header that does not end in a newline",
           kRemedy);
  }

  /// The next byte that is not a space, which stays unread.
  char peek() {
    while (head_[at_] == ' ') ++at_;
    return head_[at_];
  }
  void expect(char wanted, std::string_view expected) {
    if (peek() != wanted) fail_found(FormatCode::bad_syntax, at_, expected);
    ++at_;
  }

  void read_dictionary() {
    std::array<bool, kKeys.size()> seen{};
    expect('{', "`{`");
    while (peek() != '}') {
      const std::size_t key = read_key();
      if (std::exchange(seen[key], true))
        fail(FormatCode::duplicate_key, key_at_, "has two values for ", kKeys[key], kRemedy);
      expect(':', "`:`");
      peek();
      if (key == 0) read_descr();
      if (key == 1) read_fortran_order();
      if (key == 2) read_shape();
      if (peek() != '}') expect(',', "`,` or `}`");
    }
    for (std::size_t key = 0; key < kKeys.size(); ++key)
      if (!seen[key]) fail(FormatCode::missing_key, at_, "has no ", kKeys[key], kRemedy);
    ++at_;
    expect('\n', "the end of the header");
  }

  std::size_t read_key() {
    key_at_ = at_;
    if (!is_one_of(head_[at_], "'\"")) fail_found(FormatCode::bad_syntax, at_, "a key in quotes");
    const std::string_view text = read_string();
    for (std::size_t key = 0; key < kKeys.size(); ++key)
      if (text == kKeys[key]) return key;
    fail_found(FormatCode::unknown_key, key_at_, "descr, fortran_order or shape");
  }

  /// The text between the quote here and the next one like it.
  std::string_view read_string() {
    const std::size_t start = at_ + 1;
    const std::size_t length = head_.substr(start, end_ - start).find(head_[at_]);
    if (length == std::string_view::npos) fail_found(FormatCode::bad_syntax, at_, "a string with an end");
    const std::string_view text = head_.substr(start, length);
    if (const std::size_t escape = text.find('\\'); escape != std::string_view::npos)
      fail_found(FormatCode::bad_syntax, start + escape, "a string without escapes");
    at_ = start + length + 1;
    return text;
  }

  /// An order, a kind, and a size in decimal. '<' and '>' on single bytes mean what '|' does; '=', and '|' on more than
  /// a byte, which NumPy reads as the order of whichever machine it runs on, are refused.
  void read_descr() {
    const std::size_t start = at_;
    if (is_one_of(head_[at_], "[("))
      fail_found(FormatCode::unsupported_dtype, start, "a boolean, integer, float or complex type, not a structure,");
    if (!is_one_of(head_[at_], "'\"")) fail_found(FormatCode::bad_dtype, start, "a type string");
    const std::string_view text = read_string();
    const bool has_kind = text.size() >= 2 && is_one_of(text[0], "<>|=");
    if (has_kind && is_one_of(text[1], "mMOSUVa"))
      fail_found(FormatCode::unsupported_dtype, start, "a boolean, integer, float or complex type");
    const bool has_size = text.size() >= 3 && text[2] != '0' && text.find_first_not_of("0123456789", 2) == text.npos;
    if (!has_kind || !is_one_of(text[1], "biufc") || !has_size)
      fail_found(FormatCode::bad_dtype, start, "a type string such as '<f8'");
    for (std::size_t i = 0; i < std::size(kDTypes); ++i)
      if (kDTypes[i].kind == text[1] && std::to_string(kDTypes[i].item_size) == text.substr(2)) {
        if (text[0] == '=' || (text[0] == '|' && kDTypes[i].item_size > 1))
          fail_found(FormatCode::bad_dtype, start, "a type string that says `<` or `>`");
        header_.dtype = static_cast<DType>(i);
        header_.swapped = kDTypes[i].item_size > 1 && (text[0] == '<') != kLittleEndian;
        return;
      }
    fail_found(FormatCode::unsupported_dtype, start, "a type of 1, 2, 4, 8 or, for complex, 16 bytes");
  }

  void read_fortran_order() {
    const std::size_t start = at_;
    const auto is_name = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    while (is_name(head_[at_])) ++at_;
    const std::string_view text = head_.substr(start, at_ - start);
    if (text != "True" && text != "False") fail_found(FormatCode::bad_fortran_order, start, "True or False");
    header_.fortran_order = text == "True";
  }

  void read_shape() {
    shape_at_ = at_;
    if (head_[at_] != '(') fail_found(FormatCode::bad_shape, at_, "a shape in parentheses");
    ++at_;
    bool comma = true;
    while (peek() != ')') {
      const std::size_t start = at_;
      const Index extent = read_extent();
      if (extents_.rank() == kMaxRank)
        fail(FormatCode::too_many_dims, start, "has more than 8 dims; reshape it in NumPy and save it again");
      extents_.push_back(extent);
      comma = peek() == ',';
      if (!comma && head_[at_] != ')') fail_found(FormatCode::bad_shape, at_, "`,` or `)`");
      at_ += comma;
    }
    if (extents_.rank() == 1 && !comma) fail_found(FormatCode::bad_shape, at_, "the `,` of a tuple of one");
    ++at_;
  }

  Index read_extent() {
    const std::size_t start = at_;
    const auto is_digit = [this](std::size_t at) { return head_[at] >= '0' && head_[at] <= '9'; };
    if (head_[at_] == '-' && is_digit(at_ + 1) && head_[at_ + 1] != '0')
      fail_found(FormatCode::negative_extent, start, "an extent of 0 or more");
    if (!is_digit(at_) || (head_[at_] == '0' && is_digit(at_ + 1)))
      fail_found(FormatCode::bad_shape, start, "a plain decimal number");
    Index extent = 0;
    for (; is_digit(at_); ++at_)
      if (!multiply_checked(extent, 10, extent) || !add_checked(extent, head_[at_] - '0', extent))
        fail_found(FormatCode::extent_too_large, start, "an extent up to 2^63 - 1");
    return extent;
  }

  void check_size() {
    const DTypeInfo& type = info(header_.dtype);
    Index bytes = type.item_size;
    for (const Index extent : extents_)  // as in Shape and NumPy, zeros do not excuse the other extents
      if (!multiply_checked(bytes, std::max<Index>(extent, 1), bytes))
        fail(FormatCode::size_overflow, shape_at_, "has shape ", extents_, " of ", type.name, ", over 2^63 - 1 bytes",
             kRemedy);
    header_.shape = Shape(extents_);
    header_.data_bytes = header_.shape.numel() * static_cast<Index>(type.item_size);
    const Index present = file_size_ - header_.data_offset;
    if (present < header_.data_bytes)
      fail(FormatCode::truncated_data, static_cast<std::size_t>(file_size_), "has ", present,
           " bytes of data, but shape ", extents_, " of ", type.name, " needs ", header_.data_bytes,
           "; copy or save it again");
    if (present > header_.data_bytes)
      fail(FormatCode::trailing_data, end_ + static_cast<std::size_t>(header_.data_bytes), "has ", present,
           " bytes of data, but shape ", extents_, " of ", type.name, " needs only ", header_.data_bytes,
           "; cut off the rest, or save it again");
  }

  const char* call_;
  const std::string& path_;
  Index file_size_;
  std::string_view head_;
  std::size_t at_ = 0, end_ = 0, key_at_ = 0, shape_at_ = 0;
  Dims extents_;
  NpyHeader header_;
};

}  // namespace detail
}  // namespace litorch
