// SPDX-License-Identifier: MIT
// A tensor that grows along dim 0: the pieces come one by one, nobody knows how many.
#pragma once

#include <litorch/ops/copy.hpp>

namespace litorch {

/// Rows of one shape, appended to one after another. Growing doubles the memory: large memory is extended without a copy,
/// by the pages of the memory pool, where it is or, unless a view() needs it there, elsewhere. Appending n rows costs O(1) copies a row.
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
    const detail::ErasedView& from = erased(piece);
    const Shape& shape = piece.shape();
    if (shape.rank() == 1 && shape[0] == 0) return;
    if (!known_) set_row(row_of(shape));
    const Index count = rows_of(shape), bytes = count * row_bytes_;
    if (bytes > capacity_ - used_) grow(bytes, executor);
    std::byte* const to = storage_.data() + used_;
    // Earlier than elsewhere: nobody reads what has been appended before the end, and more is likely to come.
    const bool stream = capacity_ >= detail::stream_threshold() / 4 && bytes >= kStreamedPiece;
    if (bytes < kSerialPiece && piece.is_contiguous()) {
      if (bytes > 0) detail::copy_run(to, from.data, static_cast<std::size_t>(bytes), stream, from.data + bytes);
      if (stream) detail::stream_fence();
    } else {
      detail::Tuning tuning;
      tuning.stream_from = stream ? 0 : std::numeric_limits<Index>::max();
      detail::copy_elements(executor, {to, detail::row_major(shape)}, from, sizeof(T), tuning);
    }
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
  Tensor<T> view() const { return known_ ? Tensor<T>::of(storage_, shape_of(rows_)) : Tensor<T>(); }
  /// All rows, without a copy; shape (0,) where no piece came and no shape was given. This is empty then.
  Tensor<T> tensor() && {
    Growable taken(std::move(*this));
    return taken.view();
  }

 private:
  static constexpr Index kStreamedPiece = 4096;   // bytes: smaller ones end up in the cache
  static constexpr Index kSerialPiece = 1 << 20;  // bytes: smaller ones are no work for two
  static constexpr Index kLeastCapacity = 1024;   // bytes

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
      if (used_ > 0) {
        const Layout layout = detail::row_major({used_});
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
  }

  Storage storage_;
  Shape row_;
  bool known_ = false;  // the shape of a row
  Index row_bytes_ = 0;
  Index rows_ = 0;
  Index used_ = 0, capacity_ = 0;  // bytes
  Index reserved_ = 0;             // rows asked for before the shape was known
};

}  // namespace litorch
