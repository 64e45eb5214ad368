// SPDX-License-Identifier: MIT
// Moves one block, the two innermost loops of a nest. Knows sizes and strides, not element types.
#pragma once

#include <litorch/base/config.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace litorch::detail {

/// Distances between rows and between columns, in units.
struct BlockStrides {
  Index dst_row, dst_column, src_row, src_column;
};

template <std::size_t kUnit>
void copy_unit(std::byte* dst, const std::byte* src) {
  std::memcpy(dst, src, kUnit);
}

/// One value to each column of a row.
template <std::size_t kUnit>
void fill_row(std::byte* dst, const std::byte* value, Index columns, Index dst_step) {
  if (kUnit == 1 && dst_step == 1) {
    std::memset(dst, std::to_integer<int>(*value), static_cast<std::size_t>(columns));
  } else {
    std::byte unit[kUnit];
    std::memcpy(unit, value, kUnit);
    for (Index column = 0; column < columns; ++column) copy_unit<kUnit>(dst + column * dst_step, unit);
  }
}

/// Copies rows x columns units of kUnit bytes. Rows that are contiguous on both sides go by memcpy; a source that is
/// closer together down its columns than along its rows goes tile by tile, so that its cache lines are used whole.
template <std::size_t kUnit>
void copy_block(std::byte* dst, const std::byte* src, Index rows, Index columns, const BlockStrides& strides) {
  constexpr Index unit = kUnit;
  constexpr Index kTile = 32;
  const Index dst_row = strides.dst_row * unit, dst_column = strides.dst_column * unit;
  const Index src_row = strides.src_row * unit, src_column = strides.src_column * unit;
  if (dst_column == unit && src_column == unit) {
    const std::size_t bytes = static_cast<std::size_t>(columns) * kUnit;
    for (Index row = 0; row < rows; ++row) std::memcpy(dst + row * dst_row, src + row * src_row, bytes);
  } else if (src_column == 0) {
    for (Index row = 0; row < rows; ++row)
      fill_row<kUnit>(dst + row * dst_row, src + row * src_row, columns, dst_column);
  } else {
    const bool transposed = rows > 1 && std::abs(src_row) < std::abs(src_column);
    const Index tile_rows = transposed ? kTile : 1, tile_columns = transposed ? kTile : columns;
    for (Index top = 0; top < rows; top += tile_rows)
      for (Index left = 0; left < columns; left += tile_columns)
        for (Index row = top; row < std::min(rows, top + tile_rows); ++row)
          for (Index column = left; column < std::min(columns, left + tile_columns); ++column)
            copy_unit<kUnit>(dst + row * dst_row + column * dst_column, src + row * src_row + column * src_column);
  }
}

using CopyBlock = void (*)(std::byte*, const std::byte*, Index, Index, const BlockStrides&);

/// The kernel for units of 1, 2, 4, 8 or 16 bytes.
inline CopyBlock block_kernel(std::size_t unit) {
  switch (unit) {
    case 2: return copy_block<2>;
    case 4: return copy_block<4>;
    case 8: return copy_block<8>;
    case 16: return copy_block<16>;
    default: return copy_block<1>;
  }
}

}  // namespace litorch::detail
