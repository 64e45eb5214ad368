// SPDX-License-Identifier: MIT
// What a dataset is, and the one place that knows its forms.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/data/random.hpp>

#include <concepts>
#include <iterator>
#include <memory>
#include <span>
#include <stop_token>

namespace litorch {
namespace detail {

/// Of the worker that this thread is.
inline thread_local std::stop_token stop_of_sample;

template <class D>
concept GetsAtRandom = requires(const D& dataset, Index i, SampleRandom& random) {
  dataset.get(i, random);
};
template <class D>
concept Gets = requires(const D& dataset, Index i) {
  dataset.get(i);
};
template <class D>
concept IndexedRange = std::ranges::random_access_range<const D> && std::ranges::sized_range<const D>;
template <class D>
concept Subscripts = requires(const D& dataset, Index i) {
  dataset[i];
};

/// A dataset whose samples are the same in every epoch.
template <class D>
concept PlainDataset = Gets<D> || IndexedRange<D> || Subscripts<D>;

/// Datasets of litorch whose get() only looks at a row, so that rows may be copied in any order by any thread. Not those
/// that derive from one.
template <class D>
inline constexpr bool kPlainRows = false;

/// `i` itself. Throws IndexError outside of 0 .. size - 1.
inline Index checked_sample(const char* call, Index i, Index size) {
  if (i < 0 || i >= size)
    fail<IndexError>(call, "(): index ", i, " is out of range for ", size, " samples",
                     size == 0 ? "; the dataset is empty" : to_text("; give 0 to ", size - 1));
  return i;
}

}  // namespace detail

/// `size()`, and a sample for each index from 0 on: by `get(i)`, by `operator[](i)`, or, where it is augmented at random,
/// by `get(i, random)` with the generator of this sample and epoch. A random-access range such as a std::vector of
/// samples is one, too. Used as const only, by several threads at once; it need not be copyable. Where it has
/// `fingerprint()`, a number that other data would not have, a LoaderState is refused by a loader of other data.
template <class D>
concept Dataset = requires(const D& dataset) {
  { dataset.size() } -> std::convertible_to<Index>;
}
&&(detail::GetsAtRandom<D> || detail::PlainDataset<D>);

/// A dataset that makes a batch by itself, ready for use, faster than sample by sample.
template <class D>
concept BatchDataset = Dataset<D> && requires(const D& dataset, std::span<const Index> indices) {
  { dataset.get_batch(indices) } -> std::move_constructible;
};

/// For a get() that may take long: tells it that nobody waits for its sample any more, as that took longer than `timeout`
/// of its loader, or as the loader ends. Never does so where no worker thread of a loader has called.
inline std::stop_token sample_stop_token() { return detail::stop_of_sample; }

namespace detail {

template <Dataset D>
Index size_of(const D& dataset) {
  return static_cast<Index>(dataset.size());
}

/// Tells datasets apart: by what the dataset says itself, if it has a fingerprint(), and by its size.
template <Dataset D>
std::uint64_t fingerprint_of(const D& dataset) {
  std::uint64_t own = 0;
  if constexpr (requires {
                  { dataset.fingerprint() } -> std::convertible_to<std::uint64_t>;
                })
    own = dataset.fingerprint();
  return stream_key(0, own, static_cast<std::uint64_t>(size_of(dataset)));
}

/// Sample `i`, with `random` for a dataset that takes it. What the dataset throws, passes; IndexError for an index that
/// a range has not.
template <Dataset D>
decltype(auto) sample(const D& dataset, Index i, [[maybe_unused]] SampleRandom& random) {
  if constexpr (GetsAtRandom<D>) {
    return dataset.get(i, random);
  } else if constexpr (Gets<D>) {
    return dataset.get(i);
  } else if constexpr (IndexedRange<D>) {
    checked_sample("get", i, size_of(dataset));
    return std::ranges::begin(dataset)[static_cast<std::ranges::range_difference_t<const D>>(i)];
  } else {
    return dataset[i];
  }
}

/// Sample `i` as it is in `epoch` for `seed`: the same whoever asks, and after whatever else.
template <Dataset D>
decltype(auto) sample(const D& dataset, Index i, std::uint64_t seed, std::uint64_t epoch) {
  SampleRandom random(seed, epoch, i);
  return sample(dataset, i, random);
}

}  // namespace detail

/// The type of a dataset's samples, as a value.
template <Dataset D>
using SampleOf =
    std::remove_cvref_t<decltype(detail::sample(std::declval<const D&>(), 0, std::declval<SampleRandom&>()))>;

/// A share in a dataset of any type with samples of type S. Copies are cheap and share the dataset.
template <class S>
class AnyDataset {
 public:
  template <class D>
  AnyDataset(D dataset) requires(!std::same_as<D, AnyDataset> && Dataset<D>)
      : model_(std::make_shared<const Model<D>>(std::move(dataset))) {
    static_assert(std::same_as<SampleOf<D>, S>, "litorch::AnyDataset<S>: the samples of the dataset must be of type S");
  }

  Index size() const { return model_->size(); }
  S get(Index i, SampleRandom& random) const { return model_->get(i, random); }
  std::uint64_t fingerprint() const { return model_->fingerprint(); }

 private:
  struct Interface {
    virtual ~Interface() = default;
    virtual Index size() const = 0;
    virtual S get(Index i, SampleRandom& random) const = 0;
    virtual std::uint64_t fingerprint() const = 0;
  };

  template <class D>
  struct Model final : Interface {
    explicit Model(D&& held) : dataset(std::move(held)) {}
    Index size() const override { return detail::size_of(dataset); }
    S get(Index i, SampleRandom& random) const override { return detail::sample(dataset, i, random); }
    std::uint64_t fingerprint() const override { return detail::fingerprint_of(dataset); }

    D dataset;
  };

  std::shared_ptr<const Interface> model_;
};

}  // namespace litorch
