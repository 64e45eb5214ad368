// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"

namespace {

std::string message(const std::string& bytes) {
  try {
    support::parse(bytes);
  } catch (const litorch::FormatError& error) {
    return error.what();
  }
  return "";
}

std::string message_in(const std::string& text) { return message(support::npy_padded(text) + std::string(16, '\0')); }

}  // namespace

TEST_CASE("messages for bad .npy files say the call, the file, what is there, what should be, and what to do") {
  CHECK(message("hello") ==
        "litorch::test(): 'bytes' does not begin with \\x93NUMPY; give a file that numpy.save wrote (at byte 0)");
  CHECK(message("\x93NUMPY\4\1") ==
        "litorch::test(): 'bytes' has format version 4.1, not 1.0, 2.0 or 3.0; save it again with numpy.save (at byte "
        "6)");
  CHECK(message("\x93NUM") ==
        "litorch::test(): 'bytes' ends after 4 bytes, inside a header of 8; copy or save it again "
        "(at byte 4)");
  CHECK(message_in("{'description': '<f8'}") ==
        "litorch::test(): 'bytes' has a header with `'description': '<f8'}   ` where descr, fortran_order or shape is "
        "expected; save it again with numpy.save (at byte 11)");
  CHECK(message_in("{'descr': '|O', 'fortran_order': False, 'shape': (2,)}") ==
        "litorch::test(): 'bytes' has a header with `'|O', 'fortran_order': F` where a boolean, integer, float or "
        "complex type is expected; save it again with numpy.save (at byte 20)");
  CHECK(message_in("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4)}") ==
        "litorch::test(): 'bytes' has 16 bytes of data, but shape (3, 4) of float64 needs 96; copy or save it again "
        "(at byte 144)");
  CHECK(message_in("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}") ==
        "litorch::test(): 'bytes' has 16 bytes of data, but shape (1,) of float64 needs only 8; cut off the rest, or "
        "save it again (at byte 136)");
}

TEST_CASE("messages for bad .npy files quote the header up to its end, and say where there is nothing") {
  CHECK(message(support::npy_exact("x\n")) ==
        "litorch::test(): 'bytes' has a header with `x` where `{` is expected; save it again with numpy.save (at byte "
        "10)");
  CHECK(message(support::npy_exact("{\n")) ==
        "litorch::test(): 'bytes' has a header with nothing where a key in quotes is "
        "expected; save it again with numpy.save (at byte 11)");
  CHECK(message(support::npy_exact("{}\n")) ==
        "litorch::test(): 'bytes' has no descr; save it again with numpy.save (at byte 11)");
  CHECK(message(support::npy_exact("{'shape': (), 'shape': ()}\n")) ==
        "litorch::test(): 'bytes' has two values for shape; save it again with numpy.save (at byte 24)");
  CHECK(
      message(support::npy_exact("{\t}\n")) ==
      "litorch::test(): 'bytes' has byte 9 in its header, expected printable ASCII; save it again with numpy.save (at "
      "byte 11)");
  CHECK(message(support::npy_preamble(2, 1234567)) ==
        "litorch::test(): 'bytes' has a header of 1234567 bytes, over NumPy's limit of 10000; save it again with "
        "numpy.save (at byte 8)");
  CHECK(
      message_in("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}") ==
      "litorch::test(): 'bytes' has shape (4294967296, 4294967296) of float64, over 2^63 - 1 bytes; save it again with "
      "numpy.save (at byte 60)");
}

TEST_CASE("messages for bad .npy files stay short and printable") {
  CHECK(message_in("{'" + std::string(9000, 'x') + "': 1}").size() < 250);
  CHECK(message_in("{'descr': '<f8', 'fortran_order': False, 'shape': (" + std::string(9000, '7') + ",)}").size() <
        250);
  const std::string text = message(support::npy_exact("\x1b[31m\n"));
  for (const char c : text) CHECK((c >= 32 && c <= 126));
}
