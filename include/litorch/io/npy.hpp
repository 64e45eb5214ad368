// SPDX-License-Identifier: MIT
// NumPy's .npy files: tensors read, written and mapped.
#pragma once

#include <litorch/io/npy_header.hpp>
#include <litorch/ops/copy.hpp>
#include <litorch/posix/file.hpp>
#include <litorch/tensor/tensor.hpp>

namespace litorch {
namespace detail {

/// Bytes that are read, looked at or written in one go: few enough to stay in the cache from one step to the next, a
/// multiple of every element size.
inline constexpr Index kNpyPieceBytes = Index{1} << 20;

/// Reads a page, and more only where the header is longer.
inline NpyHeader read_npy_header(const posix::InputFile& file) {
  constexpr std::size_t kPage = 4096;
  std::array<std::byte, kNpyHeadBytes> head;
  std::size_t bytes = file.read_at(head.data(), kPage, 0);
  if (bytes == kPage) {
    const std::size_t at = head[6] == std::byte{1} ? 10 : 12;
    if (at + npy_header_length(head, at) > kPage)
      bytes += file.read_at(head.data() + kPage, head.size() - kPage, static_cast<Index>(kPage));
  }
  return parse_npy_header(file.call(), file.path(), {head.data(), bytes}, file.size());
}

/// Throws TypeError where a file does not hold `wanted`.
inline void require_dtype(const char* call, const std::string& path, const NpyHeader& header, DType wanted) {
  if (header.dtype != wanted)
    fail<TypeError>(call, "(): '", path, "' holds ", name(header.dtype), ", not ", name(wanted),
                    "; ask for the C++ type of ", name(header.dtype), ", or convert the file with astype in NumPy");
}

/// The header of a file that holds `wanted`. Throws TypeError otherwise.
inline NpyHeader read_npy_header(const posix::InputFile& file, DType wanted) {
  const NpyHeader header = read_npy_header(file);
  require_dtype(file.call(), file.path(), header, wanted);
  return header;
}

inline Layout reverse_dims(const Layout& layout) {
  Dims order;
  for (Index dim = layout.shape.rank() - 1; dim >= 0; --dim) order.push_back(dim);
  return permute(layout, order);
}

/// The elements of a file at the start of `storage`, in the file's order.
template <class T>
Tensor<T> npy_tensor(Storage storage, const NpyHeader& header) {
  Layout layout = row_major(header.shape);
  if (header.fortran_order) layout = reverse_dims(row_major(reverse_dims(layout).shape));
  const TensorView<T> view(reinterpret_cast<T*>(storage.data()), layout);
  return Tensor<T>(std::move(storage), view);
}

/// Throws FormatError for a byte that is neither 0 nor 1; `offset` is where in the file the bytes are.
inline void require_bools(const char* call, const std::string& path, const std::byte* data, Index bytes, Index offset) {
  std::uint64_t bits = 0, word = 0;
  Index i = 0;
  for (; i + 8 <= bytes; i += 8) {
    std::memcpy(&word, data + i, 8);
    bits |= word;
  }
  for (; i < bytes; ++i) bits |= std::to_integer<std::uint64_t>(data[i]);
  if ((bits & ~std::uint64_t{0x0101010101010101}) == 0) return;
  const std::byte* const bad = std::find_if(data, data + bytes, [](std::byte value) { return value > std::byte{1}; });
  fail_format(FormatCode::bad_bool, offset + (bad - data), call, "(): '", path, "' has the value ",
              std::to_integer<int>(*bad), " as a boolean, expected 0 or 1; view the array as uint8 and save it again");
}

template <class Unit>
void swap_bytes(std::byte* data, Index bytes) {
  for (std::byte* at = data; at != data + bytes; at += sizeof(Unit)) {
    Unit unit;
    std::memcpy(&unit, at, sizeof(Unit));
    if constexpr (sizeof(Unit) == 2) unit = __builtin_bswap16(unit);
    if constexpr (sizeof(Unit) == 4) unit = __builtin_bswap32(unit);
    if constexpr (sizeof(Unit) == 8) unit = __builtin_bswap64(unit);
    std::memcpy(at, &unit, sizeof(Unit));
  }
}

/// Turns the bytes of every `unit` of them round.
inline void swap_units(std::size_t unit, std::byte* data, Index bytes) {
  if (unit == 2) swap_bytes<std::uint16_t>(data, bytes);
  if (unit == 4) swap_bytes<std::uint32_t>(data, bytes);
  if (unit == 8) swap_bytes<std::uint64_t>(data, bytes);
}

/// Makes whole elements, as they were read at `offset`, what this machine stores. Throws FormatError for bad booleans.
inline void to_native(const char* call, const std::string& path, const NpyHeader& header, std::byte* data, Index bytes,
                      Index offset) {
  if (header.dtype == DType::boolean) require_bools(call, path, data, bytes, offset);
  if (header.swapped) swap_units(info(header.dtype).swap_size, data, bytes);
}

/// Bytes [done, done + bytes) of the file's data, whole elements, as this machine stores them. Throws FormatError.
inline void read_npy_part(const posix::InputFile& file, const NpyHeader& header, Index done, Index bytes,
                          std::byte* data) {
  const Index offset = header.data_offset + done;
  const std::size_t got = file.read_at(data, static_cast<std::size_t>(bytes), offset);
  if (got < static_cast<std::size_t>(bytes))
    fail_format(FormatCode::truncated_data, offset + static_cast<Index>(got), file.call(), "(): '", file.path(),
                "' became shorter while it was read; expected ", header.data_bytes,
                " bytes of data; read it when its writer is done");
  to_native(file.call(), file.path(), header, data, bytes, offset);
}

/// All data of the file, as this machine stores them.
inline void read_npy_data(const posix::InputFile& file, const NpyHeader& header, std::byte* data) {
  for (Index done = 0; done < header.data_bytes; done += kNpyPieceBytes)
    read_npy_part(file, header, done, std::min(kNpyPieceBytes, header.data_bytes - done), data + done);
}

/// All data of the file, as a new tensor.
template <class T>
Tensor<T> load_npy_data(const posix::InputFile& file, const NpyHeader& header) {
  Tensor<T> tensor = npy_tensor<T>(Storage::allocate(static_cast<std::size_t>(header.data_bytes)), header);
  read_npy_data(file, header, tensor.storage().data());
  return tensor;
}

/// The data of the file where they are. Throws FormatError where they must be read by `loader` instead.
template <class T>
Tensor<const T> map_npy_data(const posix::InputFile& file, const NpyHeader& header, const char* loader) {
  if (header.swapped)
    fail_format(FormatCode::swapped_data, header.data_offset, file.call(), "(): '", file.path(),
                "' is in the other byte order than this machine; use ", loader, ", which swaps it");
  if (header.data_offset % static_cast<Index>(alignof(T)) != 0)
    fail_format(FormatCode::misaligned_data, header.data_offset, file.call(), "(): '", file.path(),
                "' has its data at ", header.data_offset, ", which is no multiple of ", alignof(T), "; use ", loader,
                ", or save it again");
  posix::MappedRegion region = posix::MappedRegion::file(
      file.call(), file.path(), file.fd(), static_cast<std::size_t>(header.data_offset + header.data_bytes));
  std::byte* const data = region.data() + header.data_offset;
  if (header.dtype == DType::boolean)
    require_bools(file.call(), file.path(), data, header.data_bytes, header.data_offset);
  return npy_tensor<const T>(Storage::adopt(data, std::move(region)), header);
}

/// Whether the elements lie in Fortran order, and not in row-major order as well.
inline bool in_fortran_order(const Layout& layout) {
  return !is_contiguous(layout) && is_contiguous(reverse_dims(layout));
}

/// Appends the elements in row-major order, copied to `piece` as many rows at a time as fit there.
template <class T, class File>
void write_row_major(File& file, const TensorView<const T>& view, const TensorView<T>& piece) {
  if (view.numel() <= piece.numel()) {
    const TensorView<T> part = piece.narrow(0, 0, view.numel()).reshape(view.shape().dims());
    part.copy_(view);
    file.write(part.data(), static_cast<std::size_t>(view.numel()) * sizeof(T));
    return;
  }
  const Index rows = std::max<Index>(1, piece.numel() / (view.numel() / view.size(0)));
  for (Index row = 0; row < view.size(0); row += rows)
    if (rows == 1)
      write_row_major(file, view[row], piece);
    else
      write_row_major(file, view.narrow(0, row, std::min(rows, view.size(0) - row)), piece);
}

}  // namespace detail

/// What the header of a .npy file says. Reads no data, but checks that as much as the shape needs is there. Throws
/// FormatError, IoError.
inline NpyHeader npy_info(const std::string& path) {
  return detail::read_npy_header(posix::InputFile("npy_info", path));
}

/// The array in a .npy file. Reads the data once, straight to where they stay; Fortran order becomes strides, and the
/// other byte order is swapped in place. Allocates no more than the file's size, and only after its header is found to
/// be right. Throws FormatError, IoError, TypeError where the file holds other elements than T, std::bad_alloc.
///
/// What numpy.load takes has the same elements here, except for these files, which are refused:
/// - with bytes behind the data, or booleans other than 0 and 1
/// - of strings, dates, structures, numbers over 8 bytes a part, or more than 8 dims
/// - of a type whose byte order is not said: =f8, |f8, f8, float64
/// - with a key twice, numbers that are no plain decimals, strings with escapes or prefixes or in parts, values in
///   parentheses, tabs, comments, newlines or letters beyond ASCII in the header, or without a newline at its end
template <NamedElement T>
Tensor<T> load_npy(const std::string& path) requires(!std::is_const_v<T>) {
  const posix::InputFile file("load_npy", path);
  const NpyHeader header = detail::read_npy_header(file, dtype_of<T>);
  return detail::load_npy_data<T>(file, header);
}

/// The array in a .npy file, mapped read-only: takes no memory of its own and reads what is looked at when it is looked
/// at (booleans are all looked at once, to check them). The mapping lives as long as any handle to it, also after the
/// file is removed or replaced.
///
/// The file must not change meanwhile: where another process writes into it the elements change, and touching what
/// another process has cut off ends this one with SIGBUS. Files written by save_npy are replaced, never changed, and
/// safe; load_npy is always safe.
///
/// Throws FormatError, also where the byte order is not this machine's or the data are not aligned for T: use load_npy
/// then. Throws IoError, and TypeError where the file holds other elements than T.
template <NamedElement T>
Tensor<const T> map_npy(const std::string& path) {
  const posix::InputFile file("map_npy", path);
  file.read_ahead(false);
  const NpyHeader header = detail::read_npy_header(file, dtype_of<T>);
  file.read_ahead(true);
  return detail::map_npy_data<T>(file, header, "load_npy");
}

/// Writes a .npy file as NumPy does: row-major, or in Fortran order where the elements lie so. It appears whole, on
/// disk, or not at all: an error leaves what was at `path` as it was. Moves the bytes once; other layouts pass through a
/// buffer of 1 MiB. Throws IoError, std::bad_alloc.
template <TensorLike X>
void save_npy(const std::string& path, const X& tensor) requires NamedElement<typename X::value_type> {
  using T = typename X::value_type;
  const TensorView<const T> view = tensor;
  const bool fortran_order = detail::in_fortran_order(view.layout());
  posix::OutputFile file("save_npy", path);
  const std::string header = npy_header(dtype_of<T>, fortran_order, view.shape());
  file.write(header.data(), header.size());
  if (view.is_contiguous() || fortran_order)
    file.write(view.data(), static_cast<std::size_t>(view.numel()) * sizeof(T));
  else
    detail::write_row_major<T>(
        file, view,
        Tensor<T>::uninitialized("save_npy", {detail::kNpyPieceBytes / static_cast<Index>(sizeof(T))}).view());
  file.publish();
}

}  // namespace litorch
