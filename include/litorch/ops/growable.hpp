// SPDX-License-Identifier: MIT
// A tensor that grows along dim 0: the pieces come one by one, nobody knows how many.
#pragma once

#include <litorch/ops/join.hpp>
#include <litorch/ops/tensor_list.hpp>

namespace litorch {

/// Rows of one shape, appended to one after another. Growing doubles the memory: large memory is extended without a
/// copy, by the pages of the memory pool, where it is or, unless a view() needs it there, elsewhere. Appending n rows
/// costs O(1) copies a row. Pieces that are given away are copied by all threads, some of them at a time.
///
/// Move-only. Not thread-safe; views that were handed out may be read while more is appended, and stay what they are.
template <class T>
class Growable {
 public:
  /// The first piece says which shape a row has.
  Growable() = default;
  /// Rows of shape `row`: a piece (n, row...) is n of them.
  explicit Growable(const Shape& row) { set_row(row); }
  Growable(Growable&& other) noexcept { swap(other); }
  Growable& operator=(Growable&& other) noexcept {
    Growable taken(std::move(other));
    swap(taken);
    return *this;
  }

  /// Appends `piece`: of one dim more than a row, its rows; of the shape of a row, that row. Any strides; (0,) adds
  /// nothing, as in cat(). Throws ShapeError, after which nothing has changed, and std::bad_alloc, after which there may be
  /// no rows.
  template <TensorLike Piece, Executor E = DefaultExecutor>
  void append(const Piece& piece, E&& executor = {}) {
    static_assert(std::same_as<typename Piece::value_type, T>, "append() takes tensors of its own element type");
    if (adds_nothing(piece.shape())) return;
    copy_waiting(executor);
    const Index count = make_room(piece.shape(), executor), bytes = count * row_bytes_;
    copy_piece(erased(piece), piece.is_contiguous(), bytes, executor);
    used_ += bytes;
    rows_ += count;
  }
  /// Appends a piece that is not needed any more; it is empty afterwards, unless the call throws. One of 16 KiB to 1 MiB
  /// that has its memory for itself may wait, where the executor has several threads, until up to 4 MiB are worth the
  /// work of all of them, or until somebody wants to see the rows. Views of it must not be used from now on.
  template <Executor E = DefaultExecutor>
  void append(Tensor<T>&& piece, E&& executor = {}) {
    const Shape& shape = piece.shape();
    const Index bytes = piece.numel() * kItem;
    if (!may_wait(piece, bytes) || executor.size() == 1) {
      append(std::as_const(piece), executor);
      piece = Tensor<T>();
      return;
    }
    if (waiting_bytes_ + bytes > kMostWaiting) copy_waiting(executor);
    waiting_.reserve(kMostWaiting / kLeastWaiting);
    const Index count = make_room(shape, executor);
    waiting_.push_back(shape == row_ ? piece.unsqueeze(0) : piece);
    piece = Tensor<T>();
    waiting_bytes_ += bytes;
    used_ += bytes;
    rows_ += count;
  }

  /// Memory for `rows` rows in all, without another step of growth. Throws ShapeError over 2^63 - 1 bytes.
  void reserve(Index rows) {
    if (!known_) {
      reserved_ = std::max(reserved_, rows);
      return;
    }
    const Index wanted = detail::byte_count("reserve", shape_of(std::max(rows, rows_)), sizeof(T));
    if (wanted > capacity_) grow_to(wanted, DefaultExecutor());
  }

  /// How many rows there are, and for how many there is memory.
  Index rows() const noexcept { return rows_; }
  Index capacity() const noexcept { return row_bytes_ == 0 ? rows_ : capacity_ / row_bytes_; }

  /// The rows so far, without a copy. Keeps the memory where it is, so that a step of growth may have to copy.
  Tensor<T> view() {
    copy_waiting(DefaultExecutor());
    return known_ ? Tensor<T>::of(storage_, shape_of(rows_)) : Tensor<T>();
  }
  /// All rows, without a copy; shape (0,) where no piece came and no shape was given. This is empty then.
  Tensor<T> tensor() && {
    Growable taken(std::move(*this));
    return taken.view();
  }

 private:
  static constexpr Index kItem = sizeof(T);
  static constexpr Index kLeastCapacity = 1024;      // bytes
  static constexpr Index kStreamedPiece = 4096;      // bytes: smaller ones end up in the cache
  static constexpr Index kLeastWaiting = 16 * 1024;  // bytes: smaller ones are copied sooner than they are kept
  static constexpr Index kSerialPiece = 1 << 20;     // bytes: smaller ones are no work for two
  static constexpr Index kMostWaiting = 4 << 20;     // bytes: enough work for several

  static Shape row_of(const Shape& shape) {
    if (shape.rank() == 0) detail::fail<ShapeError>("append(): the first piece is a scalar; give it a dim of rows");
    return Shape(shape.begin() + 1, shape.end());
  }
  void set_row(const Shape& row) {
    row_bytes_ = detail::byte_count("Growable", row, sizeof(T));
    row_ = row;
    known_ = true;
    if (reserved_ > 0) reserve(reserved_);
  }
  Shape shape_of(Index rows) const {
    Dims extents = row_.dims();
    extents.insert(0, rows);
    return Shape(extents);
  }
  /// How many rows a piece of this shape brings.
  Index rows_of(const Shape& shape) const {
    if (shape == row_) return 1;
    const bool fits = shape.rank() == row_.rank() + 1 && std::equal(row_.begin(), row_.end(), shape.begin() + 1);
    if (!fits)
      detail::fail<ShapeError>("append(): the piece has shape ", shape, ", expected rows of shape ", row_,
                               " or one row; there are ", rows_, " rows so far");
    return shape[0];
  }

