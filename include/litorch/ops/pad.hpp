// SPDX-License-Identifier: MIT
// Pieces of unequal length as one tensor: filled up to the longest, or one behind the other with offsets.
#pragma once

#include <litorch/ops/cat.hpp>

namespace litorch {

/// What pad_sequence() gives: piece i is padded[i].narrow(0, 0, lengths(i)).
template <class T>
struct Padded {
  Tensor<T> padded;       ///< (pieces, longest, ...)
  Tensor<Index> lengths;  ///< (pieces,)
};

/// What cat_ragged() gives: piece i is the rows [offsets(i), offsets(i + 1)) of `values`.
template <class T>
struct Ragged {
  Tensor<T> values;       ///< (sum of the lengths, ...)
  Tensor<Index> offsets;  ///< (pieces + 1,), begins with 0

  Index size() const { return offsets.numel() - 1; }
  /// Piece i, which shares the elements of `values`; below zero counts from the end. Throws IndexError.
  Tensor<T> operator[](Index i) const {
    i = detail::normalize_index("Ragged::operator[]", i, size(), 0);
    return values.narrow(0, offsets(i), offsets(i + 1) - offsets(i));
  }
};

namespace detail {

/// Fills positions [first, last) of the row-major `out`, whose index i begins with input i and goes on with `value`.
inline void pad_positions(const ErasedView& out, const ConcatPlan& plan, const StridedSpan<const ErasedView>& inputs,
                          const std::byte* value, std::size_t item_size, Positions range, bool stream) {
  const Index row = out.layout.strides[0], item = static_cast<Index>(item_size);
  const Layout run = row_major({row}), repeated{{row}, {0}};
  const CopyNest fill(run, repeated, memory_order(run), item_size);
  for (Index i = range.first / row; i * row < range.last; ++i) {
    const ErasedView& input = inputs[i];
    const Index first = std::max<Index>(0, range.first - i * row), last = std::min(row, range.last - i * row);
    const Index used = plan.extent_of(input.layout.shape) == 0 ? 0 : input.layout.shape.numel();
    std::byte* const to = out.data + i * row * item;
    if (first < used) {
      const Layout dense = row_major(input.layout.shape);
      CopyNest(dense, input.layout, memory_order(dense), item_size)(to, input.data, first, std::min(used, last),
                                                                    stream);
    }
    if (last > used) fill(to, value, std::max(first, used), last, stream);
  }
  if (stream) stream_fence();
}

/// Fills the row-major `out` in one parallel region.
template <class T, Executor E>
void pad_into(E&& executor, const TensorView<T>& out, const ConcatPlan& plan,
              const StridedSpan<const ErasedView>& inputs, const T& value, const Tuning& tuning = {}) {
  const Index count = out.numel(), item = static_cast<Index>(sizeof(T));
  const bool stream = count * item >= tuning.stream_from;
  if (count == 0) return;
  const Index extra = plan.dense ? bytes_for(inputs.size(), Cost::input) : bytes_for(count, Cost::element);
  for_each_range(executor, count, item, {extra}, erased(out).data, tuning, [&](Index first, Index last) {
    pad_positions(erased(out), plan, inputs, reinterpret_cast<const std::byte*>(&value), sizeof(T), {first, last},
                  stream);
  });
}

}  // namespace detail

/// The pieces, of shapes (length, ...), under one another in a tensor (pieces, longest, ...), each followed by `value`
/// up to the longest; and their lengths. A batch of sequences.
///
/// `pieces`: as the inputs of cat(). Shapes must agree outside of dim 0. Pieces of length 0 are all `value`, and (0,)
/// stands for one of any shape. Throws ShapeError (empty list, shapes that do not fit, over 8 dims or 2^63 - 1 bytes),
/// IndexError for scalars, std::bad_alloc. Reads each element once and writes each byte once, data or padding, in one
/// parallel region on `executor`. Thread-safe.
template <TensorRange Pieces, Executor E = DefaultExecutor>
auto pad_sequence(Pieces&& pieces, const detail::ElementOf<Pieces>& value = {}, E&& executor = {}) {
  using T = detail::ElementOf<Pieces>;
  const detail::TensorList<Pieces> list(pieces);
  const auto views = list.views();
  const auto plan = detail::plan_cat("pad_sequence", views.each(&detail::ErasedView::layout), 0);
  Padded<T> batch;
  batch.lengths = Tensor<Index>::uninitialized("pad_sequence", {views.size()});
  for (Index i = 0; i < views.size(); ++i) batch.lengths(i) = plan.extent_of(views[i].layout.shape);
  Dims extents = plan.shape.dims();
  extents[0] = *std::max_element(batch.lengths.data(), batch.lengths.data() + views.size());
  extents.insert(0, views.size());
  batch.padded = Tensor<T>::uninitialized("pad_sequence", Shape(extents));
  detail::pad_into(executor, batch.padded.view(), plan, views, value);
  return batch;
}
template <class T, Executor E = DefaultExecutor>
auto pad_sequence(std::initializer_list<Tensor<T>> pieces,
                  const std::remove_const_t<std::type_identity_t<T>>& value = {}, E&& executor = {}) {
  return pad_sequence(std::span(pieces), value, executor);
}

/// The inverse of pad_sequence(): one view for each index of dim 0, the first lengths(i) rows of it. All share the
/// elements of `padded`. Throws ShapeError unless `padded` has two dims and `lengths` one entry for each index,
/// IndexError for a length that is negative or over padded.size(1).
template <TensorLike Handle, TensorLike Lengths>
requires std::same_as<typename Lengths::value_type, Index> std::vector<Handle> unpad(const Handle& padded,
                                                                                     const Lengths& lengths) {
  if (padded.rank() < 2)
    detail::fail<ShapeError>("unpad(): shape ", padded.shape(), " has ", padded.rank(),
                             " dims, expected at least 2: (pieces, longest, ...)");
  if (lengths.shape() != Shape{padded.shape()[0]})
    detail::fail<ShapeError>("unpad(): lengths of shape ", lengths.shape(), ", expected ", Shape{padded.shape()[0]},
                             " for shape ", padded.shape(), "; give one length for each index of dim 0");
  std::vector<Handle> pieces;
  pieces.reserve(static_cast<std::size_t>(lengths.numel()));
  for (Index i = 0; i < lengths.numel(); ++i) {
    if (lengths(i) < 0 || lengths(i) > padded.shape()[1])
      detail::fail_input<IndexError>(i, "unpad", " has length ", lengths(i), ", expected 0 to ", padded.shape()[1],
                                     " (shape ", padded.shape(), ")");
    pieces.push_back(padded.select(0, i).narrow(0, 0, lengths(i)));
  }
  return pieces;
}
template <class T>
std::vector<Tensor<T>> unpad(const Padded<T>& batch) {
  return unpad(batch.padded, batch.lengths);
}

/// cat() along dim 0, and where each piece begins: the pieces without padding. Throws as cat() does.
template <TensorRange Pieces, Executor E = DefaultExecutor>
auto cat_ragged(Pieces&& pieces, E&& executor = {}) {
  using T = detail::ElementOf<Pieces>;
  const detail::TensorList<Pieces> list(pieces);
  const auto views = list.views();
  Ragged<T> result;
  result.values = detail::join_fresh<T>("cat_ragged", detail::plan_cat, views, 0, executor);
  result.offsets = Tensor<Index>::uninitialized("cat_ragged", {views.size() + 1});
  result.offsets(0) = 0;
  for (Index i = 0; i < views.size(); ++i) result.offsets(i + 1) = result.offsets(i) + views[i].layout.shape[0];
  return result;
}
template <class T, Executor E = DefaultExecutor>
auto cat_ragged(std::initializer_list<Tensor<T>> pieces, E&& executor = {}) {
  return cat_ragged(std::span(pieces), executor);
}

}  // namespace litorch
