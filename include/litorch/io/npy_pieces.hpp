// SPDX-License-Identifier: MIT
// The elements of an array in files, a bounded piece at a time: what joins and splits of .npy files share.
#pragma once

#include <litorch/base/progress.hpp>
#include <litorch/io/npy_order.hpp>
#include <litorch/ops/casting.hpp>
#include <litorch/ops/concat_plan.hpp>

#include <atomic>
#include <mutex>
#include <optional>
#include <stop_token>

namespace litorch::detail {

/// What the elements of files become.
struct NpyTarget {
  std::optional<DType> dtype{};  ///< the files' own where it is not given
  Casting casting = Casting::safe;
  Conversion (*conversion)(DType from, DType to) = nullptr;  ///< conversion_of<>; none where no element is read
};

/// The pieces that an array is moved in one by one: whole rows, or parts of one row. `item` is the size in bytes of an
/// element where it is largest.
class NpyPieces {
 public:
  NpyPieces(const Shape& shape, const JoinedDim& joined, Index item, bool fortran_order)
      : total_(shape.numel()), row_(joined.row_size()) {
    // A piece of files in Fortran order is read as stretches of columns: the longer the fewer reads.
    constexpr Index kPieceBytes = 512 * 1024, kColumnBytes = 8 << 20;
    const Index most = std::max<Index>(1, (fortran_order ? kColumnBytes : kPieceBytes) / item);
    const Index index_of_dim_0 = total_ / shape[0];
    Index unit = row_ <= most ? row_ : 1;
    if (fortran_order && index_of_dim_0 <= most) unit = index_of_dim_0;
    size_ = most / unit * unit;
    if (row_ > most) each_ = (row_ + size_ - 1) / size_;
  }

  Index count() const { return each_ > 0 ? total_ / row_ * each_ : (total_ + size_ - 1) / size_; }
  Positions operator[](Index i) const {
    if (each_ == 0) return {i * size_, std::min(total_, (i + 1) * size_)};
    const Index begin = i / each_ * row_, at = i % each_ * size_;
    return {begin + at, begin + std::min(row_, at + size_)};
  }

 private:
  Index total_, row_, size_ = 1;
  Index each_ = 0;  // pieces of a row
};

/// Calls move(piece) for each piece, and `progress` with the bytes of elements of `item` bytes. Throws Cancelled, and what
/// the two throw.
template <Executor E, class Move>
void move_pieces(const char* call, E&& executor, const NpyPieces& pieces, Index item, Index total,
                 const ProgressCallback& progress, const std::stop_token& stop, Move&& move) {
  std::atomic<Index> done = 0;
  std::mutex mutex;
  Index told = 0;
  executor.run(static_cast<std::size_t>(pieces.count()), [&](std::size_t number) {
    if (stop.stop_requested()) fail<Cancelled>(call, "(): stopped on request, after ", done.load(), " bytes");
    const Positions piece = pieces[static_cast<Index>(number)];
    move(piece);
    const Index bytes = (piece.last - piece.first) * item;
    done += bytes;
    if (!progress) return;
    const std::lock_guard lock(mutex);
    progress(static_cast<std::size_t>(told += bytes), static_cast<std::size_t>(total));
  });
}

inline bool lies_in_one_row(const JoinedDim& joined, Positions piece) {
  return piece.first / joined.row_size() == (piece.last - 1) / joined.row_size();
}

/// Positions of the file, in row-major order, as elements of type `dtype`. Throws IoError, also where the file became
/// shorter; FormatError.
inline void read_elements(const posix::InputFile& file, const NpyHeader& header, Positions part, DType dtype,
                          const NpyTarget& target, std::byte* to) {
  const RowMajorFile rows(file, header);
  try {
    if (header.dtype == dtype) return rows.read(part.first, part.last, to);
    const Index count = part.last - part.first;
    const auto kept = Tensor<std::byte>::uninitialized(file.call(), {count * info(header.dtype).item_size});
    rows.read(part.first, part.last, kept.data());
    target.conversion(header.dtype, dtype)(to, kept.data(), count);
  } catch (const FormatError& error) {
    if (error.code() != FormatCode::truncated_data) throw;
    throw IoError(error.what(), EIO);
  }
}

}  // namespace litorch::detail
