// SPDX-License-Identifier: MIT
// The arrays of NumPy's .npz archives.
#pragma once

#include <litorch/io/named_tensor.hpp>
#include <litorch/io/npz_archive.hpp>

#include <map>

namespace litorch {

/// What a reader lets the members of an archive become. A few bytes can be compressed zeros of any size.
struct NpzLimits {
  Index max_expansion = 256;               ///< a member may have this many times as many bytes as it takes in the file
  Index always_allowed = Index{64} << 20;  ///< and in any case as many as this
};

/// One array of an archive.
struct NpzEntry {
  std::string name;      ///< as NumPy has it, without the .npy
  NpyHeader header;      ///< its offsets count from the start of the member
  Index archived_bytes;  ///< in the archive, header included
  bool compressed;
};

/// Arrays out of an archive of NumPy's savez and savez_compressed: .npy files in a zip archive, stored or deflated.
///
/// Reads as strictly as load_npy does, and refuses what NumPy reads but is ambiguous or not an array: members that are not
/// named *.npy, two of one name, a comment or anything else behind the archive, a directory that the members contradict,
/// encryption, and compression by other means than deflate. Checksums are checked where a whole array is read. In a
/// FormatError, offset() counts from the start of the member that the message names, or of the file where it names none.
///
/// Keeps the file open. One thread at a time; many readers may have one file open.
class NpzReader {
 public:
  /// Reads the directory and no array. Throws FormatError, IoError.
  explicit NpzReader(const std::string& path, const NpzLimits& limits = {}) : NpzReader("NpzReader", path, limits) {}
  /// The same, with the call that errors name.
  NpzReader(const char* call, const std::string& path, const NpzLimits& limits)
      : NpzReader(file_input(call, path), limits) {}
  /// An archive that is not a file.
  NpzReader(detail::ZipInput input, const NpzLimits& limits)
      : limits_(limits), archive_(std::make_unique<detail::ZipArchive>(std::move(input))) {
    for (Index i = 0; i < archive_->members(); ++i) add_member(i);
  }

  /// In the order of the archive.
  const std::vector<std::string>& names() const noexcept { return names_; }
  bool contains(const std::string& name) const { return members_.contains(name); }

  /// Reads the header of an array. Throws IndexError where there is none of this name, FormatError, IoError.
  NpzEntry entry(const std::string& name) {
    const Member& member = find(name);
    detail::ZipMember file = archive_->open(member.index, member.label);
    Head head;
    return {name, read_head(file, member, head), member.archived_bytes, member.compressed};
  }

  /// Reads an array, each byte once, straight to where it stays; Fortran order becomes strides, and the other byte order is
  /// swapped. Allocates its size, which is found to be right and within the limits first. Throws IndexError where there is
  /// none of this name, FormatError, IoError, TypeError where it holds other elements than T, std::bad_alloc.
  template <NamedElement T>
  Tensor<T> load(const std::string& name) requires(!std::is_const_v<T>) {
    const Member& member = find(name);
    detail::ZipMember file = archive_->open(member.index, member.label);
    Head head;
    const NpyHeader header = read_head(file, member, head);
    detail::require_dtype(archive_->call(), member.label, header, dtype_of<T>);
    require_allowed(member);
    const auto tensor = detail::npy_tensor<T>(Storage::allocate(static_cast<std::size_t>(header.data_bytes)), header);
    std::byte* const data = tensor.storage().data();
    const Index known = head_bytes(member) - header.data_offset;  // no more than a piece
    std::copy_n(head.data() + header.data_offset, known, data);
    for (Index done = 0; done < header.data_bytes; done += detail::kNpyPieceBytes) {
      const Index bytes = std::min(detail::kNpyPieceBytes, header.data_bytes - done), skip = done == 0 ? known : 0;
      archive_->read(file, member.label, data + done + skip, bytes - skip);
      detail::to_native(archive_->call(), member.label, header, data + done, bytes, header.data_offset + done);
    }
    archive_->finish(file, member.label);
    return tensor;
  }

 private:
  using Head = std::array<std::byte, kNpyHeadBytes>;
  struct Member {
    Index index = 0;
    Index bytes = 0, archived_bytes = 0;
    bool compressed = false;
    std::string label;  // what errors call it, between two quotes
  };

  static detail::ZipInput file_input(const char* call, const std::string& path) {
    const auto file = std::make_shared<const posix::InputFile>(call, path);
    return {call, path, file->size(),
            [file](void* data, std::size_t bytes, Index offset) { return file->read_at(data, bytes, offset); }};
  }

  template <class... Parts>
  [[noreturn]] LITORCH_COLD void fail(FormatCode code, const std::string& label, const Parts&... what) const {
    detail::fail_format(code, 0, archive_->call(), "(): '", label, "' ", what...);
  }

  void add_member(Index index) {
    const ::zip_stat_t stat = archive_->stat(index);
    const std::string file_name = stat.name;
    Member member{index, static_cast<Index>(stat.size), static_cast<Index>(stat.comp_size),
                  stat.comp_method == ZIP_CM_DEFLATE, archive_->path() + "' member '" + file_name};
    if (!file_name.ends_with(".npy"))
      fail(FormatCode::bad_member, member.label, "is not named *.npy; take it out of the archive");
    if (stat.encryption_method != ZIP_EM_NONE || (!member.compressed && stat.comp_method != ZIP_CM_STORE))
      fail(FormatCode::bad_compression, member.label,
           "is encrypted, or compressed by other means than deflate; save it again with numpy.savez");
    const bool sizes = member.bytes >= 0 && member.archived_bytes >= 0 && member.archived_bytes <= archive_->size() &&
                       (member.compressed || member.bytes == member.archived_bytes);
    if (!sizes)
      fail(FormatCode::bad_archive, member.label, "takes ", stat.comp_size, " bytes of an archive of ",
           archive_->size(), " and has ", stat.size, ", which cannot be; copy or save it again");
    const std::string name = file_name.substr(0, file_name.size() - 4);
    if (!members_.emplace(name, std::move(member)).second)
      fail(FormatCode::duplicate_key, archive_->path(), "has two members '", file_name, "'; save it again");
    names_.push_back(name);
  }

  const Member& find(const std::string& name) const {
    return detail::require_name(archive_->call(), archive_->path(), members_, name);
  }
  static Index head_bytes(const Member& member) { return std::min(member.bytes, static_cast<Index>(kNpyHeadBytes)); }
  NpyHeader read_head(detail::ZipMember& file, const Member& member, Head& head) {
    const Index bytes = head_bytes(member);
    archive_->read(file, member.label, head.data(), bytes);
    return parse_npy_header(archive_->call(), member.label, {head.data(), static_cast<std::size_t>(bytes)},
                            member.bytes);
  }
  void require_allowed(const Member& member) const {
    Index most = 0;
    if (!detail::multiply_checked(member.archived_bytes, limits_.max_expansion, most)) return;
    if (member.bytes > std::max(most, limits_.always_allowed))
      fail(FormatCode::expands_too_much, member.label, "takes ", member.archived_bytes, " bytes and would grow to ",
           member.bytes, ", more than ", limits_.max_expansion,
           " times as many; if you trust it, give a larger NpzLimits::max_expansion (deflate reaches 1032)");
  }

  NpzLimits limits_;
  std::unique_ptr<detail::ZipArchive> archive_;
  std::vector<std::string> names_;
  std::map<std::string, Member> members_;
};

}  // namespace litorch
