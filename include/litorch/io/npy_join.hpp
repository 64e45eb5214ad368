// SPDX-License-Identifier: MIT
// The engine that joins .npy files: a piece of the output at a time, in a bounded amount of memory.
#pragma once

#include <litorch/io/npy_pieces.hpp>
#include <litorch/ops/cat.hpp>

#include <deque>

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
  NpyJoin(const char* call, const std::vector<std::string>& paths, MakePlan make_plan, Index dim,
          const NpyTarget& target = {})
      : call_(call), paths_(paths), target_(target) {
    headers_.reserve(paths.size());
    views_.reserve(paths.size());
    for (const std::string& path : paths) {
      posix::InputFile file(call, path);
      headers_.push_back(read_npy_header(file));
      views_.push_back({nullptr, row_major(headers_.back().shape)});
      fortran_order_ = fortran_order_ || headers_.back().fortran_order;
      widest_ = std::max<Index>(widest_, info(headers_.back().dtype).item_size);
      require_dtype(static_cast<Index>(headers_.size()) - 1);
      if (open_.size() < kMostOpen) open_.push_back(std::move(file));
    }
    plan_.emplace(plan(make_plan, dim));
    item_ = static_cast<Index>(info(dtype()).item_size);
    byte_count(call, plan_->shape, static_cast<std::size_t>(item_));
  }

  DType dtype() const noexcept { return target_.dtype.value_or(headers_.front().dtype); }
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
    const NpyPieces pieces(plan_->shape, joined, std::max(item_, widest_), fortran_order_);
    move_pieces(call_, executor, pieces, item_, bytes(), progress, stop,
                [&](Positions piece) { fill(output, joined, piece); });
  }

 private:
  static constexpr std::size_t kMostOpen = 256;

  ConcatPlan plan(MakePlan make_plan, Index dim) const {
    try {
      return make_plan(call_, inputs().each(&ErasedView::layout), dim);
    } catch (const ShapeError& error) {
      if (error.input() < 0) throw;
      fail_input<ShapeError>(error.input(), call_, ", '", paths_[static_cast<std::size_t>(error.input())],
                             "', does not fit: ", error.what());
    }
  }
  void require_dtype(Index at) const {
    const DType found = headers_.back().dtype, first = headers_.front().dtype;
    const std::string& path = paths_[static_cast<std::size_t>(at)];
    if (!target_.dtype && found != first)
      fail_input<TypeError>(at, call_, ", '", path, "', holds ", name(found), ", expected ", name(first), " as in '",
                            paths_.front(), "'; give a dtype that all are converted to");
    if (target_.dtype && target_.casting == Casting::safe && !can_cast(found, *target_.dtype))
      fail_input<TypeError>(at, call_, ", '", path, "', holds ", name(found), ", which ", name(*target_.dtype),
                            " cannot hold without loss; choose a wider type, or Casting::unsafe");
  }

  void fill(const JoinOutput& output, const JoinedDim& joined, Positions piece) const {
    const Index count = piece.last - piece.first;
    Tensor<std::byte> kept;
    if (output.memory == nullptr) kept = Tensor<std::byte>::uninitialized(call_, {count * item_});
    std::byte* const to = output.memory != nullptr ? output.memory + piece.first * item_ : kept.data();
    lies_in_one_row(joined, piece) ? read_part_of_row(joined, piece, to) : read_rows(joined, piece, to);
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
      if (!(read_npy_header(*opened) == headers_[at]))
        fail_io(EIO, call_, "(): '", paths_[at], "' was replaced by another file while it was read");
    }
    read_elements(opened ? *opened : open_[at], headers_[at], part, dtype(), target_, to);
  }

  const char* call_;
  const std::vector<std::string>& paths_;
  NpyTarget target_;
  std::vector<NpyHeader> headers_;
  std::vector<ErasedView> views_;      // of the shapes; no memory belongs to them
  std::deque<posix::InputFile> open_;  // the first of the files
  std::optional<ConcatPlan> plan_;
  Index item_ = 1, widest_ = 1;  // bytes an element, of the output and of the files
  bool fortran_order_ = false;
};

}  // namespace litorch::detail
