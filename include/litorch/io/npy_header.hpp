// SPDX-License-Identifier: MIT
// The header of NumPy's .npy files, read strictly, and written byte for byte as NumPy does.
#pragma once

#include <litorch/io/npy_parser.hpp>

namespace litorch {

/// The header at the start of a .npy file of `file_size` bytes; `head` is all of the file or its first kNpyHeadBytes.
/// `call` and `path` are named in errors.
///
/// Accepts formats 1.0, 2.0 and 3.0, and nothing that NumPy would refuse. Stricter than NumPy where a file is ambiguous:
/// no duplicate keys, no string escapes or prefixes, no numbers but plain decimals (no 1L, 0x1, 1_0, 00, -1), no tabs,
/// comments or newlines inside the header, a newline at its end, an explicit byte order, and exactly the bytes of data
/// that the shape needs.
///
/// Throws FormatError for the left-most error. Its offset() is that of
/// - the first byte that differs, for bad_magic, and the wrong number, for bad_version;
/// - the end of the file, for truncated_header and truncated_data;
/// - the length field, for header_too_long; the last byte of the header (or where it would start), for not_terminated;
/// - the byte, for not_ascii and bad_syntax, except that a string without an end counts from its opening quote;
/// - the opening quote of the key, for unknown_key and duplicate_key; the closing `}`, for missing_key;
/// - the first byte of the value, for bad_dtype, unsupported_dtype, bad_fortran_order and size_overflow;
/// - the first byte of the extent, for negative_extent, extent_too_large and too_many_dims;
/// - the first byte that cannot go on a shape, for bad_shape (a number with leading zeros counts from its start);
/// - the first surplus byte, for trailing_data.
///
/// A pure function, O(length of the header); allocates nothing but the text of errors.
inline NpyHeader parse_npy_header(const char* call, const std::string& path, std::span<const std::byte> head,
                                  Index file_size) {
  return detail::NpyHeaderParser(call, path, head, file_size).parse();
}

/// How long npy_header() is. NumPy (1.23 or later) pads with spaces until the extent along which the file can grow has
/// room for 21 digits and the data begin at a multiple of 64; for at most 8 dims and 2^63 elements that is always here.
inline constexpr Index kNpyHeaderBytes = 128;

namespace detail {

inline std::string npy_dictionary(DType dtype, bool fortran_order, const Shape& shape) {
  const DTypeInfo& type = info(dtype);
  const std::string_view order = type.item_size == 1 ? "|" : kLittleEndian ? "<" : ">";
  return to_text("{'descr': '", order, std::string_view(&type.kind, 1), type.item_size,
                 "', 'fortran_order': ", fortran_order ? "True" : "False", ", 'shape': ", shape, ", }");
}

/// A header of format 1.0 that is `bytes` long, if the dictionary, 10 bytes before it and a newline have room there.
inline std::string npy_header_of_length(std::string_view dictionary, Index bytes) {
  const auto rest = static_cast<unsigned>(bytes - 10);
  const char length[] = {static_cast<char>(rest & 0xff), static_cast<char>(rest >> 8)};
  std::string header =
      to_text(std::string_view("\x93NUMPY\x01\x00", 8), std::string_view(length, sizeof length), dictionary);
  header.resize(static_cast<std::size_t>(bytes) - 1, ' ');
  header += '\n';
  return header;
}

}  // namespace detail

/// The header that NumPy writes on this machine, byte for byte: format 1.0, kNpyHeaderBytes long.
inline std::string npy_header(DType dtype, bool fortran_order, const Shape& shape) {
  return detail::npy_header_of_length(detail::npy_dictionary(dtype, fortran_order, shape), kNpyHeaderBytes);
}

}  // namespace litorch
