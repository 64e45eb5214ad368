// SPDX-License-Identifier: MIT
// The engine of reductions: which lines there are, who folds which piece of them, and what becomes of the values.
#pragma once

#include <litorch/ops/copy_positions.hpp>
#include <litorch/ops/folds.hpp>
#include <litorch/ops/reduction_tree.hpp>
#include <litorch/ops/row_major_reader.hpp>
#include <litorch/tensor/tensor.hpp>

namespace litorch::detail {

template <class Fold, class Partial>
auto fold_pieces(const Fold& fold, Index pieces, const Partial& partial) {
  using Acc = typename Fold::Acc;
  return fold_tree<1>(
      0, pieces, [&](Index piece, Index) -> Acc { return partial(piece); },
      [&](const Acc& a, const Acc& b) { return fold.combine(a, b); });
}

/// The fold of all elements, of which there is at least one, in row-major order.
template <class Fold, class T, Executor E>
auto fold_all(E&& executor, const Fold& fold, const TensorView<const T>& input, const Tuning& tuning) {
  using Acc = typename Fold::Acc;
  using Reader = RowMajorReader<T>;
  constexpr Index kRun = Reader::kMost;
  static_assert(kRun % kBlock == 0 && kPiece % kRun == 0, "runs are subtrees of pieces");
  const Reader reader(input);
  const Index count = input.numel(), pieces = (count - 1) / kPiece + 1;
  const Tensor<Acc> partial = Tensor<Acc>::uninitialized("reduce", {pieces});
  constexpr Index kItem = sizeof(T);
  for_each_range(executor, pieces, std::min(count, kPiece) * kItem, {count * kItem}, nullptr, tuning,
                 [&](Index first, Index last) {
                   alignas(kCacheLine) T buffer[static_cast<std::size_t>(kRun)];
                   const auto run = [&](Index from, Index to) {
                     return fold_line(fold, reader.read(from, to, buffer), 1, from, to);
                   };
                   for (Index piece = first; piece < last; ++piece)
                     partial(piece) = fold_tree<kRun>(piece * kPiece, std::min(count, (piece + 1) * kPiece), run,
                                                      [&](const Acc& a, const Acc& b) { return fold.combine(a, b); });
                 });
  return fold_pieces(fold, pieces, [&](Index piece) { return partial(piece); });
}

/// The fold of each line along `dim`, which is not empty: calls store(line, fold), lines counted in row-major order.
template <class Fold, class T, Executor E, class Store>
void fold_dim(E&& executor, const Fold& fold, const TensorView<const T>& input, Index dim, const Store& store,
              const Tuning& tuning) {
  using Acc = typename Fold::Acc;
  const Layout lines = select(input.layout(), dim, 0).layout;
  const Index extent = input.shape()[dim], step = input.strides()[dim];
  const Index count = lines.shape.numel(), pieces = (extent - 1) / kPiece + 1;
  if (count == 0) return;
  const LoopNest nest = loop_nest(lines.shape, row_major_strides(lines.shape), lines.strides, memory_order(lines));
  const std::size_t inner = nest.depth - 1, outer = nest.depth - 2;
  // Lines side by side are read together where they are closer than the elements of a line, or short.
  constexpr Index kFewLines = 8;
  const bool by_rows =
      nest.inner_extent() >= kFewLines && step != 0 && (magnitude(nest.b[inner]) < magnitude(step) || extent < kLanes);

  const Tensor<Acc> partial = Tensor<Acc>::uninitialized("reduce", {pieces == 1 ? 0 : pieces, count});
  const auto fold_piece = [&](Index piece, Index first, Index last) {
    const Index from = piece * kPiece, to = std::min(extent, from + kPiece);
    const auto put = [&](Index line, const Acc& value) {
      if (pieces == 1)
        store(line, value);
      else
        partial(piece, line) = value;
    };
    visit_blocks(nest, first, last, [&](Index line_at, Index at, Index rows, Index columns) {
      for (Index row = 0; row < rows; ++row) {
        const T* const start = input.data() + at + row * nest.b[outer] + from * step;
        const Index line = line_at + row * nest.a[outer];
        const Index tile = by_rows ? kRowWidth : 1;
        for (Index left = 0; left < columns; left += tile) {
          const T* const x = start + left * nest.b[inner];
          const Index width = std::min(tile, columns - left);
          if (!by_rows) {
            put(line + left * nest.a[inner], fold_line(fold, x, step, from, to));
            continue;
          }
          const auto values = fold_rows(
              fold, [&](Index i) { return x + (i - from) * step; }, nest.b[inner], width, from, to);
          for (Index i = 0; i < width; ++i) put(line + (left + i) * nest.a[inner], values[static_cast<std::size_t>(i)]);
        }
      }
    });
  };
  constexpr Index kItem = sizeof(T);
  const Index item = std::min(extent, kPiece) * kItem, bytes = input.numel() * kItem;
  for_each_range(executor, pieces * count, item, {bytes}, nullptr, tuning, [&](Index first, Index last) {
    for (Index piece = first / count; piece * count < last; ++piece)
      fold_piece(piece, std::max<Index>(0, first - piece * count), std::min(count, last - piece * count));
  });
  for (Index line = 0; pieces > 1 && line < count; ++line)
    store(line, fold_pieces(fold, pieces, [&](Index piece) { return partial(piece, line); }));
}

/// The values of no elements.
template <class Fold>
void fill_with_nothing(const char* call, const Fold& fold, const Tensor<typename Fold::Result>& result,
                       const char* what, const Shape& shape) {
  if (Fold::kNeedsElements)
    fail<ShapeError>(call, "(): ", what, " is empty (shape ", shape, "); there is no ", call, " of nothing");
  std::fill_n(result.data(), result.numel(), fold.finish(typename Fold::Acc(), 0));
}

/// One value for each line along `dim`.
template <class Fold, class T, Executor E>
auto reduce_dim(const char* call, E&& executor, const Fold& fold, const TensorView<const T>& input, Index dim,
                bool keepdim, const Tuning& tuning = {}) {
  dim = normalize_dim(call, dim, input.rank());
  const Index extent = input.shape()[dim];
  Dims extents = input.shape().dims();
  extents[dim] = 1;
  if (!keepdim) extents.erase(dim);
  auto result = Tensor<typename Fold::Result>::uninitialized(call, Shape(extents));
  if (extent == 0) {
    fill_with_nothing(call, fold, result, to_text("dim ", dim).c_str(), input.shape());
  } else {
    auto* const out = result.data();
    fold_dim(
        executor, fold, input, dim, [&](Index line, const auto& value) { out[line] = fold.finish(value, extent); },
        tuning);
  }
  return result;
}

/// One value of all elements, of shape ().
template <class Fold, class T, Executor E>
auto reduce_all(const char* call, E&& executor, const Fold& fold, const TensorView<const T>& input,
                const Tuning& tuning = {}) {
  auto result = Tensor<typename Fold::Result>::uninitialized(call, {});
  if (input.numel() == 0)
    fill_with_nothing(call, fold, result, "the tensor", input.shape());
  else
    *result.data() = fold.finish(fold_all(executor, fold, input, tuning), input.numel());
  return result;
}

}  // namespace litorch::detail
