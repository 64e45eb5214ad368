// SPDX-License-Identifier: MIT
// Every exception that litorch throws, and the one way to throw. A message names the call, the position of the input,
// both values and the remedy.
#pragma once

#include <litorch/base/config.hpp>
#include <litorch/base/text.hpp>

#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>

namespace litorch {

/// Base of all errors of the library.
class Error : public std::runtime_error {
 public:
  explicit Error(const std::string& message, Index input = -1) : std::runtime_error(message), input_(input) {}
  /// The position, in the list of inputs, of the one at fault; -1 where none is.
  Index input() const noexcept { return input_; }

 private:
  Index input_;
};

/// Shapes, ranks or byte counts that do not fit each other or the limits (rank 8, 2^63 bytes).
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// A dimension, index or range outside of what the tensor has.
class IndexError : public Error {
 public:
  using Error::Error;
};

/// An element type that is not the one asked for, or a conversion that would lose values.
class TypeError : public Error {
 public:
  using Error::Error;
};

/// Memory that would be written twice, or read after it was overwritten.
class OverlapError : public Error {
 public:
  using Error::Error;
};

/// A failed system call; `errno_value()` is what the system said.
class IoError : public Error {
 public:
  IoError(const std::string& message, int errno_value) : Error(message), errno_(errno_value) {}
  int errno_value() const noexcept { return errno_; }

 private:
  int errno_;
};

/// What is wrong with a file's bytes.
enum class FormatCode {
  bad_magic,          ///< does not begin with \x93NUMPY
  bad_version,        ///< a format version other than 1.0, 2.0 or 3.0
  truncated_header,   ///< the file ends inside the preamble or the header
  header_too_long,    ///< over 10,000 bytes, the limit of NumPy; over 100,000,000 in safetensors
  not_ascii,          ///< a control byte or a byte over 126 in the header
  not_terminated,     ///< the header does not end in a newline
  bad_syntax,         ///< not a Python dictionary of the expected form
  unknown_key,        ///< a key other than descr, fortran_order and shape
  duplicate_key,      ///< one of the three keys twice
  missing_key,        ///< one of the three keys absent
  bad_dtype,          ///< descr is not a type string
  unsupported_dtype,  ///< a type string that litorch has no element type for: objects, strings, dates, structures
  bad_fortran_order,  ///< neither True nor False
  bad_shape,          ///< not a tuple of plain decimal integers
  negative_extent,    ///< an extent below zero
  extent_too_large,   ///< an extent over 2^63 - 1
  too_many_dims,      ///< more than 8 extents
  size_overflow,      ///< the shape counts more bytes than 2^63 - 1
  truncated_data,     ///< fewer data bytes than the shape needs
  trailing_data,      ///< more data bytes than the shape needs
  bad_bool,           ///< a boolean that is neither 0 nor 1
  misaligned_data,    ///< data that starts where its element type cannot be mapped
  swapped_data,       ///< data in the other byte order, which cannot be mapped
  bad_archive,        ///< not a zip archive, or one whose parts contradict each other
  bad_checksum,       ///< a member of an archive that is not what was written
  bad_member,         ///< a member of an .npz that is not named *.npy
  bad_compression,    ///< a member that is encrypted, or compressed by other means than deflate
  expands_too_much,   ///< a member that grows more than its reader allows
  bad_metadata,       ///< metadata that are not an object of strings
  bad_offsets,        ///< offsets of data that are not two integers, as far apart as the shape needs
  overlapping_data,   ///< two tensors in the same bytes
  data_gap,           ///< bytes that belong to no tensor
};

/// Bytes that are not what the format allows; `offset()` is where, counted in bytes from the start of the file.
class FormatError : public Error {
 public:
  FormatError(const std::string& message, FormatCode code, Index offset)
      : Error(message), code_(code), offset_(offset) {}
  FormatCode code() const noexcept { return code_; }
  Index offset() const noexcept { return offset_; }

