// SPDX-License-Identifier: MIT
// Datasets made of datasets: several in a row, a part of one, and one with a function applied to each sample.
//
// They own the datasets they are made of; datasets that cannot be copied are moved in, and AnyDataset shares one. A
// dataset that takes a generator gets that of the outer index. Const members are as thread-safe as those of the datasets.
#pragma once

#include <litorch/data/dataset.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace litorch {
namespace detail {

/// Sample `i` of an adaptor that looks at no generator.
template <class Adaptor>
decltype(auto) plain_sample(const Adaptor& adaptor, Index i) {
  SampleRandom unused(0, 0, i);
  return adaptor.get(i, unused);
}

template <class D, class... Others>
inline constexpr bool is_one_type = (std::same_as<D, Others> && ...);

/// D where all are of one type, else the type that holds any of them.
template <class D, class... Others>
using CommonDataset = std::conditional_t<is_one_type<D, Others...>, D, AnyDataset<SampleOf<D>>>;

}  // namespace detail

/// The samples of several datasets, one dataset after the other. Sizes are asked for once, at the start.
template <Dataset D>
class ConcatDataset {
 public:
  /// Throws ShapeError for a size that is negative, or sizes that sum up to over 2^63 - 1.
  explicit ConcatDataset(std::vector<D> datasets) : datasets_(std::move(datasets)) {
    starts_.reserve(datasets_.size() + 1);
    starts_.push_back(0);
    for (const D& dataset : datasets_) {
      const Index size = detail::size_of(dataset), input = static_cast<Index>(starts_.size()) - 1;
      Index end = 0;
      if (size < 0) detail::fail_input<ShapeError>(input, "ConcatDataset", " has a negative size of ", size);
      if (!detail::add_checked(starts_.back(), size, end))
        detail::fail_input<ShapeError>(input, "ConcatDataset", " has size ", size, "; with the ", starts_.back(),
                                       " samples before it, that is more than 2^63 - 1");
      starts_.push_back(end);
    }
  }
  /// Datasets of different types with samples of one type become AnyDatasets.
  template <class First, class Second, class... Others>
  ConcatDataset(First first, Second second, Others... others) requires(Dataset<First>&& Dataset<Second>)
      : ConcatDataset(listed(std::move(first), std::move(second), std::move(others)...)) {}

  Index size() const noexcept { return starts_.back(); }
  /// O(log datasets) and the dataset's own time. Throws IndexError.
  decltype(auto) get(Index i, SampleRandom& random) const {
    detail::checked_sample("ConcatDataset::get", i, size());
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), i);
    const std::size_t at = static_cast<std::size_t>(after - starts_.begin()) - 1;
    return detail::sample(datasets_[at], i - starts_[at], random);
  }
  decltype(auto) get(Index i) const requires detail::PlainDataset<D> { return detail::plain_sample(*this, i); }
  std::uint64_t fingerprint() const {
    std::uint64_t all = 0;
    for (const D& dataset : datasets_) all = detail::stream_key(all, detail::fingerprint_of(dataset), 0);
    return all;
  }

 private:
  template <class... Parts>
  static std::vector<D> listed(Parts... parts) {
    std::vector<D> list;
    list.reserve(sizeof...(parts));
    (list.emplace_back(std::move(parts)), ...);
    return list;
  }

  std::vector<D> datasets_;
  std::vector<Index> starts_;  // of each dataset, and where the last one ends
};

template <class First, class Second, class... Others>
ConcatDataset(First, Second, Others...) -> ConcatDataset<detail::CommonDataset<First, Second, Others...>>;

/// The samples of a dataset at given indices, in their order; one may come more than once.
template <Dataset D>
class SubsetDataset {
 public:
  /// Throws IndexError that names the position of an index that the dataset has not.
  SubsetDataset(D dataset, std::vector<Index> indices) : dataset_(std::move(dataset)), indices_(std::move(indices)) {
    const Index whole = detail::size_of(dataset_);
    for (std::size_t i = 0; i < indices_.size(); ++i)
      if (indices_[i] < 0 || indices_[i] >= whole)
        detail::fail_input<IndexError>(static_cast<Index>(i), "SubsetDataset", " is index ", indices_[i],
                                       ", out of range for ", whole, " samples");
  }

  Index size() const noexcept { return static_cast<Index>(indices_.size()); }
  /// The dataset's own time. Throws IndexError.
  decltype(auto) get(Index i, SampleRandom& random) const {
    detail::checked_sample("SubsetDataset::get", i, size());
    return detail::sample(dataset_, indices_[static_cast<std::size_t>(i)], random);
  }
  decltype(auto) get(Index i) const requires detail::PlainDataset<D> { return detail::plain_sample(*this, i); }
  std::uint64_t fingerprint() const { return detail::fingerprint_of(dataset_); }

 private:
  D dataset_;
  std::vector<Index> indices_;
};

/// fn(sample) or, for augmentation, fn(sample, random) of each sample. `fn` is called by several threads at once.
template <Dataset D, class F>
class MappedDataset {
  using Sample = decltype(detail::sample(std::declval<const D&>(), 0, std::declval<SampleRandom&>()));
  static constexpr bool kRandom = std::invocable<const F&, Sample, SampleRandom&>;
  static_assert(
      kRandom || std::invocable<const F&, Sample>,
      "litorch::MappedDataset: fn must take a sample, or a sample and a SampleRandom&, and be callable as const");

 public:
  MappedDataset(D dataset, F fn) : dataset_(std::move(dataset)), fn_(std::move(fn)) {}

  Index size() const { return detail::size_of(dataset_); }
  auto get(Index i, SampleRandom& random) const {
    if constexpr (kRandom)
      return fn_(detail::sample(dataset_, i, random), random);
    else
      return fn_(detail::sample(dataset_, i, random));
  }
  auto get(Index i) const requires(!kRandom && detail::PlainDataset<D>) { return detail::plain_sample(*this, i); }
  std::uint64_t fingerprint() const { return detail::fingerprint_of(dataset_); }

 private:
  D dataset_;
  F fn_;
};

/// `dataset` with `fn` applied to each sample when it is asked for.
template <Dataset D, class F>
MappedDataset<D, F> map_dataset(D dataset, F fn) {
  return {std::move(dataset), std::move(fn)};
}

}  // namespace litorch
