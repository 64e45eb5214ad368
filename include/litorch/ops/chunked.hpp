// SPDX-License-Identifier: MIT
// Lazy concatenation: many tensors that can be read as the one they would become, without a copy.
#pragma once

#include <litorch/ops/cat.hpp>

#include <array>

namespace litorch {

template <class T>
class ChunkedTensor;

namespace detail {

template <class R>
inline constexpr bool is_chunked = false;
template <class T>
inline constexpr bool is_chunked<ChunkedTensor<T>> = true;

/// A range of Tensor, which own what they show, other than a ChunkedTensor.
template <class R>
concept ChunkRange = !is_chunked<std::remove_cvref_t<R>> && TensorRange<R> &&
                     std::same_as<HandleOf<R>, Tensor<typename HandleOf<R>::element_type>>;

}  // namespace detail

/// What cat(pieces, dim) would be, as handles to the pieces: it keeps them alive, shares their elements, and reads none
/// until it is asked to. Views of it are ChunkedTensors of the pieces they touch.
///
/// Shapes must fit as for cat(), and errors are those of cat(). A value like a vector of handles: copies share the
/// elements; const members are thread-safe.
template <class T>
class ChunkedTensor {
 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;

  /// O(pieces). Throws ShapeError (empty list, shapes that do not fit) and IndexError (dim out of range).
  explicit ChunkedTensor(std::vector<Tensor<T>> pieces, Index dim = 0) : chunks_(std::move(pieces)) {
    const detail::TensorList<const std::vector<Tensor<T>>> list(chunks_);
    const auto plan = detail::plan_cat("ChunkedTensor", list.views().each(&detail::ErasedView::layout), dim);
    shape_ = plan.shape;
    dim_ = plan.dim;
    const auto skipped = [](const Tensor<T>& piece) { return detail::ConcatPlan::skips(piece.shape()); };
    if (shape_ != Shape{0}) std::erase_if(chunks_, skipped);  // (0,) has the wrong rank to take views of
    starts_.reserve(chunks_.size() + 1);
    starts_.push_back(0);
    for (const Tensor<T>& chunk : chunks_) starts_.push_back(starts_.back() + chunk.shape()[dim_]);
  }
  ChunkedTensor(std::initializer_list<Tensor<T>> pieces, Index dim = 0) : ChunkedTensor(std::vector(pieces), dim) {}
  template <detail::ChunkRange Pieces>
  explicit ChunkedTensor(Pieces pieces, Index dim = 0) : ChunkedTensor(collect(pieces), dim) {}

  const Shape& shape() const noexcept { return shape_; }
  Index rank() const noexcept { return shape_.rank(); }
  Index numel() const noexcept { return shape_.numel(); }
  /// Throws IndexError.
  Index size(Index dim) const { return shape_[detail::normalize_dim("size", dim, rank())]; }
  /// The dim along which the chunks follow one another.
  Index dim() const noexcept { return dim_; }
  Index chunk_count() const noexcept { return static_cast<Index>(chunks_.size()); }
  const Tensor<T>& chunk(Index i) const { return chunks_[static_cast<std::size_t>(i)]; }
  const std::vector<Tensor<T>>& chunks() const noexcept { return chunks_; }

  /// The element, unchecked: as many indices as dims, each from 0 to its extent - 1. O(log chunks), as at().
  template <std::convertible_to<Index>... Indices>
  T& operator()(Indices... indices) const {
    LITORCH_ASSERT(sizeof...(indices) == static_cast<std::size_t>(rank()));
    return element(std::array{static_cast<Index>(indices)...});
  }
  /// The element. Throws IndexError for an index outside of its dim or a wrong number of indices.
  template <std::convertible_to<Index>... Indices>
  T& at(Indices... indices) const {
    if (sizeof...(indices) != static_cast<std::size_t>(rank()))
      detail::fail<IndexError>("at(): ", sizeof...(indices), " indices for ", rank(), " dims (shape ", shape_, ")");
    Index dim = 0;
    return element(std::array{checked("at", static_cast<Index>(indices), dim++)...});
  }

  /// One index of dim(), without that dim: a view of one chunk. O(log chunks). Throws IndexError.
  Tensor<T> select(Index index) const {
    index = checked("select", index, dim_);
    const std::size_t chunk = locate(index);
    return chunks_[chunk].select(dim_, index - starts_[chunk]);
  }
  /// One index of another dim than dim(), without it: a view of each chunk. O(chunks). Throws IndexError.
  ChunkedTensor select(Index dim, Index index) const {
    dim = detail::normalize_dim("select", dim, rank());
    if (dim == dim_)
      detail::fail<IndexError>("select(): dim ", dim, " is the one the chunks lie along (shape ", shape_,
                               "); one index of it is a plain tensor: select(", index, ")");
    index = checked("select", index, dim);
    return each_chunk(dim < dim_ ? dim_ - 1 : dim_, [&](const Tensor<T>& chunk) { return chunk.select(dim, index); });
  }
  /// select(index) where the chunks lie along dim 0, as rows do. Throws IndexError otherwise.
  Tensor<T> operator[](Index index) const {
    if (dim_ != 0)
      detail::fail<IndexError>("ChunkedTensor::operator[](): index ", index, " of dim 0 lies in all chunks (shape ",
                               shape_, ", chunks along dim ", dim_, "); use select(0, index) or materialize()");
    return select(index);
  }

