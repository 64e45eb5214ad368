// SPDX-License-Identifier: MIT
// The engine that joins .npy files: a piece of the output at a time, in a bounded amount of memory.
#pragma once

#include <litorch/base/progress.hpp>
#include <litorch/io/npy_order.hpp>
#include <litorch/ops/cat.hpp>

#include <atomic>
#include <deque>
#include <mutex>
#include <stop_token>

namespace litorch::detail {

/// Where a join puts its elements: into memory that is there already, or into a file behind the header.
struct JoinOutput {
  std::byte* memory = nullptr;
  posix::OutputFile* file = nullptr;
};

/// Files that fit together along a dim.
class NpyJoin {
 public:
  /// Reads the headers. Throws what read_npy_header() and `make_plan` do, and ShapeError or TypeError that name the file
  /// that does not fit.
  NpyJoin(const char* call, const std::vector<std::string>& paths, MakePlan make_plan, Index dim)
      : call_(call), paths_(paths) {
    headers_.reserve(paths.size());
    views_.reserve(paths.size());
    for (const std::string& path : paths) {
      posix::InputFile file(call, path);
      headers_.push_back(read_npy_header(file));
      views_.push_back({nullptr, row_major(headers_.back().shape)});
      fortran_order_ = fortran_order_ || headers_.back().fortran_order;
      require_same_dtype(static_cast<Index>(headers_.size()) - 1);
      if (open_.size() < kMostOpen) open_.push_back(std::move(file));
    }
    plan_.emplace(plan(make_plan, dim));
    item_ = headers_.empty() ? 1 : static_cast<Index>(info(dtype()).item_size);
    byte_count(call, plan_->shape, static_cast<std::size_t>(item_));
  }

  DType dtype() const noexcept { return headers_.front().dtype; }
  const Shape& shape() const noexcept { return plan_->shape; }
  Index bytes() const noexcept { return plan_->numel() * item_; }
  /// Of the output.
  NpyHeader header() const {
    return {.dtype = dtype(), .shape = shape(), .data_offset = kNpyHeaderBytes, .data_bytes = bytes()};
  }

  /// Puts all elements, in row-major order, to `output`. Throws IoError, FormatError, Cancelled, and what `progress`
  /// throws, which is called by one thread at a time, with numbers of bytes.
  template <Executor E>
  void run(E&& executor, const JoinOutput& output, const ProgressCallback& progress,
           const std::stop_token& stop) const {
    if (plan_->numel() == 0) return;
    const JoinedDim joined(plan_->shape, plan_->dim, memory_order(row_major(plan_->shape)));
    const Pieces pieces(*plan_, joined, item_, fortran_order_);
    std::atomic<Index> done = 0;
    std::mutex mutex;
    Index told = 0;
    executor.run(static_cast<std::size_t>(pieces.count()), [&](std::size_t number) {
      if (stop.stop_requested()) fail<Cancelled>(call_, "(): stopped on request, after ", done.load(), " bytes");
      const Positions piece = pieces[static_cast<Index>(number)];
      fill(output, joined, piece);
      const Index bytes = (piece.last - piece.first) * item_;
      done += bytes;
      if (!progress) return;
      const std::lock_guard lock(mutex);
      progress(static_cast<std::size_t>(told += bytes), static_cast<std::size_t>(this->bytes()));
    });
  }

 private:
  static constexpr std::size_t kMostOpen = 256;

