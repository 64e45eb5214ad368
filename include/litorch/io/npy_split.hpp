// SPDX-License-Identifier: MIT
// The inverse of cat_npy(): one .npy file becomes several.
#pragma once

#include <litorch/io/npy_options.hpp>
#include <litorch/ops/join.hpp>

#include <deque>
#include <set>
#include <vector>

namespace litorch {
namespace detail {

/// A file and the parts that it is cut into.
class NpySplit {
 public:
  /// Reads the header. `length_of(extent, i)` is how far part i reaches along `dim`. Throws what read_npy_header() does;
  /// ShapeError, IndexError and TypeError.
  template <class LengthOf>
  NpySplit(const char* call, const std::string& path, Index parts, Index dim, const NpyTarget& target,
           LengthOf&& length_of)
      : call_(call), target_(target), file_(call, path), header_(read_npy_header(file_)) {
    const Shape& shape = header_.shape;
    if (shape.rank() == 0) fail<ShapeError>(call, "(): '", path, "' holds a scalar, which has no dim to split along");
    dim = normalize_dim(call, dim, shape.rank());
    const DType dtype = this->dtype();
    if (target.casting == Casting::safe && !can_cast(header_.dtype, dtype))
      fail<TypeError>(call, "(): '", path, "' holds ", name(header_.dtype), ", which ", name(dtype),
                      " cannot hold without loss; choose a wider type, or Casting::unsafe");
    item_ = static_cast<Index>(info(dtype).item_size);
    plan_.emplace(shape, dim, false, true, -1);
    Index left = shape[dim];
    for (Index i = 0; i < parts; ++i) {
      const Index length = length_of(shape[dim], i);
      if (length < 0 || length > left)
        fail<ShapeError>(call, "(): part ", i, " of length ", length, " does not fit into the last ", left, " of ",
                         shape[dim], " in dim ", dim, " of '", path, "' (shape ", shape, ")");
      left -= length;
      views_.push_back({nullptr, row_major(shape.with(dim, length))});
      byte_count(call, views_.back().layout.shape, static_cast<std::size_t>(item_));
    }
    if (left > 0)
      fail<ShapeError>(call, "(): the ", parts, " lengths leave ", left, " of ", shape[dim], " in dim ", dim, " of '",
                       path, "' (shape ", shape, "); they must sum up to all of it");
  }

  std::string header_of(Index part) const { return npy_header(dtype(), false, view(part).layout.shape); }

  /// Puts the elements of part i, in row-major order, to files[i] behind its header. Throws IoError, FormatError, Cancelled,
  /// and what `progress` throws.
  template <Executor E>
  void run(E&& executor, std::deque<posix::OutputFile>& files, const ProgressCallback& progress,
           const std::stop_token& stop) const {
    const Index count = plan_->numel();
    if (count == 0) return;
    const JoinedDim joined(plan_->shape, plan_->dim, memory_order(row_major(plan_->shape)));
    const Index widest = std::max<Index>(item_, info(header_.dtype).item_size);
    const NpyPieces pieces(plan_->shape, joined, widest, header_.fortran_order);
    move_pieces(call_, executor, pieces, item_, count * item_, progress, stop,
                [&](Positions piece) { scatter(files, joined, piece); });
  }

 private:
  DType dtype() const noexcept { return target_.dtype.value_or(header_.dtype); }
  const ErasedView& view(Index part) const { return views_[static_cast<std::size_t>(part)]; }

  void scatter(std::deque<posix::OutputFile>& files, const JoinedDim& joined, Positions piece) const {
    const Index bytes = (piece.last - piece.first) * item_, row = joined.row_size();
    const auto read = Tensor<std::byte>::uninitialized(call_, {bytes});
    read_elements(file_, header_, piece, dtype(), target_, read.data());
    const bool one_row = lies_in_one_row(joined, piece);
    const auto kept = Tensor<std::byte>::uninitialized(call_, {one_row ? 0 : bytes});
    const std::byte* from = read.data();
    visit_parts(*plan_, joined, {views_.data(), sizeof(ErasedView), static_cast<Index>(views_.size())}, piece,
                [&](Index i, Index, Positions part) {
                  const Index count = part.last - part.first, rows = one_row ? 1 : count / (count_in_row(i, joined));
                  const std::byte* data = from;
                  if (!one_row) {  // its columns of the rows, one below the other
                    const Shape columns{rows, count / rows};
                    copy_elements(InlineExecutor(), {kept.data(), row_major(columns)},
                                  {const_cast<std::byte*>(from), {columns, Dims{row, 1}}},
                                  static_cast<std::size_t>(item_), {});
                    data = kept.data();
                  }
                  files[static_cast<std::size_t>(i)].write_at(data, static_cast<std::size_t>(count * item_),
                                                              kNpyHeaderBytes + part.first * item_);
                  from += count / rows * item_;
                });
  }
  /// Elements that a part has in each row.
  Index count_in_row(Index part, const JoinedDim& joined) const {
    return view(part).layout.shape[plan_->dim] * joined.inner_size();
  }

