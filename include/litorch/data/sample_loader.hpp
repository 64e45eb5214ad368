// SPDX-License-Identifier: MIT
// The samples of a batch are got from the dataset and put to their places: what every worker of a loader does, whether a
// thread or a process.
#pragma once

#include <litorch/data/batch_assembly.hpp>
#include <litorch/data/loader_options.hpp>
#include <litorch/parallel/crew.hpp>

#include <algorithm>

namespace litorch::detail {

/// Ends the engine of a loader, which in a forked child is left as it is: its threads can be neither joined nor destroyed.
struct EndOfEngine {
  template <class Engine>
  void operator()(Engine* engine) const noexcept {
    if (engine->lost_its_workers())
      abandon(engine);
    else
      delete engine;
  }
};

/// Which batch of which epoch.
struct BatchPlace {
  std::uint64_t epoch = 0;
  Index batch = 0;

  friend constexpr bool operator==(const BatchPlace&, const BatchPlace&) = default;
  friend constexpr bool operator<(const BatchPlace& a, const BatchPlace& b) {
    return a.epoch != b.epoch ? a.epoch < b.epoch : a.batch < b.batch;
  }
};

/// Samples that a worker loads, and what becomes of them.
struct Claim {
  BatchPlace place;
  Index first;  // the place in the batch of the first of them
  std::span<const Index> indices;
  std::size_t worker;
  std::vector<SampleFailure> failures{};
  std::vector<Index> missing{};  // places in the batch

  void fail(Index sample, std::exception_ptr error) {
    failures.push_back({place.epoch, place.batch, sample, worker, std::move(error)});
  }
};

/// A batch, unless nothing or not enough of it is there, and how many samples are in it.
template <class Batch>
struct MadeBatch {
  std::optional<Batch> batch{};
  Index samples = 0;
};

/// A Pace is `bool begin(k)` before the sample of place k is asked for, and `bool may_write()` when it is there: false
/// where nobody waits for it any more.
template <class D, class Collate>
class SampleLoader {
  using Assembly = BatchAssembly<D, Collate>;

 public:
  SampleLoader(const D& dataset, const DataLoaderOptions& options) : dataset_(dataset), options_(options) {}

  /// Loads what is claimed. What the dataset throws is noted.
  template <class Pace>
  void load(Claim& claim, Assembly& assembly, Pace&& pace) const {
    try {
      if constexpr (Assembly::kWhole) {
        auto batch = dataset_.get_batch(claim.indices);
        if (pace.may_write()) assembly.put_batch(std::move(batch));
        return;
      } else if constexpr (Assembly::kGathers) {
        if (!pace.may_write() || assembly.gather(dataset_, claim.indices, claim.first)) return;
      }
    } catch (...) {
      claim.fail(-1, std::current_exception());
      for (std::size_t i = 0; i < claim.indices.size(); ++i)
        claim.missing.push_back(claim.first + static_cast<Index>(i));
      return;
    }
    for (Index k = claim.first; const Index index : claim.indices) {
      std::exception_ptr error = put(claim, assembly, pace, k, index);
      if (error && pace.begin(k)) {
        claim.fail(index, std::move(error));
        if (options_.on_error != OnError::replace || !replace(claim, assembly, pace, k)) claim.missing.push_back(k);
      }
      ++k;
    }
  }
  /// Puts another sample in place k. False where there is none to be had.
  template <class Pace>
  bool replace(const Claim& claim, Assembly& assembly, Pace& pace, Index k) const {
    constexpr int kAttempts = 100;
    SampleRandom random(~options_.seed, claim.place.epoch, claim.indices[static_cast<std::size_t>(k - claim.first)]);
    for (int attempt = 0; attempt < kAttempts; ++attempt)
      if (!put(claim, assembly, pace, k, uniform_index(random, size_of(dataset_)))) return true;
    return false;
  }

  /// What is there becomes a batch; `missing` are the places that are not.
  MadeBatch<typename Assembly::Batch> finish(Assembly& assembly, Index size, std::vector<Index>& missing) const {
    if (missing.empty()) return {assembly.finish(size), size};
    std::sort(missing.begin(), missing.end());
    std::vector<Index> kept;
    for (Index k = 0; k < size; ++k)
      if (!std::binary_search(missing.begin(), missing.end(), k)) kept.push_back(k);
    if (kept.empty() || options_.on_error != OnError::skip) return {};
    assembly.keep(kept);
    const Index samples = static_cast<Index>(kept.size());
    return {assembly.finish(samples), samples};
  }

 private:
  template <class Pace>
  std::exception_ptr put(const Claim& claim, Assembly& assembly, Pace& pace, Index k, Index index) const {
    if (!pace.begin(k)) return nullptr;
    try {
      SampleRandom random(options_.seed, claim.place.epoch, index);
      decltype(auto) sample = detail::sample(dataset_, index, random);
      if (pace.may_write()) assembly.put(k, sample);
    } catch (...) {
      return std::current_exception();
    }
    return nullptr;
  }

  const D& dataset_;
  const DataLoaderOptions& options_;
};

}  // namespace litorch::detail