  /// Not a small part of something large, which would be kept as well.
  static bool may_wait(const Tensor<T>& piece, Index bytes) {
    const auto kept = static_cast<Index>(piece.storage().exclusive_bytes());
    return bytes >= kLeastWaiting && bytes < kSerialPiece && kept > 0 && kept <= 2 * bytes && piece.is_contiguous();
  }
  static bool adds_nothing(const Shape& piece) { return piece.rank() == 1 && piece[0] == 0; }
  /// Memory for a piece of this shape behind the rows. How many rows it is.
  template <Executor E>
  Index make_room(const Shape& piece, E&& executor) {
    if (!known_) set_row(row_of(piece));
    const Index count = rows_of(piece);
    if (count * row_bytes_ > capacity_ - used_) grow(count * row_bytes_, executor);
    return count;
  }
  /// Whether pieces go past the caches. Earlier than elsewhere: nobody reads what has been appended before the end, and
  /// more is likely to come.
  bool streams(Index bytes) const { return capacity_ >= detail::stream_threshold() / 4 && bytes >= kStreamedPiece; }
  static detail::Tuning tuning(bool stream) {
    detail::Tuning tuning;
    tuning.stream_from = stream ? 0 : std::numeric_limits<Index>::max();
    return tuning;
  }
  template <Executor E>
  void copy_piece(const detail::ErasedView& piece, bool contiguous, Index bytes, E&& executor) {
    std::byte* const to = storage_.data() + used_;
    const bool stream = streams(bytes);
    if (bytes < kSerialPiece && contiguous) {
      if (bytes > 0) detail::copy_run(to, piece.data, static_cast<std::size_t>(bytes), stream, piece.data + bytes);
      if (stream) detail::stream_fence();
    } else {
      detail::copy_elements(executor, {to, detail::row_major(piece.layout.shape)}, piece, sizeof(T), tuning(stream));
    }
  }
  /// The pieces that wait are the last of the rows.
  template <Executor E>
  void copy_waiting(E&& executor) {
    if (waiting_.empty()) return;
    const detail::TensorList<const std::vector<Tensor<T>>> list(waiting_);
    const detail::ConcatPlan plan = detail::plan_cat("append", list.views().each(&detail::ErasedView::layout), 0);
    const detail::ErasedView out{storage_.data() + used_ - waiting_bytes_, detail::row_major(plan.shape)};
    detail::join(executor, out, plan, list.views(), sizeof(T), tuning(streams(waiting_bytes_)));
    waiting_.clear();
    waiting_bytes_ = 0;
  }

  template <Executor E>
  void grow(Index more, E&& executor) {
    Index wanted = 0;
    if (!detail::add_checked(used_, more, wanted))
      detail::fail<ShapeError>("append(): ", rows_, " rows and ", more, " bytes more are over 2^63 - 1 bytes");
    const Index doubled = capacity_ > std::numeric_limits<Index>::max() / 2 ? wanted : 2 * capacity_;
    grow_to(std::max({wanted, doubled, kLeastCapacity}), executor);
  }
  template <Executor E>
  void grow_to(Index capacity, E&& executor) {
    const auto bytes = static_cast<std::size_t>(capacity);
    detail::JoinedPages* const mapped = storage_.shared_pages();
    if (mapped != nullptr && mapped->grow(bytes)) {
      // in place, and views may look on
    } else if (detail::JoinedPages* const own = storage_.own_pages()) {
      try {
        storage_ = Storage::mapped(detail::JoinedPages::extend(*own, bytes));
      } catch (...) {
        Growable().swap(*this);  // some of its pages may be gone
        throw;
      }
    } else {
      Storage larger = Storage::allocate(bytes);
      if (const Index copied = used_ - waiting_bytes_; copied > 0) {
        const Layout layout = detail::row_major({copied});
        detail::copy_elements(executor, {larger.data(), layout}, {storage_.data(), layout}, 1, {});
      }
      storage_ = std::move(larger);
    }
    const detail::JoinedPages* const pages = storage_.shared_pages();
    capacity_ = pages == nullptr ? capacity : static_cast<Index>(pages->size());
  }

  void swap(Growable& other) noexcept {
    std::swap(storage_, other.storage_);
    std::swap(row_, other.row_);
    std::swap(known_, other.known_);
    std::swap(row_bytes_, other.row_bytes_);
    std::swap(rows_, other.rows_);
    std::swap(used_, other.used_);
    std::swap(capacity_, other.capacity_);
    std::swap(reserved_, other.reserved_);
    std::swap(waiting_, other.waiting_);
    std::swap(waiting_bytes_, other.waiting_bytes_);
  }

  Storage storage_;
  Shape row_;
  bool known_ = false;  // the shape of a row
  Index row_bytes_ = 0;
  Index rows_ = 0;
  Index used_ = 0, capacity_ = 0;  // bytes
  Index reserved_ = 0;             // rows asked for before the shape was known
  std::vector<Tensor<T>> waiting_;
  Index waiting_bytes_ = 0;
};

}  // namespace litorch
