// SPDX-License-Identifier: MIT
// Who gets which elements: splitting a row of elements into ranges that meet at cache lines. Pure arithmetic; it knows
// of neither threads nor memory.
#pragma once

#include <litorch/base/config.hpp>

#include <algorithm>

namespace litorch {

/// The indices begin, begin + 1, ..., end - 1.
struct IndexRange {
  Index begin = 0;
  Index end = 0;

  constexpr Index size() const noexcept { return end - begin; }
  constexpr bool empty() const noexcept { return begin == end; }
  bool operator==(const IndexRange&) const = default;
};

/// [0, total) in `parts` ranges, one for each of `parts` workers: ordered, adjacent, covering every element once.
///
/// A range begins with the first element that starts at or after the edge of a cache line: on the edge itself where the
/// item size permits. Two workers then never write the same line, but for the one item that may straddle the edge.
/// Each range is within one line and one item of total / parts elements. When there are fewer lines (or, for items
/// larger than a line, fewer items) than parts, the last ranges are empty.
///
/// Example: 100 elements of 4 bytes that begin 8 bytes past a line edge, in 3 parts. The edges are at bytes 0, 64, 128,
/// ...; bytes 8 to 408 are used. A third is 133 bytes, which leads to byte 141, so the next edge is 192 and element
/// (192 - 8) / 4 = 46 begins the second range; two thirds lead to byte 274, edge 320, element 78:
///
///     AlignedPartition(100, 4, 8, 3)  ->  [0, 46) [46, 78) [78, 100)
///
/// Constraints: total >= 0, item_size >= 1, total * item_size < 2^63, misalignment < 64, 1 <= parts <= 2^31.
/// Complexity: constant time for each range, no memory.
class AlignedPartition {
 public:
  /// `misalignment` is the address of the first element modulo the cache line.
  constexpr AlignedPartition(Index total, std::size_t item_size, std::size_t misalignment, Index parts)
      : total_(static_cast<std::uint64_t>(total)),
        item_size_(item_size),
        misalignment_(misalignment),
        parts_(static_cast<std::uint64_t>(parts)) {
    LITORCH_ASSERT(total >= 0 && item_size >= 1 && misalignment < kCacheLine && parts >= 1);
  }

  constexpr Index parts() const noexcept { return static_cast<Index>(parts_); }

  /// The range of worker i, 0 <= i < parts().
  constexpr IndexRange part(Index i) const noexcept {
    LITORCH_ASSERT(i >= 0 && i < parts());
    const auto k = static_cast<std::uint64_t>(i);
    return {static_cast<Index>(boundary(k)), static_cast<Index>(boundary(k + 1))};
  }

 private:
  constexpr std::uint64_t boundary(std::uint64_t k) const noexcept {
    if (k == 0) return 0;
    if (item_size_ >= kCacheLine) return total_ / parts_ * k + std::min(total_ % parts_, k);

    const std::uint64_t bytes = total_ * item_size_;
    const std::uint64_t lines = line_at_or_after(misalignment_ + bytes);
    const std::uint64_t share = bytes / parts_ * k + bytes % parts_ * k / parts_;  // bytes * k / parts, no overflow
    const std::uint64_t line = lines <= parts_ ? k : line_at_or_after(misalignment_ + share);
    const std::uint64_t first = (line * kCacheLine - misalignment_ + item_size_ - 1) / item_size_;
    return std::min(first, total_);
  }

  static constexpr std::uint64_t line_at_or_after(std::uint64_t byte) noexcept {
    return byte / kCacheLine + (byte % kCacheLine != 0);
  }

  std::uint64_t total_;
  std::uint64_t item_size_;
  std::uint64_t misalignment_;
  std::uint64_t parts_;
};

}  // namespace litorch
