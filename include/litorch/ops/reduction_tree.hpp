// SPDX-License-Identifier: MIT
// The order in which a line of elements becomes one value. It depends on the length of the line and on nothing else: not
// on threads, strides or the dim that is reduced, and so the bits of a result do not either.
#pragma once

#include <litorch/base/config.hpp>

#include <algorithm>
#include <array>
#include <type_traits>

namespace litorch::detail {

/// A line of n elements is cut into blocks of kBlock. Lane j of a block takes elements j, j + kLanes, ... one after
/// another; the lanes, then the blocks, are combined in pairs, pairs of pairs and so on:
///
///   block of 40 elements, 16 lanes:   lane 0 = (x0 + x16) + x32, ..., lane 15 = x15 + x31
///                                     ((lane 0 + lane 8) + (lane 4 + lane 12)) + ...
///   5 blocks:                         ((b0 + b1) + (b2 + b3)) + b4
///
/// So rounding errors grow as 16 + log2(n), not as n: N. J. Higham, "The accuracy of floating point summation", SIAM
/// J. Sci. Comput. 14 (1993), on pairwise summation. The lanes are what vector registers hold; a line along an outer
/// dim is added row by row, with kLanes rows under way.
inline constexpr Index kLanes = 16;
inline constexpr Index kBlock = 256;
/// The part of a line that one worker may take: whole subtrees, so that cutting there changes nothing.
inline constexpr Index kPiece = 256 * kBlock;

/// The value of elements [first, last), in which `leaf` makes one of at most kLeaf, a power of two, and `combine` one of
/// two neighbours. `first` is the start of a subtree.
template <Index kLeaf, class Leaf, class Combine>
auto fold_tree(Index first, Index last, const Leaf& leaf, const Combine& combine) -> decltype(leaf(first, last)) {
  if (last - first <= kLeaf) return leaf(first, last);
  const auto leaves = static_cast<std::uint64_t>((last - first - 1) / kLeaf);
  const Index middle = first + kLeaf * static_cast<Index>(std::bit_floor(leaves));
  auto left = fold_tree<kLeaf>(first, middle, leaf, combine);
  return combine(left, fold_tree<kLeaf>(middle, last, leaf, combine));
}

/// Combines lanes[0] .. lanes[count - 1] in pairs into lanes[0].
template <class Lane, class Combine>
void fold_lanes(Lane* lanes, Index count, const Combine& combine) {
  for (Index half = kLanes / 2; half > 0; half /= 2)
    for (Index lane = 0; lane < std::min(half, count - half); ++lane) combine(lanes[lane], lanes[lane + half]);
}

/// A Fold is `Acc load(const T& element, Index i) const` and `Acc combine(const Acc&, const Acc&) const`, where element i
/// of the line came before those of larger i.
///
/// The value of elements [first, last) of one line, `step` apart in memory; `line` points at element `first`.
template <class Fold, class T>
auto fold_line(const Fold& fold, const T* line, Index step, Index first, Index last) {
  using Acc = typename Fold::Acc;
  const auto block = [&](auto stride, Index from, Index to) {
    const T* const x = line + (from - first) * stride;
    const Index count = to - from, whole = count - count % kLanes;
    Acc lanes[kLanes];
    for (Index i = 0; i < std::min(count, kLanes); ++i) lanes[i] = fold.load(x[i * stride], from + i);
    for (Index i = kLanes; i < whole; i += kLanes)
      for (Index lane = 0; lane < kLanes; ++lane)
        lanes[lane] = fold.combine(lanes[lane], fold.load(x[(i + lane) * stride], from + i + lane));
    for (Index i = std::max(whole, kLanes); i < count; ++i)
      lanes[i - whole] = fold.combine(lanes[i - whole], fold.load(x[i * stride], from + i));
    fold_lanes(lanes, std::min(count, kLanes), [&](Acc& a, const Acc& b) { a = fold.combine(a, b); });
    return lanes[0];
  };
  const auto combine = [&](const Acc& a, const Acc& b) { return fold.combine(a, b); };
  const auto leaf = [&](Index from, Index to) {
    return step == 1 ? block(std::integral_constant<Index, 1>(), from, to) : block(step, from, to);
  };
  return fold_tree<kBlock>(first, last, leaf, combine);
}

/// Lines that fold_rows() takes at once: enough to read several cache lines of each row, and few enough that their lanes
/// stay in the cache.
inline constexpr Index kRowWidth = 128;

/// fold_line() for `width` lines side by side, at most kRowWidth: `row_of(i)` points at element i of the first, and the
/// others follow `step` apart.
template <class Fold, class RowOf>
auto fold_rows(const Fold& fold, const RowOf& row_of, Index step, Index width, Index first, Index last) {
  using Acc = typename Fold::Acc;
  using Row = std::array<Acc, static_cast<std::size_t>(kRowWidth)>;
  const auto combine_rows = [&](Row& a, const Row& b) {
    Acc* const to = a.data();
    for (Index i = 0; i < width; ++i) to[i] = fold.combine(to[i], b.data()[i]);
  };
  const auto block = [&](auto stride, Index from, Index to) {
    Row lanes[kLanes];
    for (Index i = from; i < to; ++i) {
      const auto* const x = row_of(i);
      Acc* const lane = lanes[(i - from) % kLanes].data();
      if (i - from < kLanes)
        for (Index column = 0; column < width; ++column) lane[column] = fold.load(x[column * stride], i);
      else
        for (Index column = 0; column < width; ++column)
          lane[column] = fold.combine(lane[column], fold.load(x[column * stride], i));
    }
    fold_lanes(lanes, std::min(to - from, kLanes), combine_rows);
    return lanes[0];
  };
  const auto combine = [&](Row& a, const Row& b) {
    combine_rows(a, b);
    return a;
  };
  const auto leaf = [&](Index from, Index to) {
    return step == 1 ? block(std::integral_constant<Index, 1>(), from, to) : block(step, from, to);
  };
  return fold_tree<kBlock>(first, last, leaf, combine);
}

}  // namespace litorch::detail
