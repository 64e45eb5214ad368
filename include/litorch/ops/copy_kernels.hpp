// SPDX-License-Identifier: MIT
// Moves one block, the two innermost loops of a nest. Knows sizes and strides, not element types.
#pragma once

#include <litorch/ops/stream_copy.hpp>
#include <litorch/ops/transpose.hpp>

#include <algorithm>

namespace litorch::detail {

/// Distances between rows and between columns, in units.
struct BlockStrides {
  Index dst_row, dst_column, src_row, src_column;
};

/// 32 bytes or fewer, without a call: two copies of a fixed size that may overlap.
LITORCH_INLINE void copy_short(std::byte* dst, const std::byte* src, std::size_t bytes) {
  const auto both_ends = [&]<std::size_t kSize>(std::integral_constant<std::size_t, kSize>) {
    std::byte head[kSize], tail[kSize];
    std::memcpy(head, src, kSize);
    std::memcpy(tail, src + bytes - kSize, kSize);
    std::memcpy(dst, head, kSize);
    std::memcpy(dst + bytes - kSize, tail, kSize);
  };
  if (bytes >= 16)
    both_ends(std::integral_constant<std::size_t, 16>());
  else if (bytes >= 8)
    both_ends(std::integral_constant<std::size_t, 8>());
  else if (bytes >= 4)
    both_ends(std::integral_constant<std::size_t, 4>());
  else if (bytes >= 2)
    both_ends(std::integral_constant<std::size_t, 2>());
  else if (bytes == 1)
    *dst = *src;
}

/// One run of any length; `next` is what will be read after it.
LITORCH_INLINE void copy_run(std::byte* dst, const std::byte* src, std::size_t bytes, bool stream,
                             const std::byte* next) {
  if (bytes <= 32)
    copy_short(dst, src, bytes);
  else if (stream)
    stream_run(dst, src, bytes, next);
  else if (bytes < kLongRun)
    std::memcpy(dst, src, bytes);
  else if (bytes < kPagesRun)
    kCopyLong(dst, src, bytes);
  else
    copy_pages(dst, src, bytes);
}

/// `rows` runs of `bytes`, whose starts lie dst_row and src_row bytes apart.
inline void copy_runs(std::byte* dst, Index dst_row, const std::byte* src, Index src_row, std::size_t bytes, Index rows,
                      bool stream) {
  const auto fixed = [&]<std::size_t kBytes>(std::integral_constant<std::size_t, kBytes>) {
    for (Index row = 0; row < rows; ++row) std::memcpy(dst + row * dst_row, src + row * src_row, kBytes);
  };
  switch (bytes) {
    case 1: return fixed(std::integral_constant<std::size_t, 1>());
    case 2: return fixed(std::integral_constant<std::size_t, 2>());
    case 4: return fixed(std::integral_constant<std::size_t, 4>());
    case 8: return fixed(std::integral_constant<std::size_t, 8>());
    case 16: return fixed(std::integral_constant<std::size_t, 16>());
    case 32: return fixed(std::integral_constant<std::size_t, 32>());
    case 64: return fixed(std::integral_constant<std::size_t, 64>());
    default:
      for (Index row = 0; row < rows; ++row, dst += dst_row, src += src_row)
        copy_run(dst, src, bytes, stream, src + src_row);
  }
}

/// One value to each column of a row; a contiguous row doubles what it has until it is full.
template <std::size_t kUnit>
void fill_row(std::byte* dst, const std::byte* value, Index columns, Index dst_step) {
  std::byte unit[kUnit];
  std::memcpy(unit, value, kUnit);
  if (dst_step != static_cast<Index>(kUnit) || columns < 4) {
    for (Index column = 0; column < columns; ++column) std::memcpy(dst + column * dst_step, unit, kUnit);
    return;
  }
  constexpr std::size_t kPattern = 4096;  // stays in the first-level cache
  const std::size_t bytes = static_cast<std::size_t>(columns) * kUnit;
  std::memcpy(dst, unit, kUnit);
  for (std::size_t done = kUnit; done < bytes;) {
    const std::size_t next = std::min({done, bytes - done, kPattern});
    std::memcpy(dst + done, dst, next);
    done += next;
  }
}

/// A source whose columns are contiguous into rows that are: squares of a cache line's side, so that lines are read and
/// written whole, by way of a buffer, since rows a power of two apart would push each other out of the cache. Along the
/// rows; but first down the columns where these are a page or more apart and the rows go past the caches. Memory is read in
/// runs then, which takes half to two thirds of the time on Zen 3. 32 squares of them: 8 and 16 gained less.
template <std::size_t kUnit>
void copy_transposed(std::byte* dst, Index dst_row, const std::byte* src, Index src_column, Index rows, Index columns,
                     bool stream) {
  constexpr Index kStep = kUnit, kSide = kLine / kStep, kFarApart = 4096;
  alignas(kCacheLine) std::byte square[kCacheLine * kCacheLine / kUnit];
  const auto units_to_line = [](const std::byte* at) {
    return kSide - static_cast<Index>(reinterpret_cast<std::uintptr_t>(at) % kCacheLine) / kStep;
  };
  const bool lines = stream && dst_row % kLine == 0 && reinterpret_cast<std::uintptr_t>(dst) % kUnit == 0;
  const Index squares = lines && std::abs(src_column) >= kFarApart ? 32 : 1;  // down the columns
  for (Index first = 0, last = 0; first < rows; first = last) {
    last = std::min(first + units_to_line(src + first * kStep) + (squares - 1) * kSide, rows);
    const Index ahead = std::min(2 * kSide, last - first);
    for (Index left = 0, width = 0; left < columns; left += width) {
      width = std::min(units_to_line(dst + left * kStep), columns - left);  // all but the first begin on a line
      for (Index top = first, height = 0; top < last; top += height) {
        height = std::min(units_to_line(src + top * kStep), last - top);
        const auto column = [start = src + left * src_column + top * kStep, src_column](Index i) {
          return start + i * src_column;
        };
        const std::byte* next = src + last * kStep;
        if (top + ahead < last)
          next = column(0) + ahead * kStep;
        else if (left + width < columns)
          next = column(width) + (ahead - (last - first)) * kStep;
        for (Index i = 0; i < kSide; ++i) __builtin_prefetch(next + i * src_column);
        if (height == kSide && width == kSide)
          transpose_rows<kUnit>(square, kLine, column, kSide, kSide);
        else
          transpose_rows<kUnit>(square, kLine, column, height, width);
        std::byte* const to = dst + top * dst_row + left * kStep;
        if (lines && width == kSide)
          kStreamLines({to, square, square, 1, height, dst_row, kLine, kLine});
        else
          copy_runs(to, dst_row, square, kLine, static_cast<std::size_t>(width) * kUnit, height, false);
      }
    }
  }
}

/// Copies rows x columns units of kUnit bytes. `stream`: long runs go past the caches, and need a stream_fence().
template <std::size_t kUnit>
void copy_block(std::byte* dst, const std::byte* src, Index rows, Index columns, const BlockStrides& strides,
                bool stream) {
  constexpr Index kStep = kUnit;
  const Index dst_row = strides.dst_row * kStep, dst_column = strides.dst_column * kStep;
  const Index src_row = strides.src_row * kStep, src_column = strides.src_column * kStep;
  if (dst_column == kStep && src_column == kStep) {
    copy_runs(dst, dst_row, src, src_row, static_cast<std::size_t>(columns) * kUnit, rows, stream);
  } else if (src_column == 0) {
    for (Index row = 0; row < rows; ++row)
      fill_row<kUnit>(dst + row * dst_row, src + row * src_row, columns, dst_column);
  } else if (kUnit < 16 && dst_column == kStep && src_row == kStep && rows > 1) {
    copy_transposed<std::min<std::size_t>(kUnit, 8)>(dst, dst_row, src, src_column, rows, columns, stream);
  } else {
    // A source that is closer together down its columns than along its rows goes tile by tile.
    constexpr Index kTile = 32;
    const bool tiled = rows > 1 && std::abs(src_row) < std::abs(src_column);
    const Index tile_rows = tiled ? kTile : 1, tile_columns = tiled ? kTile : columns;
    for (Index top = 0; top < rows; top += tile_rows)
      for (Index left = 0; left < columns; left += tile_columns)
        for (Index row = top; row < std::min(rows, top + tile_rows); ++row)
          for (Index column = left; column < std::min(columns, left + tile_columns); ++column)
            std::memcpy(dst + row * dst_row + column * dst_column, src + row * src_row + column * src_column, kUnit);
  }
}

using CopyBlock = void (*)(std::byte*, const std::byte*, Index, Index, const BlockStrides&, bool);

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
