// SPDX-License-Identifier: MIT
// The three ways in which a batch is made of samples: collated as they come, by a function of all of them, or by the
// dataset itself.
#pragma once

#include <litorch/data/collator.hpp>
#include <litorch/data/dataset.hpp>

#include <atomic>
#include <mutex>
#include <optional>

namespace litorch {

/// The collate function of a DataLoader that is given none: tensors are stacked, numbers become a tensor, texts a vector;
/// structures, tuples, pairs and maps become those of batches.
struct DefaultCollate {};

namespace detail {

/// A dataset of rows whose tensors() are there as a whole.
template <class D>
concept WholeTensors = kPlainRows<D> && requires(const D& dataset) {
  dataset.tensors();
};

/// One batch at a time: begin(); put() for each of its places, by any threads, or gather() for several of them, or
/// put_batch() for all; keep() where some of them stay empty; finish().
template <class D, class Collate>
class BatchAssembly;

template <class D>
class BatchAssembly<D, DefaultCollate> {
 public:
  using Batch = BatchOf<SampleOf<D>>;
  static constexpr bool kWhole = false;            // a batch is loaded in one piece
  static constexpr bool kGathers = kPlainRows<D>;  // rows are copied as such: get() is none of the user's functions

  explicit BatchAssembly(const DefaultCollate&) {}

  void begin(Index count) {
    count_ = count;
    open_.store(false, std::memory_order_relaxed);
  }
  void put(Index k, const SampleOf<D>& sample) {
    open(sample);
    collator_.put(k, sample);
  }
  /// put() of the samples at `indices` to `first` and the places behind it, on all threads unless on one of several
  /// workers; false where one of them does not exist.
  bool gather(const D& dataset, std::span<const Index> indices, Index first) requires kGathers {
    const Index size = size_of(dataset), count = static_cast<Index>(indices.size());
    for (const Index index : indices)
      if (index < 0 || index >= size) return false;
    open(dataset.get(indices[0]));
    for_each_range(DefaultExecutor(), count, collator_.sample_bytes(), {}, nullptr, {}, [&](Index from, Index to) {
      const auto some = indices.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from));
      gather_rows(dataset, some, first + from);
    });
    return true;
  }
  void keep(std::span<const Index> kept) { collator_.keep(kept); }
  Batch finish(Index count) { return collator_.take(count); }

 private:
  void gather_rows(const D& dataset, std::span<const Index> indices, Index first) {
    if constexpr (!WholeTensors<D>)
      for (const Index index : indices) collator_.put(first++, dataset.get(index));
    else if constexpr (std::tuple_size_v<std::remove_cvref_t<decltype(dataset.tensors())>> == 1)
      collator_.gather(std::get<0>(dataset.tensors()), indices, first);
    else
      collator_.each([&](auto& part, auto i) { part.gather(std::get<i>(dataset.tensors()), indices, first); });
  }
  void open(const SampleOf<D>& sample) {
    if (open_.load(std::memory_order_acquire)) return;
    const std::lock_guard lock(mutex_);
    if (open_.load(std::memory_order_relaxed)) return;
    collator_.open(sample, count_);
    open_.store(true, std::memory_order_release);
  }

  Collator<SampleOf<D>> collator_;
  Index count_ = 0;
  std::mutex mutex_;  // of who comes first
  std::atomic<bool> open_{false};
};

/// The dataset makes the batch.
template <BatchDataset D>
class BatchAssembly<D, DefaultCollate> {
 public:
  using Batch = decltype(std::declval<const D&>().get_batch(std::span<const Index>()));
  static constexpr bool kWhole = true, kGathers = false;

  explicit BatchAssembly(const DefaultCollate&) {}

  void begin(Index) { batch_.reset(); }
  void put_batch(Batch&& batch) { batch_.emplace(std::move(batch)); }
  void put(Index, const SampleOf<D>&) {}
  void keep(std::span<const Index>) {}
  Batch finish(Index) { return std::move(*batch_); }

 private:
  std::optional<Batch> batch_;
};

/// A function from all samples to the batch; called by several threads at once, for different batches.
template <class D, class Collate>
requires std::invocable<const Collate&, std::vector<SampleOf<D>>>
class BatchAssembly<D, Collate> {
 public:
  using Batch = std::invoke_result_t<const Collate&, std::vector<SampleOf<D>>>;
  static constexpr bool kWhole = false, kGathers = false;

  explicit BatchAssembly(const Collate& collate) : collate_(collate) {}

  void begin(Index count) {
    samples_.clear();
    samples_.resize(static_cast<std::size_t>(count));
  }
  void put(Index k, SampleOf<D> sample) { samples_[static_cast<std::size_t>(k)].emplace(std::move(sample)); }
  void keep(std::span<const Index> kept) {
    for (std::size_t to = 0; const Index from : kept) {
      auto& sample = samples_[static_cast<std::size_t>(from)];
      if (&samples_[to] != &sample) samples_[to] = std::move(sample);
      ++to;
    }
  }
  Batch finish(Index count) {
    std::vector<SampleOf<D>> samples;
    samples.reserve(static_cast<std::size_t>(count));
    for (Index k = 0; k < count; ++k) samples.push_back(std::move(*samples_[static_cast<std::size_t>(k)]));
    samples_.clear();
    return collate_(std::move(samples));
  }

 private:
  std::vector<std::optional<SampleOf<D>>> samples_;
  const Collate& collate_;
};

}  // namespace detail
}  // namespace litorch
