// SPDX-License-Identifier: MIT
// Do two layouts share an element, or one layout with itself? Strides make this a bounded linear equation over integers,
// which is solved exactly within a budget of steps; past the budget the answer is "yes", so that no write is ever risked.
#pragma once

#include <litorch/shape/layout.hpp>

#include <numeric>

namespace litorch::detail {

/// Decides whether sum(step[i] * x[i]) == target has a solution with 0 <= x[i] <= count[i]: depth-first over the largest
/// steps, cut off by what the rest can still reach and by its greatest common divisor.
class BoundedSum {
 public:
  /// `step` of any sign or zero.
  constexpr void add(Index step, Index count) {
    if (step == 0 || count == 0) return;
    if (step < 0) target_ -= step * count, step = -step;  // x = count - x'
    int at = 0;
    while (at < size_ && steps_[index(at)] > step) ++at;
    if (at < size_ && steps_[index(at)] == step) {
      counts_[index(at)] += count;
      return;
    }
    for (int i = size_++; i > at; --i) {
      steps_[index(i)] = steps_[index(i - 1)];
      counts_[index(i)] = counts_[index(i - 1)];
    }
    steps_[index(at)] = step;
    counts_[index(at)] = count;
  }

  constexpr bool reaches(Index target) {
    Index reach = 0, divisor = 0;
    for (int i = size_ - 1; i >= 0; --i) {
      divisors_[index(i)] = divisor = std::gcd(divisor, steps_[index(i)]);
      reaches_[index(i)] = reach += steps_[index(i)] * counts_[index(i)];
    }
    budget_ = 100'000;
    return search(0, target + target_);
  }

 private:
  static constexpr std::size_t index(int i) { return static_cast<std::size_t>(i); }

  constexpr bool search(int level, Index rest) {
    if (rest == 0) return true;
    if (level == size_ || rest < 0 || rest > reaches_[index(level)] || rest % divisors_[index(level)] != 0)
      return false;
    if (--budget_ < 0) return true;
    const Index step = steps_[index(level)];
    const Index others = level + 1 < size_ ? reaches_[index(level + 1)] : 0;
    const Index least = rest > others ? (rest - others + step - 1) / step : 0;
    for (Index x = std::min(rest / step, counts_[index(level)]); x >= least; --x)
      if (search(level + 1, rest - x * step)) return true;
    return false;
  }

  static constexpr std::size_t kTerms = 2 * kMaxRank;
  std::array<Index, kTerms> steps_{}, counts_{}, divisors_{}, reaches_{};
  int size_ = 0;
  int budget_ = 0;
  Index target_ = 0;
};

/// Whether some byte belongs to an element of both layouts, whose elements have `item_size` bytes; the first element of
/// `b` lies `distance` bytes after that of `a`. At most 2^53 elements apart.
constexpr bool share_bytes(const Layout& a, const Layout& b, Index distance, Index item_size) {
  if (a.shape.numel() == 0 || b.shape.numel() == 0) return false;
  const Bounds reach_a = bounds("overlap", a), reach_b = bounds("overlap", b);
  if (distance + reach_b.first * item_size >= (reach_a.last + 1) * item_size ||
      reach_a.first * item_size >= distance + (reach_b.last + 1) * item_size)
    return false;
  BoundedSum difference;
  for (Index dim = 0; dim < a.shape.rank(); ++dim) difference.add(a.strides[dim], a.shape[dim] - 1);
  for (Index dim = 0; dim < b.shape.rank(); ++dim) difference.add(-b.strides[dim], b.shape[dim] - 1);
  const Index whole = distance / item_size - (distance % item_size < 0);
  return difference.reaches(whole) || (distance % item_size != 0 && difference.reaches(whole + 1));
}

/// Whether two different indices name the same element.
constexpr bool overlaps_itself(const Layout& layout) {
  if (layout.shape.numel() < 2) return false;
  Dims extents, steps;  // without dims of extent 1, largest steps first
  for (Index dim = 0; dim < layout.shape.rank(); ++dim) {
    const Index extent = layout.shape[dim], step = magnitude(layout.strides[dim]);
    if (extent == 1) continue;
    if (step == 0) return true;
    Index at = 0;
    while (at < steps.rank() && steps[at] >= step) ++at;
    steps.insert(at, step);
    extents.insert(at, extent);
  }
  bool nested = true;  // each step exceeds what all smaller ones reach together
  Index reach = 0;
  for (Index i = steps.rank() - 1; i >= 0; --i) {
    nested = nested && steps[i] > reach;
    reach += steps[i] * (extents[i] - 1);
  }
  if (nested) return false;
  // Two indices differ first, counted by step, in dim i: there by 1 or more, behind it by anything the extents allow.
  for (Index i = 0; i < steps.rank(); ++i) {
    BoundedSum difference;
    Index target = -steps[i];
    difference.add(steps[i], extents[i] - 2);
    for (Index j = i + 1; j < steps.rank(); ++j) {
      difference.add(steps[j], 2 * (extents[j] - 1));
      target += steps[j] * (extents[j] - 1);
    }
    if (difference.reaches(target)) return true;
  }
  return false;
}

}  // namespace litorch::detail
