// SPDX-License-Identifier: MIT
// NumPy's .npz archives, through libzip: link litorch::npz.
#pragma once

#include <litorch/io/npz_reader.hpp>
#include <litorch/io/npz_writer.hpp>

namespace litorch {

struct SaveNpzOptions {
  bool compressed = false;  ///< deflated, as numpy.savez_compressed does: smaller, and many times slower
  posix::Durability durability = posix::Durability::synced;  ///< cached: without the wait for the disk
};

namespace detail {

/// Writes `tensors` through libzip. Throws what the file threw, std::bad_alloc, or Error.
inline void write_npz(posix::OutputFile& file, const char* call, const std::string& path,
                      std::span<const NamedTensor> tensors, bool compressed) {
  struct Discard {
    void operator()(::zip_t* zip) const noexcept { ::zip_discard(zip); }
  };
  std::vector<NpzTensorSource> sources(tensors.begin(), tensors.end());
  NpzSink sink(file);
  ::zip_error_t error;
  ::zip_error_init(&error);
  const std::unique_ptr<::zip_error_t, decltype(&::zip_error_fini)> end(&error, &::zip_error_fini);
  const auto fail_write = [&](::zip_error_t& what) {
    if (::zip_error_code_zip(&what) == ZIP_ER_MEMORY) throw std::bad_alloc();
    if (sink.thrown()) std::rethrow_exception(sink.thrown());
    fail<Error>(call, "(): cannot write '", path, "' as a zip archive: ", ::zip_error_strerror(&what));
  };

  ::zip_source_t* const target = ::zip_source_function_create(&NpzSink::answer, &sink, &error);
  if (target == nullptr) fail_write(error);
  std::unique_ptr<::zip_t, Discard> zip(::zip_open_from_source(target, ZIP_CREATE | ZIP_TRUNCATE, &error));
  if (!zip) {
    ::zip_source_free(target);
    fail_write(error);
  }
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::string name = tensors[i].name() + ".npy";
    ::zip_source_t* const source = ::zip_source_function(zip.get(), &NpzTensorSource::answer, &sources[i]);
    if (source == nullptr) fail_write(*::zip_get_error(zip.get()));
    const ::zip_int64_t added = ::zip_file_add(zip.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (added < 0) {
      ::zip_source_free(source);
      if (::zip_error_code_zip(::zip_get_error(zip.get())) == ZIP_ER_INVAL)
        fail_input<Error>(static_cast<Index>(i), call, " has a name that no member of an archive can have; give UTF-8");
      fail_write(*::zip_get_error(zip.get()));
    }
    const auto member = static_cast<::zip_uint64_t>(added);
    constexpr ::zip_uint16_t kFirstDay = 1 << 5 | 1;  // of 1980, as NumPy: equal tensors make equal files
    if (::zip_set_file_compression(zip.get(), member, compressed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0) != 0 ||
        ::zip_file_set_dostime(zip.get(), member, 0, kFirstDay, 0) != 0)
      fail_write(*::zip_get_error(zip.get()));
  }
  if (::zip_close(zip.get()) != 0) fail_write(*::zip_get_error(zip.get()));
  static_cast<void>(zip.release());  // zip_close() has freed it
}

inline void require_npz_names(const char* call, std::span<const NamedTensor> tensors) {
  require_distinct_names(call, tensors);
  constexpr std::size_t kMost = 65535 - 4;
  Index position = 0;
  for (const NamedTensor& tensor : tensors) {
    if (tensor.name().size() > kMost || tensor.name().find('\0') != std::string::npos)
      fail_input<Error>(position, call, " has a name of ", tensor.name().size(), " bytes; give at most ", kMost,
                        ", none of them zero");
    ++position;
  }
}

}  // namespace detail

/// The arrays of an .npz archive: names and headers, in the order of the archive. Reads no elements, so checks no
/// checksums. Throws FormatError, IoError.
inline std::vector<NpzEntry> npz_info(const std::string& path) {
  NpzReader reader("npz_info", path, {});
  std::vector<NpzEntry> entries;
  for (const std::string& name : reader.names()) entries.push_back(reader.entry(name));
  return entries;
}

/// One array of an .npz archive, as NpzReader::load() does, which is better for many. Throws IndexError where there is none
/// of this name, FormatError, IoError, TypeError where it holds other elements than T, std::bad_alloc.
template <NamedElement T>
Tensor<T> load_npz(const std::string& path, const std::string& name,
                   const NpzLimits& limits = {}) requires(!std::is_const_v<T>) {
  return NpzReader("load_npz", path, limits).load<T>(name);
}

/// Writes tensors of any named element types as an .npz archive that numpy.load reads: save_npz("a.npz", {{"x", x}, {"y",
/// y}}). Fortran order stays; other layouts become row-major on the way. Equal tensors make equal files. It appears
/// whole, on disk, or not at all: an error leaves what was at `path` as it was. Reads each element once and holds 1 MiB. Throws
/// Error for names that are equal or that no member of an archive can have, IoError, std::bad_alloc.
inline void save_npz(const std::string& path, std::span<const NamedTensor> tensors,
                     const SaveNpzOptions& options = {}) {
  detail::require_npz_names("save_npz", tensors);
  posix::OutputFile file("save_npz", path, options.durability);
  if (tensors.empty())
    file.write("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);  // libzip would write no file
  else
    detail::write_npz(file, "save_npz", path, tensors, options.compressed);
  file.publish();
}
inline void save_npz(const std::string& path, std::initializer_list<NamedTensor> tensors,
                     const SaveNpzOptions& options = {}) {
  save_npz(path, std::span(tensors.begin(), tensors.size()), options);
}

}  // namespace litorch