  /// `length` indices of `dim` from `start` on. O(chunks it touches) along dim(). Throws IndexError.
  ChunkedTensor narrow(Index dim, Index start, Index length) const {
    return part(dim, detail::narrow(numbered(), dim, start, length));
  }
  /// The indices of `dim` in [start, stop), clamped to the dim as in Python. Throws IndexError.
  ChunkedTensor slice(Index dim, Index start, Index stop = detail::kToTheEnd) const {
    return part(dim, detail::slice(numbered(), dim, start, stop, 1));
  }

  /// cat() of the chunks: a row-major copy. Throws std::bad_alloc.
  template <Executor E = DefaultExecutor>
  Tensor<value_type> materialize(E&& executor = {}) const {
    return cat(chunks_, dim_, executor);
  }

  /// Goes over the indices of dim 0, as Tensors; see operator[].
  class Iterator {
   public:
    using value_type = Tensor<T>;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using iterator_concept = std::forward_iterator_tag;

    Iterator() = default;
    Iterator(const ChunkedTensor& tensor, Index index) : tensor_(&tensor), index_(index) {}
    Tensor<T> operator*() const { return (*tensor_)[index_]; }
    Iterator& operator++() {
      ++index_;
      return *this;
    }
    Iterator operator++(int) { return Iterator(*tensor_, index_++); }
    friend bool operator==(const Iterator& a, const Iterator& b) noexcept { return a.index_ == b.index_; }

   private:
    const ChunkedTensor* tensor_ = nullptr;
    Index index_ = 0;
  };
  Iterator begin() const { return Iterator(*this, 0); }
  Iterator end() const { return Iterator(*this, shape_[0]); }

 private:
  template <class Pieces>
  static std::vector<Tensor<T>> collect(Pieces& pieces) {
    std::vector<Tensor<T>> chunks;
    if constexpr (std::ranges::sized_range<Pieces>) chunks.reserve(std::ranges::size(pieces));
    for (auto&& piece : pieces) chunks.push_back(piece);
    return chunks;
  }

  Index checked(const char* call, Index index, Index dim) const {
    return detail::normalize_index(call, index, shape_[dim], dim);
  }
  /// The chunk that holds `index` of dim().
  std::size_t locate(Index index) const {
    return static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), index) - starts_.begin()) - 1;
  }
  template <std::size_t kRank>
  T& element(const std::array<Index, kRank>& at) const {
    const Index index = at[static_cast<std::size_t>(dim_)];
    LITORCH_ASSERT(index >= 0 && index < shape_[dim_]);
    const std::size_t chunk = locate(index);
    const Strides& strides = chunks_[chunk].strides();
    Index offset = -starts_[chunk] * strides[dim_];
    for (Index dim = 0; dim < static_cast<Index>(kRank); ++dim)
      offset += at[static_cast<std::size_t>(dim)] * strides[dim];
    return chunks_[chunk].data()[offset];
  }

  template <class View>
  ChunkedTensor each_chunk(Index dim, View view) const {
    std::vector<Tensor<T>> views;
    views.reserve(chunks_.size());
    for (const Tensor<T>& chunk : chunks_) views.push_back(view(chunk));
    return ChunkedTensor(std::move(views), dim);
  }
  /// A layout whose offsets are the indices themselves, where only one of them is not 0.
  Layout numbered() const {
    Layout layout{shape_, shape_.dims()};
    for (Index dim = 0; dim < rank(); ++dim) layout.strides[dim] = 1;
    return layout;
  }
  /// The part that `cut` of numbered() leaves of `dim`.
  ChunkedTensor part(Index dim, const detail::SubLayout& cut) const {
    dim = detail::normalize_dim("narrow", dim, rank());
    const Index length = cut.layout.shape[dim], first = cut.offset, last = first + length;
    if (dim != dim_) return each_chunk(dim_, [&](const Tensor<T>& chunk) { return chunk.narrow(dim, first, length); });
    if (length == 0) return ChunkedTensor({chunks_.front().narrow(dim, 0, 0)}, dim_);
    std::vector<Tensor<T>> views;
    for (std::size_t i = locate(first); i < chunks_.size() && starts_[i] < last; ++i) {
      const Index from = std::max<Index>(first - starts_[i], 0);
      const Index to = std::min(last, starts_[i + 1]) - starts_[i];
      if (from < to) views.push_back(chunks_[i].narrow(dim, from, to - from));
    }
    return ChunkedTensor(std::move(views), dim_);
  }

  std::vector<Tensor<T>> chunks_;
  std::vector<Index> starts_;  // of each chunk along dim(), and where the last one ends
  Shape shape_;
  Index dim_ = 0;
};

template <detail::ChunkRange Pieces>
ChunkedTensor(Pieces, Index = 0) -> ChunkedTensor<typename detail::HandleOf<Pieces>::element_type>;
template <class T>
ChunkedTensor(std::initializer_list<Tensor<T>>, Index = 0) -> ChunkedTensor<T>;

}  // namespace litorch
