// SPDX-License-Identifier: MIT
// Bad .npy files: what is wrong before the values. See npy_hostile_rows.hpp.
#pragma once

#include "support/npy_hostile_rows.hpp"

namespace support {

class HostileHeaders : public HostileRows {
 protected:
  HostileHeaders() {
    preambles();
    lengths();
    header_bytes();
    syntax();
    keys();
  }

 private:
  void preambles() {
    const std::string magic = "\x93NUMPY";
    add("an empty file", Code::truncated_header, 0, "");
    for (std::size_t n = 1; n <= 5; ++n)
      add("part of the magic", Code::truncated_header, static_cast<Index>(n), magic.substr(0, n));
    add("the magic alone", Code::truncated_header, 6, magic);
    add("no minor version", Code::truncated_header, 7, magic + "\1");
    add("no length, 1.0", Code::truncated_header, 8, magic + std::string("\1\0", 2));
    add("no length, 2.0", Code::truncated_header, 8, magic + std::string("\2\0", 2));
    add("no length, 3.0", Code::truncated_header, 8, magic + std::string("\3\0", 2));
    add("half a length, 1.0", Code::truncated_header, 9, magic + std::string("\1\0v", 3));
    add("a quarter of a length, 2.0", Code::truncated_header, 9, magic + std::string("\2\0v", 3));
    add("half a length, 2.0", Code::truncated_header, 10, magic + std::string("\2\0v\0", 4));
    add("most of a length, 3.0", Code::truncated_header, 11, magic + std::string("\3\0v\0\0", 5));

    const std::string rest = std::string("\1\0v\0", 4) + kValid + std::string(60, ' ') + "\n" + data(16);
    add("magic, byte 0", Code::bad_magic, 0, "\x92NUMPY" + rest);
    add("magic, byte 1", Code::bad_magic, 1, "\x93nUMPY" + rest);
    add("magic, byte 2", Code::bad_magic, 2, "\x93NuMPY" + rest);
    add("magic, byte 3", Code::bad_magic, 3, "\x93NUmPY" + rest);
    add("magic, byte 4", Code::bad_magic, 4, "\x93NUMQY" + rest);
    add("magic, byte 5", Code::bad_magic, 5, "\x93NUMPZ" + rest);
    add("no first byte", Code::bad_magic, 0, "NUMPY" + rest);
    add("magic encoded as UTF-8", Code::bad_magic, 0, "\xC2\x93NUMPY" + rest);
    add("a newline before", Code::bad_magic, 0, "\n\x93NUMPY" + rest);
    add("a byte order mark before", Code::bad_magic, 0, "\xEF\xBB\xBF\x93NUMPY" + rest);
    add("magic twice", Code::bad_version, 6, magic + magic + rest);
    add("a short wrong magic", Code::bad_magic, 3, "\x93NUX");
    add("one zero byte", Code::bad_magic, 0, data(1));
    add("a page of zeros", Code::bad_magic, 0, data(4096));
    add("text", Code::bad_magic, 0, "1.0 2.0 3.0\n4.0 5.0 6.0\n");
    add("a zip archive (.npz)", Code::bad_magic, 0, std::string("PK\3\4\x14\0\0\0", 8) + data(64));
    add("a gzip stream", Code::bad_magic, 0, std::string("\x1f\x8b\x08\0", 4) + data(64));
    add("an HDF5 file", Code::bad_magic, 0, "\x89HDF\r\n\x1a\n" + data(64));
    add("a pickle", Code::bad_magic, 0, "\x80\x04\x95" + data(64));
    add("an Arrow file", Code::bad_magic, 0, std::string("ARROW1\0\0", 8) + data(64));
    add("a safetensors file", Code::bad_magic, 0, little_endian(64, 8) + "{\"a\":{\"dtype\":\"F32\"}}");

    const auto version = [&](int major, int minor, Index offset) {
      add("a version", Code::bad_version, offset,
          magic + std::string{static_cast<char>(major), static_cast<char>(minor)} + rest.substr(2));
    };
    version(0, 0, 6);
    version(0, 1, 6);
    version(1, 1, 7);
    version(1, 2, 7);
    version(1, 255, 7);
    version(2, 1, 7);
    version(3, 1, 7);
    version(3, 48, 7);
    version(4, 0, 6);
    version(4, 1, 6);
    version('1', '0', 6);
    version(128, 0, 6);
    version(255, 0, 6);
    version(255, 255, 6);
    add("a bad version ends the file", Code::bad_version, 6, magic + "\4\1");
  }

