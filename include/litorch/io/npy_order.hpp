// SPDX-License-Identifier: MIT
// Elements of .npy files in row-major order, whatever order the file has, and without mapping it.
#pragma once

#include <litorch/io/npy.hpp>

namespace litorch::detail {

/// Reads the elements at any positions of the row-major order, in few large reads where the file's order allows it.
/// Thread-safe.
class RowMajorFile {
 public:
  RowMajorFile(const posix::InputFile& file, const NpyHeader& header)
      : file_(file), header_(header), item_(static_cast<Index>(info(header.dtype).item_size)) {}

  /// Positions [first, last), to `to`. In Fortran order it is best asked for whole indices of dim 0, many at a time. Throws
  /// FormatError, IoError.
  void read(Index first, Index last, std::byte* to) const {
    if (!header_.fortran_order || header_.shape.rank() < 2) return read_file_order(first, last - first, to);
    const Index each = header_.shape.numel() / header_.shape[0];  // positions of an index of dim 0
    while (first < last) {
      const Index index = first / each, whole = (last - first) / each;
      const bool aligned = first == index * each && whole > 0;
      const Index end = aligned ? (index + whole) * each : std::min(last, (index + 1) * each);
      aligned ? read_rows(index, index + whole, to) : read_one_by_one(first, end, to);
      to += (end - first) * item_;
      first = end;
    }
  }

 private:
  static constexpr Index kWindowBytes = 4096;

  void read_file_order(Index first, Index count, std::byte* to) const {
    read_npy_part(file_, header_, first * item_, count * item_, to);
  }

  /// Indices [first, last) of dim 0: a stretch of each column.
  void read_rows(Index first, Index last, std::byte* to) const {
    const Index count = last - first, all = header_.shape[0], columns = header_.shape.numel() / all;
    const Layout rows = row_major(header_.shape.with(0, count));
    const auto kept = Tensor<std::byte>::uninitialized(file_.call(), {rows.shape.numel() * item_});
    if (count == all)
      read_file_order(0, columns * all, kept.data());
    else
      for (Index column = 0; column < columns; ++column)
        read_file_order(column * all + first, count, kept.data() + column * count * item_);
    const Layout as_read = reverse_dims(row_major(reverse_dims(rows).shape));
    copy_elements(InlineExecutor(), {to, rows}, {kept.data(), as_read}, static_cast<std::size_t>(item_), {});
  }

  /// Positions of one index of dim 0, which lie far apart: by way of a window on the file.
  void read_one_by_one(Index first, Index last, std::byte* to) const {
    alignas(16) std::byte window[kWindowBytes];
    const Index all = header_.shape.numel();
    Index begin = 0, end = 0;
    for (Index position = first; position < last; ++position, to += item_) {
      const Index at = place_of(position);
      if (at < begin || at >= end) {
        begin = at;
        end = std::min(all, at + kWindowBytes / item_);
        read_file_order(begin, end - begin, window);
      }
      std::memcpy(to, window + (at - begin) * item_, static_cast<std::size_t>(item_));
    }
  }
  /// Where in the file's order the element is.
  Index place_of(Index position) const {
    Index place = 0, step = header_.shape.numel();
    for (Index dim = header_.shape.rank() - 1; dim >= 0; --dim) {
      const Index extent = header_.shape[dim];
      step /= extent;
      place += position % extent * step;
      position /= extent;
    }
    return place;
  }

  const posix::InputFile& file_;
  const NpyHeader& header_;
  Index item_;
};

}  // namespace litorch::detail
