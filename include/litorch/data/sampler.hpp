// SPDX-License-Identifier: MIT
// The order in which samples are read, as a pure function of the epoch and the position: what makes it possible to
// resume anywhere at once, and to share a sampler between threads.
#pragma once

#include <litorch/data/permutation.hpp>

#include <concepts>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

namespace litorch {

/// `size()` positions an epoch, and the index of the sample at each of them, 0 <= position < size(). Both depend on
/// their arguments alone and may be called by many threads at once. Where not all epochs are alike, `size(epoch)` says it.
template <class S>
concept Sampler = requires(const S& sampler, std::uint64_t epoch, Index position) {
  { sampler.size() } -> std::convertible_to<Index>;
  { sampler.index(epoch, position) } -> std::convertible_to<Index>;
};

namespace detail {

/// The positions of one epoch.
template <Sampler S>
Index size_in(const S& sampler, std::uint64_t epoch) {
  if constexpr (requires { sampler.size(epoch); })
    return static_cast<Index>(sampler.size(epoch));
  else
    return static_cast<Index>(sampler.size());
}

/// A range of indices: of any integers but booleans.
template <class R>
concept IntegerRange = std::ranges::input_range<R> && std::integral<std::ranges::range_value_t<R>> &&
    !std::same_as<std::ranges::range_value_t<R>, bool>;

/// A view that is indexed in O(1): a span, std::views::iota.
template <class R>
concept IndexedView =
    std::ranges::view<R> && std::ranges::random_access_range<const R> && std::ranges::sized_range<const R>;

/// The range itself where it is a view that can be indexed or a vector that can be moved, else a vector of its values.
template <IntegerRange R>
auto kept_indices(R&& indices) {
  using Range = std::remove_cvref_t<R>;
  if constexpr (IndexedView<Range> || std::same_as<Range, std::vector<Index>>) {
    return Range(std::forward<R>(indices));
  } else {
    std::vector<Index> copy;
    if constexpr (std::ranges::sized_range<R>) copy.reserve(static_cast<std::size_t>(std::ranges::size(indices)));
    for (const auto index : indices) copy.push_back(static_cast<Index>(index));
    return copy;
  }
}

}  // namespace detail

/// 0, 1, 2, ... in every epoch.
class SequentialSampler {
 public:
  /// Throws ShapeError for a size below zero.
  explicit SequentialSampler(Index size) : size_(detail::checked_size("SequentialSampler", size)) {}

  Index size() const noexcept { return size_; }
  Index index(std::uint64_t, Index position) const noexcept { return position; }

 private:
  Index size_;
};

/// Every index once, in another random order each epoch. Stores nothing but the seed: see Permutation.
class ShuffledSampler {
 public:
  /// Throws ShapeError for a size below zero or over 2^62.
  explicit ShuffledSampler(Index size, std::uint64_t seed = 0)
      : size_(detail::checked_size("ShuffledSampler", size)), seed_(seed) {}

  Index size() const noexcept { return size_; }
  Index index(std::uint64_t epoch, Index position) const { return order(epoch)[position]; }
  void indices(std::uint64_t epoch, Index first, std::span<Index> out) const { order(epoch).indices(first, out); }

 private:
  Permutation order(std::uint64_t epoch) const { return Permutation(size_, detail::stream_key(seed_, epoch, 0)); }

  Index size_;
  std::uint64_t seed_;
};

/// The indices of a list, as often as they are in it: in its order, or, with a seed, in another random order each epoch.
/// A view that can be indexed, such as a std::span, is kept as it is, and what it looks at must stay alive and unchanged;
/// a vector of Index is moved in if it can be, and other ranges are copied. Copies of a sampler copy the list.
template <class Indices = std::vector<Index>>
class SubsetSampler {
 public:
  template <detail::IntegerRange R>
  explicit SubsetSampler(R indices) : indices_(detail::kept_indices(std::move(indices))) {}
  template <detail::IntegerRange R>
  SubsetSampler(R indices, std::uint64_t seed) : SubsetSampler(std::move(indices)) {
    order_.emplace(size(), seed);
  }

  Index size() const { return static_cast<Index>(std::ranges::size(indices_)); }
  Index index(std::uint64_t epoch, Index position) const {
    LITORCH_ASSERT(position >= 0 && position < size());
    if (order_) position = order_->index(epoch, position);
    using Distance = std::ranges::range_difference_t<const Indices>;
    return static_cast<Index>(std::ranges::begin(indices_)[static_cast<Distance>(position)]);
  }

 private:
  Indices indices_;
  std::optional<ShuffledSampler> order_;
};

template <detail::IntegerRange R>
SubsetSampler(R) -> SubsetSampler<decltype(detail::kept_indices(std::declval<R>()))>;
template <detail::IntegerRange R>
SubsetSampler(R, std::uint64_t) -> SubsetSampler<decltype(detail::kept_indices(std::declval<R>()))>;

}  // namespace litorch