  void lengths() {
    const std::string header = kValid + std::string(60, ' ') + "\n";  // 57 + 60 + 1 = 118 bytes, 128 in all
    const auto with = [&](int version, std::uint64_t length, std::size_t keep) {
      return npy_preamble(version, length) + (header + data(16)).substr(0, keep);
    };
    add("no header, 1.0", Code::truncated_header, 10, with(1, 118, 0));
    add("no header, 2.0", Code::truncated_header, 12, with(2, 118, 0));
    add("no header, 3.0", Code::truncated_header, 12, with(3, 118, 0));
    add("half a header", Code::truncated_header, 69, with(1, 118, 59));
    add("a header without its last byte, 1.0", Code::truncated_header, 127, with(1, 118, 117));
    add("a header without its last byte, 2.0", Code::truncated_header, 129, with(2, 118, 117));
    add("a length one past the end of the file", Code::truncated_header, 144, with(1, 135, 134));
    add("the longest length that is allowed, in a short file", Code::truncated_header, 144, with(1, 10000, 134));
    add("a length of 10001, 1.0", Code::header_too_long, 8, with(1, 10001, 134));
    add("a length of 10001, 2.0", Code::header_too_long, 8, with(2, 10001, 134));
    add("a length of 10001, 3.0", Code::header_too_long, 8, with(3, 10001, 134));
    add("a length of 65535", Code::header_too_long, 8, with(1, 65535, 134));
    add("a length of 65536", Code::header_too_long, 8, with(2, 65536, 134));
    add("a length of 2^24", Code::header_too_long, 8, with(2, 1 << 24, 134));
    add("a length of 2^31 - 1", Code::header_too_long, 8, with(2, 0x7fffffff, 134));
    add("a length of 2^31", Code::header_too_long, 8, with(2, 0x80000000, 134));
    add("a length of 2^32 - 1 in a file of 14 bytes", Code::header_too_long, 8, with(2, 0xffffffff, 2));
    add("a length of 2^32 - 12, so that the sum wraps", Code::header_too_long, 8, with(3, 0xfffffff4, 134));
    add("a big-endian length, 1.0", Code::header_too_long, 8, with(1, 0x7600, 134));
    add("a big-endian length, 2.0", Code::header_too_long, 8, with(2, 0x76000000, 134));
    add("a header of 10001 bytes that is there", Code::header_too_long, 8,
        npy_exact(kValid + std::string(10001 - 58, ' ') + "\n") + data(16));
    add("a length of 2 bytes in 2.0", Code::header_too_long, 8, npy_preamble(2, 118).substr(0, 10) + header + data(16));
    add("a length of 4 bytes in 1.0", Code::not_ascii, 10, npy_preamble(1, 118) + data(2) + header + data(16));
    add("a length of 0, 1.0", Code::not_terminated, 10, with(1, 0, 134));
    add("a length of 0, 2.0", Code::not_terminated, 12, with(2, 0, 134));
    add("a length of 0, 3.0, at the end of the file", Code::not_terminated, 12, with(3, 0, 0));
    add("a length of 1", Code::not_terminated, 10, with(1, 1, 134));
    add("a header of one newline", Code::bad_syntax, 10, npy_exact("\n") + data(16));
    add("a length that leaves out the newline", Code::not_terminated, 126, with(1, 117, 134));
    add("a length that cuts the dictionary", Code::not_terminated, 29, with(1, 20, 134));
    add("a length that takes in data", Code::not_ascii, 127, with(1, 126, 134));
  }

