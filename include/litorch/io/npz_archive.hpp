// SPDX-License-Identifier: MIT
// A zip archive that is only read, by way of libzip: strictly, and with every error typed.
#pragma once

#include <litorch/base/error.hpp>

#include <zip.h>

#include <algorithm>
#include <array>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <utility>

namespace litorch::detail {

/// Where the bytes of an archive come from. `read` copies up to so many from an offset, fewer where they end, and may
/// throw; what it throws passes through libzip and comes out of the call.
struct ZipInput {
  const char* call;
  std::string path;
  Index size;
  std::function<std::size_t(void* data, std::size_t bytes, Index offset)> read;
};

/// libzip's error as an exception: what a callback threw, std::bad_alloc, or FormatError.
[[noreturn]] inline void fail_zip(const char* call, const std::string& path, ::zip_error_t& error,
                                  std::exception_ptr& thrown) {
  if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
  const int code = ::zip_error_code_zip(&error);
  if (code == ZIP_ER_MEMORY) throw std::bad_alloc();
  const FormatCode what = code == ZIP_ER_CRC      ? FormatCode::bad_checksum
                          : code == ZIP_ER_EXISTS ? FormatCode::duplicate_key
                                                  : FormatCode::bad_archive;
  fail_format(what, 0, call, "(): '", path, "' cannot be read as a zip archive (", ::zip_error_strerror(&error),
              "); copy or save it again");
}

/// A member of an archive while it is read, from its start to its end. Its checksum is checked when all of it was read.
class ZipMember {
 public:
  explicit ZipMember(::zip_file_t* file) : file_(file) {}
  /// How many bytes there were, fewer than asked for only at the end; -1 for an error.
  std::int64_t read(std::byte* data, Index bytes) {
    Index done = 0;
    while (done < bytes) {
      const ::zip_int64_t got = ::zip_fread(file_.get(), data + done, static_cast<::zip_uint64_t>(bytes - done));
      if (got < 0) return -1;
      if (got == 0) break;
      done += got;
    }
    return done;
  }
  ::zip_error_t& error() { return *::zip_file_get_error(file_.get()); }

 private:
  struct Close {
    void operator()(::zip_file_t* file) const noexcept { ::zip_fclose(file); }
  };
  std::unique_ptr<::zip_file_t, Close> file_;
};

/// An open archive. One thread at a time. Cannot be moved: libzip knows where it is.
class ZipArchive {
 public:
  /// Throws FormatError where the archive is not one, ends in anything but its directory, or has a directory that its
  /// members or its size contradict.
  explicit ZipArchive(ZipInput input) : input_(std::move(input)) {
    check_end();
    ::zip_error_t error;
    ::zip_error_init(&error);
    const std::unique_ptr<::zip_error_t, decltype(&::zip_error_fini)> end(&error, &::zip_error_fini);
    ::zip_source_t* const source = ::zip_source_function_create(&ZipArchive::answer, this, &error);
    if (source != nullptr) zip_.reset(::zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error));
    if (zip_) return;
    ::zip_source_free(source);
    fail_zip(call(), path(), error, thrown_);
  }
  ZipArchive(const ZipArchive&) = delete;
  ZipArchive& operator=(const ZipArchive&) = delete;

  const char* call() const noexcept { return input_.call; }
  const std::string& path() const noexcept { return input_.path; }
  Index size() const noexcept { return input_.size; }
  Index members() const { return ::zip_get_num_entries(zip_.get(), 0); }

  /// What the directory says of a member: name (UTF-8), sizes, method.
  ::zip_stat_t stat(Index member) {
    ::zip_stat_t stat;
    const auto place = static_cast<::zip_uint64_t>(member);
    if (::zip_stat_index(zip_.get(), place, ZIP_FL_ENC_STRICT, &stat) != 0) fail_archive(path());
    constexpr auto kNeeded =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
    if ((stat.valid & kNeeded) != kNeeded)
      fail_format(FormatCode::bad_archive, 0, call(), "(): '", path(), "' has a member ", member,
                  " of which its directory says too little; save it again");
    return stat;
  }

  ZipMember open(Index member, const std::string& label) {
    ::zip_file_t* const file = ::zip_fopen_index(zip_.get(), static_cast<::zip_uint64_t>(member), 0);
    if (file == nullptr) fail_archive(label);
    return ZipMember(file);
  }
  /// Reads exactly so many bytes. Throws FormatError where there are fewer or they are damaged.
  void read(ZipMember& member, const std::string& label, std::byte* data, Index bytes) {
    const Index got = member.read(data, bytes);
    if (got < 0) fail_zip(call(), label, member.error(), thrown_);
    if (got < bytes)
      fail_format(FormatCode::bad_archive, got, call(), "(): '", label,
                  "' has fewer bytes than the directory of the archive says; copy or save it again");
  }
  /// Throws FormatError where the member goes on, or its checksum is not the one in the directory.
  void finish(ZipMember& member, const std::string& label) {
    std::byte more;
    const Index got = member.read(&more, 1);
    if (got < 0) fail_zip(call(), label, member.error(), thrown_);
    if (got > 0)
      fail_format(FormatCode::bad_archive, 0, call(), "(): '", label,
                  "' has more bytes than the directory of the archive says; save it again");
  }

