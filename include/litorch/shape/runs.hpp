// SPDX-License-Identifier: MIT
// The one decomposition into runs: how to visit two layouts of one shape together, in the memory order of the first,
// with as few and as long inner loops as their strides allow. Every copy, comparison and concatenation goes through it.
#pragma once

#include <litorch/shape/layout.hpp>

namespace litorch::detail {

/// The dims of `layout` by falling stride: the order in which its elements lie in memory.
constexpr Dims memory_order(const Layout& layout) {
  Dims order;
  for (Index dim = 0; dim < layout.shape.rank(); ++dim) {
    Index at = order.rank();
    while (at > 0 && magnitude(layout.strides[order[at - 1]]) < magnitude(layout.strides[dim])) --at;
    order.insert(at, dim);
  }
  return order;
}

/// Loops over two operands, outermost first; `a` is the one that is written, or both are read. Position p of the nest
/// is the p-th element in the order of the loops; merging loops does not change positions.
struct LoopNest {
  static constexpr std::size_t kMaxDepth = kMaxRank + 1;
  std::array<Index, kMaxDepth> extents, a, b;  // strides of a and b
  std::size_t depth = 0;                       // at least 2 once built; outer loops of extent 1 fill up

  constexpr void push_inner(Index extent, Index stride_a, Index stride_b) {
    if (depth > 0 && a[depth - 1] == stride_a * extent && b[depth - 1] == stride_b * extent) {
      extents[depth - 1] *= extent;  // the outer loop goes on where the inner one ends: one loop
      a[depth - 1] = stride_a;
      b[depth - 1] = stride_b;
    } else if (extent != 1) {
      extents[depth] = extent;
      a[depth] = stride_a;
      b[depth++] = stride_b;
    }
  }
  constexpr Index inner_extent() const { return extents[depth - 1]; }
};

/// The nest that visits `a` and `b`, both strides over `shape`, with dim order[0] outermost.
constexpr LoopNest loop_nest(const Shape& shape, const Strides& a, const Strides& b, const Dims& order) {
  LoopNest nest;
  for (const Index dim : order) nest.push_inner(shape[dim], a[dim], b[dim]);
  while (nest.depth < 2) {
    for (std::size_t i = nest.depth++; i > 0; --i) {
      nest.extents[i] = nest.extents[i - 1];
      nest.a[i] = nest.a[i - 1];
      nest.b[i] = nest.b[i - 1];
    }
    nest.extents[0] = 1;
    nest.a[0] = nest.b[0] = nest.depth == 1 ? 1 : 0;
  }
  return nest;
}

/// Visits positions [first, last) as blocks of the two innermost loops: calls block(offset_a, offset_b, rows, columns),
/// offsets of the block's first element. A block is whole rows, or a part of one row where the range begins or ends
/// inside it. O(loops) to find the first position, then O(1) a block.
template <class Block>
constexpr void visit_blocks(const LoopNest& nest, Index first, Index last, Block&& block) {
  if (first >= last) return;
  const std::size_t inner = nest.depth - 1, outer = nest.depth - 2;
  const Index columns = nest.extents[inner], rows = nest.extents[outer];
  std::array<Index, LoopNest::kMaxDepth> at{};
  Index offset_a = 0, offset_b = 0, rest = first;
  for (std::size_t loop = nest.depth; loop-- > 0 && rest > 0;) {
    at[loop] = rest % nest.extents[loop];
    rest /= nest.extents[loop];
    offset_a += at[loop] * nest.a[loop];
    offset_b += at[loop] * nest.b[loop];
  }
  for (Index left = last - first; left > 0;) {
    const bool whole = at[inner] == 0 && left >= columns;
    const Index block_rows = whole ? std::min(rows - at[outer], left / columns) : 1;
    const Index block_columns = whole ? columns : std::min(columns - at[inner], left);
    block(offset_a, offset_b, block_rows, block_columns);
    left -= block_rows * block_columns;
    if (left == 0) return;
    // On to the next block: to the start of the row, down by the rows done, and round the outer loops that are through.
    offset_a -= at[inner] * nest.a[inner];
    offset_b -= at[inner] * nest.b[inner];
    at[inner] = 0;
    std::size_t loop = outer;
    Index advance = block_rows;
    while (true) {
      at[loop] += advance;
      offset_a += advance * nest.a[loop];
      offset_b += advance * nest.b[loop];
      if (at[loop] < nest.extents[loop]) break;
      offset_a -= at[loop] * nest.a[loop];
      offset_b -= at[loop] * nest.b[loop];
      at[loop--] = 0;
      advance = 1;
    }
  }
}

}  // namespace litorch::detail