  void header_bytes() {
    exact("a tab", Code::not_ascii, "{'descr':@\t'<f8', 'fortran_order': False, 'shape': (2,), }\n");
    exact("a tab as padding", Code::not_ascii, std::string(kValid) + "  @\t \n");
    exact("a newline in the dictionary", Code::not_ascii,
          "{'descr': '<f8',@\n 'fortran_order': False, 'shape': (2,), }\n");
    exact("a newline in the padding", Code::not_ascii, std::string(kValid) + "  @\n \n");
    exact("two newlines", Code::not_ascii, std::string(kValid) + "  @\n\n");
    exact("a newline first", Code::not_ascii, "@\n" + std::string(kValid) + "\n");
    exact("a carriage return", Code::not_ascii, std::string(kValid) + "@\r\n");
    exact("a form feed", Code::not_ascii, "@\f" + std::string(kValid) + "\n");
    exact("a vertical tab", Code::not_ascii, "{@\v'descr': '<f8', 'fortran_order': False, 'shape': (2,), }\n");
    exact("an escape byte", Code::not_ascii, "{'descr': '@\x1b[0m<f8', 'fortran_order': False, 'shape': (2,), }\n");
    exact("byte 31", Code::not_ascii, "{'descr': '<f8@\x1f', 'fortran_order': False, 'shape': (2,), }\n");
    exact("byte 127", Code::not_ascii, "{'descr': '<f8@\x7f', 'fortran_order': False, 'shape': (2,), }\n");
    exact("byte 128", Code::not_ascii, "{'descr': '<f8@\x80', 'fortran_order': False, 'shape': (2,), }\n");
    exact("byte 255", Code::not_ascii, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }@\xff\n");
    exact("a Latin-1 no-break space, 1.0", Code::not_ascii,
          "{@\xa0'descr': '<f8', 'fortran_order': False, 'shape': (2,)}\n");
    exact("UTF-8 in a key, 3.0", Code::not_ascii, "{'d@\xc3\xa9scr': '<f8', 'fortran_order': False, 'shape': (2,)}\n",
          3);
    exact("a full-width digit, 3.0", Code::not_ascii,
          "{'descr': '<f8', 'fortran_order': False, 'shape': (@\xef\xbc\x92,)}\n", 3);
    exact("a byte order mark, 3.0", Code::not_ascii, "@\xef\xbb\xbf" + std::string(kValid) + "\n", 3);
    exact("broken UTF-8, 3.0", Code::not_ascii, std::string(kValid) + "@\xc3 \n", 3);
    exact("a zero byte in a key", Code::not_ascii, std::string("{'descr@\0': '<f8'}\n", 19));
    exact("zero bytes as padding", Code::not_ascii, kValid + ("@" + data(3)) + "\n");
    exact("a zero byte after the newline", Code::not_ascii, std::string(kValid) + "@\n" + data(1));
    exact("two bad bytes, the first counts", Code::not_ascii, "{@\x01'descr'\x02: '<f8'}\n");
    exact("a bad byte and no newline", Code::not_ascii, "{@\x01'descr': '<f8'} ");
    exact("the last byte is a brace", Code::not_terminated,
          "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), @}");
    exact("the last byte is a space", Code::not_terminated, std::string(kValid) + "   @ ");
    exact("the last byte is zero", Code::not_terminated, std::string(kValid) + " @" + data(1));
    exact("the last byte is a carriage return", Code::not_terminated, std::string(kValid) + " @\r");
    exact("the last byte is 255", Code::not_terminated, std::string(kValid) + " @\xff");
    exact("one byte, no newline, 2.0", Code::not_terminated, "@{", 2);
    exact("the last byte is a tab, 3.0", Code::not_terminated, std::string(kValid) + " @\t", 3);
  }