 private:
  struct Discard {
    void operator()(::zip_t* zip) const noexcept { ::zip_discard(zip); }
  };
  static constexpr Index kEndBytes = 22, kLocatorBytes = 20, kEnd64Bytes = 56, kLeastEntryBytes = 46;

  [[noreturn]] void fail_archive(const std::string& label) {
    fail_zip(call(), label, *::zip_get_error(zip_.get()), thrown_);
  }

  /// libzip makes room for as many entries as an archive counts, and looks for its end behind comments: so the end must be
  /// the end of the file, and count no more entries than the directory has room for.
  void check_end() const {
    std::array<std::byte, kEndBytes> end;
    const Index at = size() - kEndBytes;
    if (at < 0 || !read_exactly(end, at) || number(end, 0, 4) != 0x06054b50 || number(end, 20, 2) != 0)
      fail_end(std::max<Index>(at, 0), "does not end as a zip archive without a comment does");
    std::uint64_t entries = number(end, 10, 2), bytes = number(end, 12, 4);
    std::array<std::byte, kLocatorBytes> locator;
    if (at >= kLocatorBytes && read_exactly(locator, at - kLocatorBytes) && number(locator, 0, 4) == 0x07064b50) {
      std::array<std::byte, kEnd64Bytes> end64;
      const std::uint64_t from = number(locator, 8, 8);
      const Index room = at - kLocatorBytes - kEnd64Bytes;
      if (room < 0 || from != static_cast<std::uint64_t>(room) || !read_exactly(end64, room) ||
          number(end64, 0, 4) != 0x06064b50)
        fail_end(at - kLocatorBytes, "names a zip64 directory that is not where it says");
      entries = number(end64, 32, 8);
      bytes = number(end64, 40, 8);
    }
    if (bytes > static_cast<std::uint64_t>(at) || entries > bytes / kLeastEntryBytes)
      fail_end(at, "counts more members than it has room for");
  }
  [[noreturn]] void fail_end(Index at, const char* what) const {
    fail_format(FormatCode::bad_archive, at, call(), "(): '", path(), "' ", what,
                "; give a file that numpy.savez wrote, or save it again");
  }
  bool read_exactly(std::span<std::byte> to, Index offset) const {
    return input_.read(to.data(), to.size(), offset) == to.size();
  }
  static std::uint64_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t count) {
    std::uint64_t value = 0;
    while (count-- > 0) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + count]);
    return value;
  }

  /// libzip's questions. Nothing may be thrown through it.
  static ::zip_int64_t answer(void* self, void* data, ::zip_uint64_t bytes, ::zip_source_cmd_t command) noexcept {
    ZipArchive& archive = *static_cast<ZipArchive*>(self);
    ::zip_error_t* const error = &archive.source_error_.value;
    switch (command) {
      case ZIP_SOURCE_OPEN: archive.at_ = 0; return 0;
      case ZIP_SOURCE_READ:
        try {
          const std::size_t got = archive.input_.read(data, static_cast<std::size_t>(bytes), archive.at_);
          archive.at_ += static_cast<Index>(got);
          return static_cast<::zip_int64_t>(got);
        } catch (...) {
          archive.thrown_ = std::current_exception();
          ::zip_error_set(error, ZIP_ER_READ, 0);
          return -1;
        }
      case ZIP_SOURCE_CLOSE: return 0;
      case ZIP_SOURCE_STAT: {
        ::zip_stat_t* const stat = ZIP_SOURCE_GET_ARGS(::zip_stat_t, data, bytes, error);
        if (stat == nullptr) return -1;
        ::zip_stat_init(stat);
        stat->size = static_cast<::zip_uint64_t>(archive.size());
        stat->valid = ZIP_STAT_SIZE;
        return sizeof *stat;
      }
      case ZIP_SOURCE_ERROR: return ::zip_error_to_data(error, data, bytes);
      case ZIP_SOURCE_FREE: return 0;
      case ZIP_SOURCE_SEEK: {
        const ::zip_int64_t to = ::zip_source_seek_compute_offset(
            static_cast<::zip_uint64_t>(archive.at_), static_cast<::zip_uint64_t>(archive.size()), data, bytes, error);
        if (to < 0) return -1;
        archive.at_ = to;
        return 0;
      }
      case ZIP_SOURCE_TELL: return archive.at_;
      case ZIP_SOURCE_SUPPORTS: return ZIP_SOURCE_SUPPORTS_SEEKABLE;
      default: ::zip_error_set(error, ZIP_ER_OPNOTSUPP, 0); return -1;
    }
  }

  struct SourceError {
    SourceError() noexcept { ::zip_error_init(&value); }
    ~SourceError() { ::zip_error_fini(&value); }
    ::zip_error_t value;
  };

  ZipInput input_;
  Index at_ = 0;
  SourceError source_error_;
  std::exception_ptr thrown_;
  std::unique_ptr<::zip_t, Discard> zip_;
};

}  // namespace litorch::detail
