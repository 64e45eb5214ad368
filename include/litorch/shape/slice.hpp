// SPDX-License-Identifier: MIT
// Views of a part: each gives a layout and how far its first element moved.
#pragma once

#include <litorch/shape/layout.hpp>

namespace litorch::detail {

/// A layout whose first element lies `offset` elements after that of the layout it was taken from.
struct SubLayout {
  Layout layout;
  Index offset = 0;
};

/// `length` indices of `dim` from `start` on. Throws IndexError where the range leaves the dim.
constexpr SubLayout narrow(const Layout& layout, Index dim, Index start, Index length) {
  dim = normalize_dim("narrow", dim, layout.shape.rank());
  const Index extent = layout.shape[dim];
  const Index first = start < 0 ? start + extent : start;
  if (first < 0 || first > extent || length < 0 || length > extent - first)
    fail<IndexError>("narrow(): start ", start, " and length ", length, " leave extent ", extent, " of dim ", dim,
                     " (shape ", layout.shape, ")");
  Dims extents = layout.shape.dims();
  extents[dim] = length;
  return {{Shape(extents), layout.strides}, length == 0 ? 0 : first * layout.strides[dim]};
}

/// Every `step`-th index of `dim` from `start` up to, not including, `stop`, both clamped as Python does. Throws
/// IndexError unless step > 0.
constexpr SubLayout slice(const Layout& layout, Index dim, Index start, Index stop, Index step) {
  dim = normalize_dim("slice", dim, layout.shape.rank());
  if (step <= 0) fail<IndexError>("slice(): step ", step, " is not positive; use flip(dim) to reverse a dim");
  const Index extent = layout.shape[dim];
  start = std::clamp<Index>(start < 0 ? start + extent : start, 0, extent);
  stop = std::clamp<Index>(stop < 0 ? stop + extent : stop, start, extent);
  const Index length = (stop - start) / step + ((stop - start) % step != 0);
  SubLayout part = narrow(layout, dim, start, stop - start);
  Dims extents = layout.shape.dims();
  extents[dim] = length;
  part.layout.shape = Shape(extents);
  if (length > 1) part.layout.strides[dim] *= step;
  return part;
}

/// One index of `dim`, without the dim. Throws IndexError.
constexpr SubLayout select(const Layout& layout, Index dim, Index index) {
  dim = normalize_dim("select", dim, layout.shape.rank());
  index = normalize_index("select", index, layout.shape[dim], dim);
  Dims extents = layout.shape.dims();
  Strides strides = layout.strides;
  extents.erase(dim);
  strides.erase(dim);
  return {{Shape(extents), strides}, index * layout.strides[dim]};
}

/// `dim` in reverse order.
constexpr SubLayout flip(const Layout& layout, Index dim) {
  dim = normalize_dim("flip", dim, layout.shape.rank());
  SubLayout flipped{layout, 0};
  flipped.layout.strides[dim] = -layout.strides[dim];
  if (layout.shape.numel() > 0) flipped.offset = (layout.shape[dim] - 1) * layout.strides[dim];
  return flipped;
}

}  // namespace litorch::detail
