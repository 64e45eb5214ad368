// SPDX-License-Identifier: MIT
// What a concatenation does, as a value: the shape of the output, and which positions of it each piece fills. Sees no
// memory and no thread, so that all of it can be tested by arithmetic.
#pragma once

#include <litorch/base/strided_span.hpp>
#include <litorch/shape/layout.hpp>

namespace litorch::detail {

/// Positions [first, last) of a piece or an output.
struct Positions {
  Index first, last;
};

/// The positions of an output that is joined from pieces along one dim, in the order of its memory:
///
///   output (2, 5), pieces (2, 2) and (2, 3) along dim 1:     a a b b b | a a b b b
///   positions                                                0 1 2 3 4   5 6 7 8 9
///   positions [1, 7) are positions [1, 4) of a and [0, 3) of b
///
/// A piece fills, in each of `rows` rows, `extent` * `inner` positions from `start` * `inner` on, and does so in its own
/// order. So any range of output positions is one range of each piece: workers that have disjoint ranges of the output
/// write disjoint parts of it, whatever the pieces are.
class JoinedDim {
 public:
  /// `order` names the dims of `shape` from the outermost to the innermost.
  constexpr JoinedDim(const Shape& shape, Index dim, const Dims& order) {
    bool inside = false;
    for (const Index each : order) {
      if (inside)
        inner_ *= shape[each];
      else if (each != dim)
        rows_ *= shape[each];
      inside = inside || each == dim;
    }
    row_ = shape[dim] * inner_;
  }

  constexpr Index rows() const { return rows_; }
  /// Positions a row.
  constexpr Index row_size() const { return row_; }
  constexpr Index inner_size() const { return inner_; }

  /// The positions, counted in its own order, of the piece at [start, start + extent) that lie in `range` of the output.
  constexpr Positions of_piece(Positions range, Index start, Index extent) const {
    if (row_ == 0) return {0, 0};
    return {count_before(range.first, start, extent), count_before(range.last, start, extent)};
  }

 private:
  constexpr Index count_before(Index position, Index start, Index extent) const {
    const Index row = position / row_;
    const Index in_row = std::clamp<Index>(position - row * row_ - start * inner_, 0, extent * inner_);
    return row * extent * inner_ + in_row;
  }

  Index rows_ = 1, row_ = 0, inner_ = 1;
};

/// A concatenation whose inputs fit together.
struct ConcatPlan {
  Shape shape;      ///< of the output
  Index dim;        ///< from 0 on, in the output
  bool stacked;     ///< each input adds one index of a new dim, instead of its own extent
  bool dense;       ///< all inputs are row-major
  Index each;       ///< how far every input reaches along `dim`; -1 where they differ
  Index rows = 1;   ///< the product of the extents before `dim`
  Index inner = 1;  ///< the product of the extents after `dim`

  constexpr ConcatPlan(const Shape& output, Index joined_dim, bool adds_dim, bool all_dense, Index all_reach)
      : shape(output), dim(joined_dim), stacked(adds_dim), dense(all_dense), each(all_reach) {
    for (Index before = 0; before < dim; ++before) rows *= shape[before];
    for (Index after = dim + 1; after < shape.rank(); ++after) inner *= shape[after];
  }

  /// Elements of the output.
  constexpr Index numel() const { return rows * shape[dim] * inner; }
  /// How far the input with this shape reaches along `dim`.
  constexpr Index extent_of(const Shape& input) const { return stacked ? 1 : skips(input) ? 0 : input[dim]; }
  /// The input as the part of the output that it becomes.
  constexpr Layout piece(const Layout& input) const { return stacked ? unsqueeze("stack", input, dim) : input; }

  /// The empty vector (0,) joins anything: loops that gather into an empty tensor start with it.
  static constexpr bool skips(const Shape& input) { return input.rank() == 1 && input[0] == 0; }
};

/// Throws ShapeError for shapes that differ from input `base`'s in another dim than `dim`, naming the first such dim.
[[noreturn]] LITORCH_COLD inline void fail_piece(const char* call, const Shape& shape, Index at, const Shape& first,
                                                 Index base, Index dim) {
  const std::string how = dim < 0 ? "stacking" : to_text("concatenating along dim ", dim);
  const std::string both = to_text(" as in input ", base, " (shapes ", shape, " and ", first, ", ", how, ")");
  if (shape.rank() != first.rank())
    fail_input<ShapeError>(at, call, " has ", shape.rank(), " dims, expected ", first.rank(), both);
  Index differs = 0;
  while (differs == dim || shape[differs] == first[differs]) ++differs;
  fail_input<ShapeError>(at, call, " has size ", shape[differs], " in dim ", differs, ", expected ", first[differs],
                         both);
}

/// Joins along an existing dim. Throws ShapeError for an empty list, shapes that differ outside of `dim`, or an output
/// of over 2^63 - 1 elements; IndexError for a dim out of range, also where all inputs are empty.
inline ConcatPlan plan_cat(const char* call, const StridedSpan<const Layout>& inputs, Index dim) {
  if (inputs.size() == 0) fail<ShapeError>(call, "(): the list of inputs is empty; give at least one tensor");
  Index base = 0;
  while (base + 1 < inputs.size() && ConcatPlan::skips(inputs[base].shape)) ++base;
  if (ConcatPlan::skips(inputs[base].shape)) base = 0;
  const Shape& first = inputs[base].shape;
  dim = normalize_dim(call, dim, first.rank());
  Index total = 0;
  bool dense = true, alike = true;
  for (Index i = 0; i < inputs.size(); ++i) {
    const Shape& shape = inputs[i].shape;
    if (ConcatPlan::skips(shape)) {
      alike = false;
      continue;
    }
    bool fits = shape.rank() == first.rank(), row_major = true;
    Index step = 1;
    for (Index d = first.rank() - 1; fits && d >= 0; --d) {
      fits = d == dim || shape[d] == first[d];
      row_major = row_major && inputs[i].strides[d] == step;
      step *= shape[d];
    }
    if (!fits) fail_piece(call, shape, i, first, base, dim);
    dense = dense && (row_major || is_contiguous(inputs[i]));
    alike = alike && shape[dim] == first[dim];
    if (!add_checked(total, shape[dim], total))
      fail_input<ShapeError>(i, call, " brings dim ", dim, " over 2^63 - 1 (shape ", shape, ")");
  }
  return {first.with(dim, total), dim, false, dense, alike ? first[dim] : -1};
}

/// Joins along a new dim. Throws ShapeError for an empty list or shapes that differ; IndexError for a dim out of range.
inline ConcatPlan plan_stack(const char* call, const StridedSpan<const Layout>& inputs, Index dim) {
  if (inputs.size() == 0) fail<ShapeError>(call, "(): the list of inputs is empty; give at least one tensor");
  const Shape& first = inputs[0].shape;
  dim = normalize_dim(call, dim, first.rank() + 1);
  bool dense = true;
  for (Index i = 0; i < inputs.size(); ++i) {
    if (inputs[i].shape != first) fail_piece(call, inputs[i].shape, i, first, 0, -1);
    dense = dense && is_contiguous(inputs[i]);
  }
  Dims extents = first.dims();
  extents.insert(dim, inputs.size());
  return {Shape(extents), dim, true, dense, 1};
}

}  // namespace litorch::detail