  /// The pieces that are filled one by one: whole rows, or parts of one row.
  class Pieces {
   public:
    Pieces(const ConcatPlan& plan, const JoinedDim& joined, Index item, bool fortran_order)
        : total_(plan.numel()), row_(joined.row_size()) {
      // A piece of files in Fortran order is read as stretches of columns: the longer the fewer reads.
      constexpr Index kPieceBytes = 512 * 1024, kColumnBytes = 8 << 20;
      const Index most = std::max<Index>(1, (fortran_order ? kColumnBytes : kPieceBytes) / item);
      const Index index_of_dim_0 = total_ / plan.shape[0];
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

  ConcatPlan plan(MakePlan make_plan, Index dim) const {
    try {
      return make_plan(call_, inputs().each(&ErasedView::layout), dim);
    } catch (const ShapeError& error) {
      if (error.input() < 0) throw;
      fail_input<ShapeError>(error.input(), call_, ", '", paths_[static_cast<std::size_t>(error.input())],
                             "', does not fit: ", error.what());
    }
  }
  void require_same_dtype(Index at) const {
    const DType found = headers_.back().dtype, first = headers_.front().dtype;
    if (found != first)
      fail_input<TypeError>(at, call_, ", '", paths_[static_cast<std::size_t>(at)], "', holds ", name(found),
                            ", expected ", name(first), " as in '", paths_.front(), "'; convert it first");
  }

  void fill(const JoinOutput& output, const JoinedDim& joined, Positions piece) const {
    const Index count = piece.last - piece.first;
    Tensor<std::byte> kept;
    if (output.memory == nullptr) kept = Tensor<std::byte>::uninitialized(call_, {count * item_});
    std::byte* const to = output.memory != nullptr ? output.memory + piece.first * item_ : kept.data();
    const Index row = joined.row_size();
    if (joined.rows() == 1 || count < row || piece.first / row == (piece.last - 1) / row)
      read_part_of_row(joined, piece, to);
    else
      read_rows(joined, piece, to);
    if (output.file != nullptr)
      output.file->write_at(to, static_cast<std::size_t>(count * item_), kNpyHeaderBytes + piece.first * item_);
  }

  StridedSpan<const ErasedView> inputs() const {
    return {views_.data(), sizeof(ErasedView), static_cast<Index>(views_.size())};
  }

  /// What the files bring to a part of a row follows one another.
  void read_part_of_row(const JoinedDim& joined, Positions piece, std::byte* to) const {
    visit_parts(*plan_, joined, inputs(), piece, [&](Index i, Index, Positions part) {
      read(i, part, to);
      to += (part.last - part.first) * item_;
    });
  }

  /// Each file brings as many rows of its own, which are read one below the other and then joined side by side.
  void read_rows(const JoinedDim& joined, Positions piece, std::byte* to) const {
    const Index rows = (piece.last - piece.first) / joined.row_size();
    const auto kept = Tensor<std::byte>::uninitialized(call_, {(piece.last - piece.first) * item_});
    std::vector<ErasedView> parts;
    std::byte* at = kept.data();
    visit_parts(*plan_, joined, inputs(), piece, [&](Index i, Index, Positions part) {
      read(i, part, at);
      parts.push_back({at, row_major({rows, (part.last - part.first) / rows})});
      at += (part.last - part.first) * item_;
    });
    const StridedSpan<const ErasedView> list{parts.data(), sizeof(ErasedView), static_cast<Index>(parts.size())};
    const ConcatPlan plan = plan_cat(call_, list.each(&ErasedView::layout), 1);
    join(InlineExecutor(), {to, row_major(plan.shape)}, plan, list, static_cast<std::size_t>(item_), {});
  }

  void read(Index i, Positions part, std::byte* to) const {
    const std::size_t at = static_cast<std::size_t>(i);
    std::optional<posix::InputFile> opened;
    if (at >= open_.size()) {
      opened.emplace(call_, paths_[at]);
      if (const NpyHeader now = read_npy_header(*opened); now.shape != headers_[at].shape || now.dtype != dtype())
        fail_io(EIO, call_, "(): '", paths_[at], "' was replaced by another file while it was read");
    }
    try {
      RowMajorFile(opened ? *opened : open_[at], headers_[at]).read(part.first, part.last, to);
    } catch (const FormatError& error) {
      if (error.code() != FormatCode::truncated_data) throw;
      throw IoError(error.what(), EIO);
    }
  }

  const char* call_;
  const std::vector<std::string>& paths_;
  std::vector<NpyHeader> headers_;
  std::vector<ErasedView> views_;      // of the shapes; no memory belongs to them
  std::deque<posix::InputFile> open_;  // the first of the files
  std::optional<ConcatPlan> plan_;
  Index item_ = 1;
  bool fortran_order_ = false;
};

}  // namespace litorch::detail
