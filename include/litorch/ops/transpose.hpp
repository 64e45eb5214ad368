// SPDX-License-Identifier: MIT
// Turns columns into rows in registers: what a transposed input needs, and what joining narrow inputs side by side is.
#pragma once

#include <litorch/base/config.hpp>

#include <cstring>
#include <utility>

namespace litorch::detail {

/// Square tiles of kUnit-byte elements, one 16-byte vector a row.
template <std::size_t kUnit>
class Tile {
  static_assert(kUnit == 1 || kUnit == 2 || kUnit == 4 || kUnit == 8);

 public:
  static constexpr std::size_t kSide = 16 / kUnit;

  /// dst[row][column] = columns[column][offset + row] for kSide rows and columns, offset in bytes.
  LITORCH_INLINE static void transpose(std::byte* dst, Index dst_row, const std::byte* const (&columns)[kSide],
                                       Index offset) {
    // Index sequences, not loops: the vectors stay in registers at every level of optimisation.
    [&]<std::size_t... kRows>(std::index_sequence<kRows...> all) {
      Vector rows[kSide] = {load(columns[kRows] + offset)...};
      for_each_step<1>(rows, all);
      (std::memcpy(dst + static_cast<Index>(kRows) * dst_row, &rows[kRows], 16), ...);
    }
    (std::make_index_sequence<kSide>());
  }

 private:
  using Lane = std::conditional_t<
      kUnit == 1, std::uint8_t,
      std::conditional_t<kUnit == 2, std::uint16_t, std::conditional_t<kUnit == 4, std::uint32_t, std::uint64_t>>>;
  using Vector [[gnu::vector_size(16)]] = Lane;

  LITORCH_INLINE static Vector load(const std::byte* from) {
    Vector vector;
    std::memcpy(&vector, from, 16);
    return vector;
  }

  /// log2(kSide) perfect shuffles of the rows, each of which moves one bit of the row number into the column number.
  template <std::size_t kStep, std::size_t... kRows>
  LITORCH_INLINE static void for_each_step(Vector (&rows)[kSide], std::index_sequence<kRows...> all) {
    if constexpr (kStep < kSide) {
      const Vector next[kSide] = {
          interleave<kRows % 2 * kSide / 2>(rows[kRows / 2], rows[kRows / 2 + kSide / 2], all)...};
      ((rows[kRows] = next[kRows]), ...);
      for_each_step<kStep * 2>(rows, all);
    }
  }

  /// a[kFirst], b[kFirst], a[kFirst + 1], b[kFirst + 1], ...
  template <std::size_t kFirst, std::size_t... kLanes>
  LITORCH_INLINE static Vector interleave(Vector a, Vector b, std::index_sequence<kLanes...>) {
    return __builtin_shufflevector(a, b, (kLanes % 2 * kSide + kFirst + kLanes / 2)...);
  }
};

/// dst[row][column] = columns(column)[row]: `columns(c)` is the start of column c, whose units of kUnit bytes are
/// contiguous.
template <std::size_t kUnit, class Columns>
LITORCH_INLINE void transpose_rows(std::byte* dst, Index dst_row, Columns columns, Index row_count,
                                   Index column_count) {
  constexpr Index kStep = kUnit, kSide = Tile<kUnit>::kSide;
  const Index whole_rows = row_count / kSide * kSide, whole_columns = column_count / kSide * kSide;
  for (Index left = 0; left < whole_columns; left += kSide) {
    const std::byte* starts[Tile<kUnit>::kSide];
    for (Index i = 0; i < kSide; ++i) starts[i] = columns(left + i);
    for (Index top = 0; top < whole_rows; top += kSide)
      Tile<kUnit>::transpose(dst + top * dst_row + left * kStep, dst_row, starts, top * kStep);
  }
  for (Index column = whole_rows < row_count ? 0 : whole_columns; column < column_count; ++column) {
    const std::byte* const from = columns(column);
    for (Index row = column < whole_columns ? whole_rows : 0; row < row_count; ++row)
      std::memcpy(dst + row * dst_row + column * kStep, from + row * kStep, kUnit);
  }
}

}  // namespace litorch::detail