  const char* call_;
  NpyTarget target_;
  posix::InputFile file_;
  NpyHeader header_;
  std::vector<ErasedView> views_;  // of the parts' shapes; no memory belongs to them
  std::optional<ConcatPlan> plan_;
  Index item_ = 1;  // bytes an element of the parts
};

/// The files that the parts become. Throws IoError, also for a name that is there twice.
inline void create_parts(std::deque<posix::OutputFile>& files, const char* call,
                         const std::vector<std::string>& outputs, posix::Durability durability) {
  std::set<std::string> names, folders;
  for (const std::string& output : outputs) {
    try {
      files.emplace_back(call, output, durability);
    } catch (const IoError& error) {
      if (error.errno_value() != EMFILE) throw;
      throw IoError(to_text(error.what(), "; all parts are open at once: allow more files, or make fewer parts"),
                    EMFILE);
    }
    const posix::OutputFile& file = files.back();
    if (!names.insert(file.path()).second)
      fail_io(EEXIST, call, "(): two parts would become '", output, "'; give each a name of its own");
    if (folders.insert(file.folder()).second) file.remove_abandoned();
  }
}

template <Executor E, class LengthOf>
void split_npy_by(const std::string& path, const std::vector<std::string>& outputs, Index dim,
                  const CatNpyOptions& options, E&& executor, LengthOf&& length_of) {
  constexpr const char* kCall = "split_npy";
  if (outputs.empty()) fail<ShapeError>(kCall, "(): the list of outputs is empty; give at least one name");
  const NpySplit split(kCall, path, static_cast<Index>(outputs.size()), dim, target_of(options, &conversion_of<>),
                       length_of);
  std::deque<posix::OutputFile> files;
  create_parts(files, kCall, outputs, options.durability);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string header = split.header_of(static_cast<Index>(i));
    files[i].write(header.data(), header.size());
  }
  split.run(executor, files, options.progress, options.stop);
  for (posix::OutputFile& file : files) file.complete();
  for (std::size_t i = 0; i < files.size(); ++i) {
    try {
      files[i].publish();
    } catch (const IoError& error) {
      if (i == 0) throw;
      throw IoError(to_text(error.what(), "; the first ", i, " of ", files.size(), " parts are in place"),
                    error.errno_value());
    }
  }
}

}  // namespace detail

/// The array in a .npy file cut along `dim` into as many parts as `outputs` has names, whose lengths differ by at most 1,
/// the longer ones first, as tensor_split() and numpy.array_split do. Of any size: memory, orders, conversion and
/// `options` are as for cat_npy(), which makes the same array of the parts again: the same file, byte for byte, if it is
/// row-major and as numpy.save writes it. `path` may be one of the outputs.
///
/// All parts are written, and on disk, before the first of them gets its name: an error before leaves what was there. The
/// names are given one by one; an error among them, such as for a folder that has gone, says how many are in place. All
/// parts are open at once: more than about 1000 need a higher limit of open files.
///
/// Throws as cat_npy() does. Reads and writes each byte once; columns pass through memory once more. Thread-safe.
template <Executor E = DefaultExecutor>
void split_npy(const std::string& path, const std::vector<std::string>& outputs, Index dim = 0,
               const CatNpyOptions& options = {}, E&& executor = {}) {
  const Index parts = static_cast<Index>(outputs.size());
  detail::split_npy_by(path, outputs, dim, options, executor,
                       [&](Index extent, Index i) { return extent / parts + (i < extent % parts); });
}
/// The same with a length for each output, which sum up to the extent of `dim`: ShapeError otherwise.
template <Executor E = DefaultExecutor>
void split_npy(const std::string& path, const std::vector<std::string>& outputs, const std::vector<Index>& lengths,
               Index dim = 0, const CatNpyOptions& options = {}, E&& executor = {}) {
  if (lengths.size() != outputs.size())
    detail::fail<ShapeError>("split_npy(): ", lengths.size(), " lengths for ", outputs.size(), " outputs");
  detail::split_npy_by(path, outputs, dim, options, executor,
                       [&](Index, Index i) { return lengths[static_cast<std::size_t>(i)]; });
}

}  // namespace litorch