  void syntax() {
    in("no dictionary", Code::bad_syntax, "@'descr'");
    in("no opening brace", Code::bad_syntax, "@'descr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a list", Code::bad_syntax, "@['descr', '<f8']");
    in("a tuple", Code::bad_syntax, "@(1, 2)");
    in("a dictionary in parentheses", Code::bad_syntax, "@({'descr': '<f8', 'fortran_order': False, 'shape': (2,)})");
    in("a call", Code::bad_syntax, "@dict(descr='<f8', fortran_order=False, shape=(2,))");
    in("None", Code::bad_syntax, "@None");
    in("a number", Code::bad_syntax, "@0");
    exact("spaces only", Code::bad_syntax, std::string(53, ' ') + "@\n");
    in("a comment before", Code::bad_syntax, "@# {'descr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a comment after", Code::bad_syntax, std::string(kValid) + " @# by hand");
    in("a semicolon after", Code::bad_syntax, std::string(kValid) + "@;");
    in("a comma after", Code::bad_syntax, std::string(kValid) + "@,");
    in("a brace after", Code::bad_syntax, std::string(kValid) + "@}");
    in("a second dictionary", Code::bad_syntax, kValid + ("@" + std::string(kValid)));
    in("a subscript", Code::bad_syntax, std::string(kValid) + "@[0]");
    in("a merge", Code::bad_syntax, std::string(kValid) + " @| {}");
    in("a backslash after", Code::bad_syntax, std::string(kValid) + "@\\");
    in("two opening braces", Code::bad_syntax, "{@{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    exact("no closing brace", Code::bad_syntax, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,) @\n");
    exact("no closing brace after a comma", Code::bad_syntax,
          "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), @\n");
    in("a bracket closes", Code::bad_syntax, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,)@]");
    in("a parenthesis closes", Code::bad_syntax, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), @)");
    exact("an opening brace alone", Code::bad_syntax, "{@\n");
    exact("a key alone", Code::bad_syntax, "{'descr'@\n");
    exact("a key and a colon", Code::bad_dtype, "{'descr':@\n");
    exact("a key, a colon and spaces", Code::bad_fortran_order, "{'fortran_order':   @\n");
    exact("a shape key and a colon", Code::bad_shape, "{'shape': @\n");
    in("no colon", Code::bad_syntax, "{'descr' @'<f8', 'fortran_order': False, 'shape': (2,)}");
    in("an equals sign", Code::bad_syntax, "{'descr' @= '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a comma for a colon", Code::bad_syntax, "{'descr'@, '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a walrus", Code::bad_dtype, "{'descr':@= '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("two colons", Code::bad_dtype, "{'descr': @: '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("no comma after descr", Code::bad_syntax, "{'descr': '<f8' @'fortran_order': False, 'shape': (2,)}");
    in("no comma after fortran_order", Code::bad_syntax, "{'descr': '<f8', 'fortran_order': False @'shape': (2,)}");
    in("no comma after shape", Code::bad_syntax, "{'shape': (2,) @'descr': '<f8', 'fortran_order': False}");
    in("a semicolon for a comma", Code::bad_syntax, "{'descr': '<f8'@; 'fortran_order': False, 'shape': (2,)}");
    in("two commas", Code::bad_syntax, "{'descr': '<f8',@, 'fortran_order': False, 'shape': (2,)}");
    in("two trailing commas", Code::bad_syntax, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,),@,}");
    in("a comma first", Code::bad_syntax, "{@,'descr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a comma alone", Code::bad_syntax, "{@,}");
    in("a key without quotes", Code::bad_syntax, "{@descr: '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a key in backquotes", Code::bad_syntax, "{@`descr`: '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a key with a u", Code::bad_syntax, "{@u'descr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a key of bytes", Code::bad_syntax, "{'descr': '<f8', @b'fortran_order': False, 'shape': (2,)}");
    in("a raw key", Code::bad_syntax, "{'descr': '<f8', 'fortran_order': False, @r'shape': (2,)}");
    in("a key in parentheses", Code::bad_syntax, "{@('descr'): '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a number as a key", Code::bad_syntax, "{@1: '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("None as a key", Code::bad_syntax, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), @None: 1}");
    in("a dictionary unpacked", Code::bad_syntax, "{@**{}, 'descr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("an escaped key", Code::bad_syntax, "{'@\\x64escr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("an escaped letter that needs none", Code::bad_syntax,
       "{'des@\\cr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a key that does not end", Code::bad_syntax, "{@\"descr: '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("a last key that does not end", Code::bad_syntax, "{'descr': '<f8', 'fortran_order': False, @'shape: (2,)}");
    add("a key that ends in the data", Code::bad_syntax, 11, npy_exact("{\"descr\n") + "\": '<f8', " + data(16));
    add("a type that ends in the data", Code::bad_syntax, 20, npy_exact("{'descr': '<f8\n") + "', " + data(16));
    in("a type that does not end", Code::bad_syntax, "{'descr': @\"<f8, 'fortran_order': False, 'shape': (2,)}");
    in("a type with an escape", Code::bad_syntax, "{'descr': '@\\x3cf8', 'fortran_order': False, 'shape': (2,)}");
    in("a type with a backslash at its end", Code::bad_syntax,
       "{'descr': '<f8@\\', 'fortran_order': False, 'shape': (2,)}");
    in("two type strings in a row", Code::bad_syntax, "{'descr': '<f8' @'', 'fortran_order': False, 'shape': (2,)}");
    in("a choice", Code::bad_syntax, "{'descr': '<f8' @if 1 else '<f4', 'fortran_order': False, 'shape': (2,)}");
    in("a product", Code::bad_syntax, "{'descr': '<f8'@*1, 'fortran_order': False, 'shape': (2,)}");
    in("a method", Code::bad_syntax, "{'descr': '<f8'@.lower(), 'fortran_order': False, 'shape': (2,)}");
    in("a set", Code::bad_syntax, "{'descr'@}");
    in("no comma, 2.0", Code::bad_syntax, "{'descr': '<f8' @'fortran_order': False, 'shape': (2,)}", 2);
    in("a comment, 3.0", Code::bad_syntax, std::string(kValid) + " @# by hand", 3);
  }

  void keys() {
    for (const char* key :
         {"Descr", "DESCR", "descr ", " descr", "", "desc", "descrs", "dtype", "typestr", "description"})
      in(key, Code::unknown_key, "{@'" + std::string(key) + "': '<f8', 'fortran_order': False, 'shape': (2,), }");
    for (const char* key :
         {"fortran-order", "fortran order", "fortran_orde", "fortran_order_", "order", "Fortran_order"})
      in(key, Code::unknown_key, "{'descr': '<f8', @\"" + std::string(key) + "\": False, 'shape': (2,), }");
    for (const char* key : {"Shape", "shapes", "strides", "shape:", "{'shape", "shape,"})
      in(key, Code::unknown_key, "{'descr': '<f8', 'fortran_order': False, @'" + std::string(key) + "': (2,), }");
    in("a key of two strings", Code::unknown_key, "{@'de' 'scr': '<f8', 'fortran_order': False, 'shape': (2,), }");
    in("a key in triple quotes", Code::unknown_key, "{@'''descr''': '<f8', 'fortran_order': False, 'shape': (2,), }");
    in("a key in mixed quotes", Code::unknown_key, "{@'descr\": '<f8', 'fortran_order': False, 'shape': (2,), }");
    in("a fourth key, first", Code::unknown_key, "{@'a': 1, 'descr': '<f8', 'fortran_order': False, 'shape': (2,), }");
    in("a fourth key, last", Code::unknown_key,
       "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), @'offset': 0}");
    in("a fourth key, empty", Code::unknown_key, "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), @'': 0}");
    in("a dictionary of one unknown key", Code::unknown_key, "{@\"x\": 1}");

    in("descr twice", Code::duplicate_key, "{'descr': '<f4', @'descr': '<f8', 'fortran_order': False, 'shape': (2,)}");
    in("descr twice, the same", Code::duplicate_key,
       "{'descr': '<f8', 'fortran_order': False, 'shape': (2,), @'descr': '<f8'}");
    in("descr for fortran_order", Code::duplicate_key, "{'descr': '<f8', @'descr': '<f8', 'shape': (2,)}");
    in("fortran_order twice", Code::duplicate_key,
       "{'descr': '<f8', 'fortran_order': True, @'fortran_order': False, 'shape': (2,)}");
    in("shape twice", Code::duplicate_key, "{'shape': (1,), 'descr': '<f8', 'fortran_order': False, @'shape': (2,)}");
    in("shape twice, other quotes", Code::duplicate_key,
       "{'shape': (2,), @\"shape\": (2,), 'descr': '<f8', 'fortran_order': False}");
    in("a duplicate without a value", Code::duplicate_key, "{'shape': (2,), @'shape'}");
    in("a duplicate, 2.0", Code::duplicate_key, "{'shape': (2,), @'shape': (2,), 'descr': '<f8'}", 2);

    in("an empty dictionary", Code::missing_key, "{@}");
    in("an empty dictionary with spaces, 3.0", Code::missing_key, "{   @}", 3);
    in("no descr", Code::missing_key, "{'fortran_order': False, 'shape': (2,), @}");
    in("no fortran_order", Code::missing_key, "{'descr': '<f8', 'shape': (2,)@}");
    in("no shape", Code::missing_key, "{'descr': '<f8', 'fortran_order': False, @}");
    in("descr only", Code::missing_key, "{'descr': '<f8'@}");
    in("fortran_order only", Code::missing_key, "{'fortran_order': False, @}");
    in("shape only", Code::missing_key, "{'shape': (2,), @}");
    in("no shape, and more after", Code::missing_key, "{'descr': '<f8', 'fortran_order': False, @} {'shape': (2,)}");
  }
};

}  // namespace support