 private:
  FormatCode code_;
  Index offset_;
};

/// What is wrong with a shared-memory segment.
enum class ShmCode {
  system,           ///< a system call failed; errno_value() says why
  bad_name,         ///< not 1 to 30 characters of [A-Za-z0-9._-], or "." or ".."
  not_found,        ///< no segment of this name
  exists,           ///< the name is taken
  permission,       ///< the system refuses access
  no_space,         ///< not enough room in /dev/shm or in memory
  not_regular,      ///< a symbolic link, FIFO, socket, device or folder under the name
  wrong_owner,      ///< made by another user
  wrong_mode,       ///< open to the group or to others
  hard_linked,      ///< a file that has a second name
  not_ready,        ///< its creator has not finished it, or never will
  truncated,        ///< fewer bytes than the header, or than the header counts
  bad_magic,        ///< not a segment of litorch
  bad_byte_order,   ///< written by a machine of the other byte order
  bad_version,      ///< a version of the header other than 1
  bad_header_size,  ///< a header that is not as long as version 1 has it
  bad_state,        ///< neither ready nor in the making
  bad_checksum,     ///< a header that was changed after it was written
  bad_reserved,     ///< a reserved field that is not zero
  bad_creator,      ///< a creator that is no process id
  bad_dtype,        ///< an element type that litorch does not know
  bad_item_size,    ///< an item size that is not that of the element type
  bad_rank,         ///< more than 8 dims
  bad_shape,        ///< a negative extent, or one behind the last dim
  bad_strides,      ///< strides that are not row-major
  size_overflow,    ///< the shape counts more bytes than 2^63 - 1
  bad_data_offset,  ///< elements that do not start on a page behind the header
  bad_data_bytes,   ///< another number of bytes than the shape needs
  bad_total_bytes,  ///< a size that is not that of the header and the elements, or of the segment
  wrong_dtype,      ///< a sound segment of another element type than was asked for
};

/// A shared-memory segment that is missing, foreign, or not what its header says; `errno_value()` is what the system
/// said, 0 where it was not asked.
class ShmError : public Error {
 public:
  explicit ShmError(const std::string& message, ShmCode code = ShmCode::system, int errno_value = 0)
      : Error(message), code_(code), errno_(errno_value) {}
  ShmCode code() const noexcept { return code_; }
  int errno_value() const noexcept { return errno_; }

 private:
  ShmCode code_;
  int errno_;
};

/// A failed call of MPI, or one that MPI does not allow now; `code()` is the error class that MPI gave.
class MpiError : public Error {
 public:
  MpiError(const std::string& message, int code) : Error(message), code_(code) {}
  int code() const noexcept { return code_; }

 private:
  int code_;
};

/// A worker process ended before its task did; input() is the number of the task.
class WorkerDied : public Error {
 public:
  WorkerDied(const std::string& message, Index task, int pid, int signal, int exit_code)
      : Error(message, task), pid_(pid), signal_(signal), exit_code_(exit_code) {}
  int pid() const noexcept { return pid_; }
  /// 0 unless a signal ended it.
  int signal() const noexcept { return signal_; }
  /// -1 unless it exited.
  int exit_code() const noexcept { return exit_code_; }

 private:
  int pid_, signal_, exit_code_;
};

/// A task threw on another thread or in another process; the text is that of its exception, input() its number.
class WorkerException : public Error {
 public:
  using Error::Error;
};

/// A deadline passed.
class Timeout : public Error {
 public:
  using Error::Error;
};

/// The work was given up on request.
class Cancelled : public Error {
 public:
  using Error::Error;
};

/// Work was handed to a pool that is closed.
class PoolClosed : public Error {
 public:
  using Error::Error;
};

/// A call that is not safe in a forked child, or with threads running.
class ForkSafetyError : public Error {
 public:
  using Error::Error;
};

namespace detail {

/// Throws `E("litorch::" + parts...)`. Cold and out of line, so that checks cost a compare and a branch.
template <class E, class... Parts>
[[noreturn]] LITORCH_COLD void fail(const Parts&... parts) {
  throw E(to_text("litorch::", parts...));
}

/// The same for the input at position `input` of a list.
template <class E, class... Parts>
[[noreturn]] LITORCH_COLD void fail_input(Index input, const char* call, const Parts&... parts) {
  throw E(to_text("litorch::", call, "(): input ", input, parts...), input);
}

/// Throws IoError with the system's text for `errno_value` at the end.
template <class... Parts>
[[noreturn]] LITORCH_COLD void fail_io(int errno_value, const Parts&... parts) {
  throw IoError(to_text("litorch::", parts..., ": ", std::strerror(errno_value)), errno_value);
}

template <class... Parts>
[[noreturn]] LITORCH_COLD void fail_format(FormatCode code, Index offset, const Parts&... parts) {
  throw FormatError(to_text("litorch::", parts..., " (at byte ", offset, ")"), code, offset);
}

/// Throws ShmError; with the system's text at the end where `errno_value` is not 0.
template <class... Parts>
[[noreturn]] LITORCH_COLD void fail_shm(ShmCode code, int errno_value, const Parts&... parts) {
  std::string text = to_text("litorch::", parts...);
  if (errno_value != 0) text += to_text(": ", std::strerror(errno_value));
  throw ShmError(text, code, errno_value);
}

}  // namespace detail
}  // namespace litorch
