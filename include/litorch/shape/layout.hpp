// SPDX-License-Identifier: MIT
// Shape and strides together, and the views that change them without moving the first element. Pure values: nothing here
// sees memory. Views that move the first element are in slice.hpp.
#pragma once

#include <litorch/shape/shape.hpp>

#include <limits>
#include <optional>

namespace litorch {

/// Where each element lies: element (i, j, ...) at i * strides[0] + j * strides[1] + ..., in elements.
struct Layout {
  Shape shape;
  Strides strides;

  friend constexpr bool operator==(const Layout&, const Layout&) = default;
};

namespace detail {

constexpr Index magnitude(Index value) noexcept { return value < 0 ? -value : value; }

constexpr Strides row_major_strides(const Shape& shape) {
  Strides strides = shape.dims();
  Index step = 1;
  for (Index dim = shape.rank() - 1; dim >= 0; --dim) {
    strides[dim] = step;
    step *= std::max<Index>(shape[dim], 1);
  }
  return strides;
}

constexpr Layout row_major(const Shape& shape) { return {shape, row_major_strides(shape)}; }

/// Whether the elements lie in row-major order without gaps. Dims of extent 1 may have any stride; a layout without
/// elements is contiguous.
constexpr bool is_contiguous(const Layout& layout) noexcept {
  Index step = 1;
  for (Index dim = layout.shape.rank() - 1; dim >= 0; --dim) {
    const Index extent = layout.shape[dim];
    if (extent == 0) return true;
    if (extent != 1 && layout.strides[dim] != step) return layout.shape.numel() == 0;
    step *= extent;
  }
  return true;
}

/// First and last element offsets that a layout reaches; {0, -1} without elements.
struct Bounds {
  Index first = 0;
  Index last = -1;
};

/// Throws ShapeError when an offset leaves 64 bits (only strides given by a caller can do that).
constexpr Bounds bounds(const char* call, const Layout& layout) {
  if (layout.shape.numel() == 0) return {};
  Bounds reach{0, 0};
  for (Index dim = 0; dim < layout.shape.rank(); ++dim) {
    Index& side = layout.strides[dim] < 0 ? reach.first : reach.last;
    Index distance = 0;
    if (!multiply_checked(layout.shape[dim] - 1, layout.strides[dim], distance) || !add_checked(side, distance, side))
      fail<ShapeError>(call, "(): shape ", layout.shape, " with strides ", layout.strides,
                       " reaches over 2^63 elements");
  }
  return reach;
}

/// First and last byte that a layout of elements of `item_size` bytes reaches; {0, -1} without elements. Throws ShapeError
/// where they, or as many elements, are more than 2^63 - 1 bytes.
constexpr Bounds byte_bounds(const char* call, const Layout& layout, std::size_t item_size) {
  if (byte_count(call, layout.shape, item_size) == 0) return {};
  const Index item = static_cast<Index>(item_size);
  const Bounds reach = bounds(call, layout);
  Bounds bytes;
  if (!multiply_checked(reach.first, item, bytes.first) || !multiply_checked(reach.last, item, bytes.last) ||
      !add_checked(bytes.last, item - 1, bytes.last) ||
      bytes.last >= std::numeric_limits<Index>::max() + bytes.first)  // first is not over 0
    fail<ShapeError>(call, "(): shape ", layout.shape, " with strides ", layout.strides,
                     " reaches over 2^63 - 1 bytes");
  return bytes;
}

constexpr Layout transpose(const Layout& layout, Index dim0, Index dim1) {
  const Index a = normalize_dim("transpose", dim0, layout.shape.rank());
  const Index b = normalize_dim("transpose", dim1, layout.shape.rank());
  Dims extents = layout.shape.dims();
  Strides strides = layout.strides;
  std::swap(extents[a], extents[b]);
  std::swap(strides[a], strides[b]);
  return {Shape(extents), strides};
}

constexpr Layout permute(const Layout& layout, const Dims& order) {
  const Index rank = layout.shape.rank();
  if (order.rank() != rank)
    fail<IndexError>("permute(): ", order.rank(), " dims given for shape ", layout.shape, "; name each dim once");
  Dims extents, strides;
  std::array<bool, kMaxRank> used{};
  for (const Index given : order) {
    const Index dim = normalize_dim("permute", given, rank);
    if (std::exchange(used[static_cast<std::size_t>(dim)], true))
      fail<IndexError>("permute(): dim ", dim, " is named twice in ", order, "; name each dim once");
    extents.push_back(layout.shape[dim]);
    strides.push_back(layout.strides[dim]);
  }
  return {Shape(extents), strides};
}

/// A dim of extent 1 before `dim`, which counts over the result: -rank - 1 .. rank.
constexpr Layout unsqueeze(const char* call, const Layout& layout, Index dim) {
  Dims extents = layout.shape.dims();
  Strides strides = layout.strides;
  const Index at = normalize_dim(call, dim, extents.rank() + 1);
  const Index stride = at < extents.rank() ? extents[at] * strides[at] : 1;
  extents.insert(at, 1);
  strides.insert(at, stride);
  return {Shape(extents), strides};
}

/// Without the dims of extent 1, or without `dim` where its extent is 1.
constexpr Layout squeeze(const Layout& layout, std::optional<Index> dim = {}) {
  const Index only = dim ? normalize_dim("squeeze", *dim, layout.shape.rank()) : -1;
  Dims extents, strides;
  for (Index i = 0; i < layout.shape.rank(); ++i) {
    if (layout.shape[i] == 1 && (!dim || i == only)) continue;
    extents.push_back(layout.shape[i]);
    strides.push_back(layout.strides[i]);
  }
  return {Shape(extents), strides};
}

/// Repeats dims of extent 1 by a stride of zero; -1 keeps an extent; new dims come in front. Throws ShapeError.
constexpr Layout expand(const char* call, const Layout& layout, const Dims& target) {
  const Index added = target.rank() - layout.shape.rank();
  if (added < 0)
    fail<ShapeError>(call, "(): shape ", layout.shape, " has more dims than ", target,
                     "; squeeze or select some first");
  Dims extents = target, strides = target;
  for (Index dim = 0; dim < target.rank(); ++dim) {
    const bool is_new = dim < added;
    const Index extent = is_new ? 1 : layout.shape[dim - added];
    if (!is_new && extents[dim] == -1) extents[dim] = extent;
    if (extents[dim] != extent && extent != 1)
      fail<ShapeError>(call, "(): extent ", extent, " in dim ", dim - added, " cannot become ", target[dim],
                       " (shapes ", layout.shape, " and ", target, "); only extent 1 repeats");
    strides[dim] = is_new || extents[dim] != extent ? 0 : layout.strides[dim - added];
  }
  return {Shape(extents), strides};
}

/// The shape that `target` asks for, with -1 filled in. Throws ShapeError when the counts differ.
constexpr Shape reshape_shape(const Shape& shape, const Dims& target) {
  Dims extents = target;
  Index known = 1, open = -1;
  for (Index dim = 0; dim < target.rank(); ++dim) {
    if (target[dim] == -1 && open >= 0) fail<ShapeError>("reshape(): more than one -1 in ", target);
    if (target[dim] == -1)
      open = dim;
    else if (!multiply_checked(known, target[dim], known))
      known = -1;
    if (known < 0) break;
  }
  if (open >= 0 && known > 0 && shape.numel() % known == 0) extents[open] = shape.numel() / known;
  if (known < 0 || (open >= 0 && extents[open] == -1) || Shape(extents).numel() != shape.numel())
    fail<ShapeError>("reshape(): shape ", shape, " has ", shape.numel(), " elements, which do not fit ", target);
  return Shape(extents);
}

/// `layout` seen as `target`, which has as many elements, or nothing when strides cannot say it.
constexpr std::optional<Layout> reshape(const Layout& layout, const Shape& target) {
  if (target.numel() == 0) return row_major(target);
  Layout result{target, target.dims()};
  Index old_dim = layout.shape.rank() - 1;
  Index new_dim = target.rank() - 1;
  while (true) {
    while (old_dim >= 0 && layout.shape[old_dim] == 1) --old_dim;
    // One block of old dims that lie as one run: its extent and the stride of its last dim.
    Index block = 1, step = 1;
    if (old_dim >= 0) {
      block = layout.shape[old_dim];
      step = layout.strides[old_dim--];
      for (; old_dim >= 0 && (layout.shape[old_dim] == 1 || layout.strides[old_dim] == step * block); --old_dim)
        block *= layout.shape[old_dim];
    }
    while (new_dim >= 0 && (block != 1 || target[new_dim] == 1)) {
      if (block % target[new_dim] != 0) return std::nullopt;
      result.strides[new_dim] = step;
      step *= target[new_dim];
      block /= target[new_dim--];
    }
    if (block != 1) return std::nullopt;
    if (old_dim < 0 && new_dim < 0) return result;
  }
}

}  // namespace detail
}  // namespace litorch
