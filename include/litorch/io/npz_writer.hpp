// SPDX-License-Identifier: MIT
// The two ends of libzip while it writes an archive: tensors that it reads, and a file that appears only when complete.
#pragma once

#include <litorch/io/named_tensor.hpp>

#include <zip.h>

#include <exception>

namespace litorch::detail {

/// One tensor as the bytes of a .npy file, which libzip reads once, from start to end.
class NpzTensorSource {
 public:
  explicit NpzTensorSource(const NamedTensor& tensor)
      : fortran_order_(in_fortran_order(tensor.layout())),
        header_(npy_header(tensor.dtype(), fortran_order_, tensor.shape())),
        size_(static_cast<::zip_uint64_t>(header_.size()) + static_cast<::zip_uint64_t>(tensor.bytes())),
        tensor_(tensor),
        elements_(begin()) {}

  /// As zip_source_function() wants it; `self` is a NpzTensorSource that outlives the archive.
  static ::zip_int64_t answer(void* self, void* data, ::zip_uint64_t bytes, ::zip_source_cmd_t command) noexcept {
    NpzTensorSource& source = *static_cast<NpzTensorSource*>(self);
    switch (command) {
      case ZIP_SOURCE_OPEN:
        source.piece_ = std::as_bytes(std::span(source.header_));
        source.elements_ = source.begin();
        return 0;
      case ZIP_SOURCE_READ: return source.try_read(static_cast<std::byte*>(data), bytes);
      case ZIP_SOURCE_STAT: {
        auto* const stat = static_cast<::zip_stat_t*>(data);
        ::zip_stat_init(stat);
        stat->size = source.size_;
        stat->valid = ZIP_STAT_SIZE;
        return sizeof *stat;
      }
      case ZIP_SOURCE_ERROR: {
        const int codes[] = {source.failed_ ? ZIP_ER_MEMORY : ZIP_ER_OPNOTSUPP, 0};
        std::memcpy(data, codes, sizeof codes);
        return sizeof codes;
      }
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_FREE: return 0;
      case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_READABLE;
      default: return -1;
    }
  }

 private:
  NamedTensorBytes begin() const {
    return {tensor_, fortran_order_ ? reverse_dims(tensor_.layout()) : tensor_.layout()};
  }
  ::zip_int64_t try_read(std::byte* to, std::size_t bytes) noexcept {
    try {
      return static_cast<::zip_int64_t>(read(to, bytes));
    } catch (...) {  // no memory for a piece
      failed_ = true;
      return -1;
    }
  }
  std::size_t read(std::byte* to, std::size_t bytes) {
    std::size_t done = 0;
    while (done < bytes) {
      if (piece_.empty()) piece_ = elements_.next();
      if (piece_.empty()) break;
      const std::size_t part = std::min(bytes - done, piece_.size());
      std::memcpy(to + done, piece_.data(), part);
      piece_ = piece_.subspan(part);
      done += part;
    }
    return done;
  }

  bool fortran_order_;
  std::string header_;
  ::zip_uint64_t size_;
  const NamedTensor& tensor_;
  NamedTensorBytes elements_;
  std::span<const std::byte> piece_;
  bool failed_ = false;
};

/// Where libzip writes: an output file, by way of 1 MiB, as libzip writes little at a time and goes back to each header.
class NpzSink {
 public:
  explicit NpzSink(posix::OutputFile& file) : file_(file) {}

  /// What the file threw, if it did.
  const std::exception_ptr& thrown() const noexcept { return thrown_; }

  /// As zip_source_function() wants it; `self` is a NpzSink that outlives the archive. Nothing is read back.
  static ::zip_int64_t answer(void* self, void* data, ::zip_uint64_t bytes, ::zip_source_cmd_t command) noexcept {
    NpzSink& sink = *static_cast<NpzSink*>(self);
    try {
      return sink.answer(data, bytes, command);
    } catch (...) {
      sink.thrown_ = std::current_exception();
      return -1;
    }
  }

 private:
  static constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

  ::zip_int64_t answer(void* data, ::zip_uint64_t bytes, ::zip_source_cmd_t command) {
    switch (command) {
      case ZIP_SOURCE_BEGIN_WRITE: buffer_.reserve(kBufferBytes); return 0;
      case ZIP_SOURCE_WRITE:
        write(static_cast<const std::byte*>(data), bytes);
        return static_cast<::zip_int64_t>(bytes);
      case ZIP_SOURCE_SEEK_WRITE: {
        const auto here = static_cast<::zip_uint64_t>(position());
        const ::zip_int64_t to = ::zip_source_seek_compute_offset(here, end(), data, bytes, nullptr);
        if (to < 0) return -1;
        if (to != position()) flush();
        start_ = to - static_cast<Index>(buffer_.size());
        return 0;
      }
      case ZIP_SOURCE_TELL_WRITE: return position();
      case ZIP_SOURCE_COMMIT_WRITE: flush(); return 0;
      case ZIP_SOURCE_STAT: {
        auto* const stat = static_cast<::zip_stat_t*>(data);
        ::zip_stat_init(stat);
        stat->size = 0;
        stat->valid = ZIP_STAT_SIZE;
        return sizeof *stat;
      }
      case ZIP_SOURCE_ERROR: {
        const int codes[] = {ZIP_ER_WRITE, 0};
        std::memcpy(data, codes, sizeof codes);
        return sizeof codes;
      }
      case ZIP_SOURCE_OPEN:
      case ZIP_SOURCE_CLOSE:
      case ZIP_SOURCE_ROLLBACK_WRITE:
      case ZIP_SOURCE_FREE: return 0;
      case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_WRITABLE;
      default: return -1;
    }
  }

  Index position() const noexcept { return start_ + static_cast<Index>(buffer_.size()); }
  ::zip_uint64_t end() const noexcept { return static_cast<::zip_uint64_t>(std::max(end_, position())); }
  void write(const std::byte* data, std::size_t bytes) {
    if (buffer_.size() + bytes > kBufferBytes) flush();
    buffer_.insert(buffer_.end(), data, data + bytes);
  }
  void flush() {
    file_.write_at(buffer_.data(), buffer_.size(), start_);
    start_ = position();
    end_ = std::max(end_, start_);
    buffer_.clear();
  }

  posix::OutputFile& file_;
  std::vector<std::byte> buffer_;
  Index start_ = 0, end_ = 0;  // where the buffer belongs, and how long the file is
  std::exception_ptr thrown_;
};

}  // namespace litorch::detail
