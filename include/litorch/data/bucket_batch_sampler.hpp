// SPDX-License-Identifier: MIT
// Batches of samples of similar length, so that little of a padded batch is padding.
#pragma once

#include <litorch/data/batch_sampler.hpp>

#include <algorithm>

namespace litorch {

struct BucketOptions {
  Index batch_size = 1;
  Index bucket_count = 10;      ///< buckets of about as many samples each, where there are no bounds
  std::vector<Index> bounds{};  ///< ascending lengths; each is the smallest one of a bucket, the first has no bound
  std::uint64_t seed = 0;
  bool drop_last = false;  ///< leaves out the last batch of a bucket where it is shorter
};

/// Sorts the samples into buckets by length. In each epoch the samples of a bucket are shuffled and cut into batches, and
/// the batches of all buckets come in a random order; every sample comes once, but for those that `drop_last` leaves out.
/// Takes 8 bytes a sample; a batch is O(log buckets + batch size).
class BucketBatchSampler {
 public:
  /// lengths[i] is the length of sample i. Throws ShapeError for a batch size or a number of buckets below 1, Error for
  /// bounds that do not ascend. O(n log n).
  template <detail::IntegerRange Lengths>
  BucketBatchSampler(Lengths&& lengths, const BucketOptions& options)
      : batch_size_(detail::checked_batch_size("BucketBatchSampler", options.batch_size)), seed_(options.seed) {
    build(detail::kept_indices(std::forward<Lengths>(lengths)), options);
  }

  Index size(std::uint64_t) const noexcept { return first_batch_.back(); }
  void batch(std::uint64_t epoch, Index k, std::vector<Index>& indices) const {
    LITORCH_ASSERT(k >= 0 && k < first_batch_.back());
    const Index shuffled = Permutation(first_batch_.back(), detail::stream_key(seed_, epoch, 0))[k];
    const auto after = std::upper_bound(first_batch_.begin(), first_batch_.end(), shuffled);
    const std::size_t bucket = static_cast<std::size_t>(after - first_batch_.begin()) - 1;
    const Index start = starts_[bucket], samples = starts_[bucket + 1] - start;
    const Permutation order(samples, detail::stream_key(seed_, epoch, bucket + 1));
    Index position = (shuffled - first_batch_[bucket]) * batch_size_;
    indices.resize(static_cast<std::size_t>(std::min(batch_size_, samples - position)));
    for (Index& index : indices) index = by_length_[static_cast<std::size_t>(start + order[position++])];
  }

 private:
  template <class Lengths>
  void build(const Lengths& lengths, const BucketOptions& options) {
    const Index samples = static_cast<Index>(std::ranges::size(lengths));
    const auto length = [first = std::ranges::begin(lengths)](Index sample) {
      return static_cast<Index>(first[static_cast<std::ranges::range_difference_t<const Lengths>>(sample)]);
    };
    by_length_.resize(static_cast<std::size_t>(samples));
    for (Index i = 0; i < samples; ++i) by_length_[static_cast<std::size_t>(i)] = i;
    std::sort(by_length_.begin(), by_length_.end(),
              [&](Index a, Index b) { return length(a) != length(b) ? length(a) < length(b) : a < b; });

    starts_.push_back(0);
    if (options.bounds.empty()) {
      if (options.bucket_count < 1)
        detail::fail<ShapeError>("BucketBatchSampler(): ", options.bucket_count, " buckets; give 1 or more");
      const Index buckets = std::min(options.bucket_count, std::max<Index>(samples, 1));
      const Index each = samples / buckets, left = samples % buckets;
      for (Index bucket = 1; bucket < buckets; ++bucket) starts_.push_back(bucket * each + std::min(bucket, left));
    } else {
      const auto descent = std::adjacent_find(options.bounds.begin(), options.bounds.end(),
                                              [](Index bound, Index next) { return next <= bound; });
      if (descent != options.bounds.end())
        detail::fail<Error>("BucketBatchSampler(): bound ", descent + 1 - options.bounds.begin(), " is ", descent[1],
                            ", not over ", descent[0], " before it; sort the bounds");
      for (const Index bound : options.bounds)
        starts_.push_back(std::partition_point(by_length_.begin(), by_length_.end(),
                                               [&](Index sample) { return length(sample) < bound; }) -
                          by_length_.begin());
    }
    starts_.push_back(samples);

    first_batch_.push_back(0);
    for (std::size_t bucket = 0; bucket + 1 < starts_.size(); ++bucket) {
      const Index in_bucket = starts_[bucket + 1] - starts_[bucket];
      first_batch_.push_back(first_batch_.back() + detail::batch_count(in_bucket, batch_size_, options.drop_last));
    }
  }

  Index batch_size_;
  std::uint64_t seed_;
  std::vector<Index> by_length_;    // the samples, the shortest first
  std::vector<Index> starts_;       // of each bucket in by_length_, and where the last one ends
  std::vector<Index> first_batch_;  // of each bucket, and how many batches there are
};

}  // namespace litorch
