// SPDX-License-Identifier: MIT
// Samples drawn by weight: rare classes as often as common ones.
#pragma once

#include <litorch/data/sampler.hpp>

#include <algorithm>
#include <cmath>

namespace litorch {

/// `count` draws an epoch, with replacement: index i with a chance of weights[i] / sum(weights). A draw is O(1), whatever
/// the number of weights (tested past 2^24), and takes 16 bytes a weight. Indices of weight 0 are never drawn.
///
/// M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", IEEE TSE 17(9), 1991; the
/// table is filled in place by the sweep of L. Hübschle-Schneider and P. Sanders, "Parallel weighted random sampling",
/// ESA 2019.
class WeightedSampler {
 public:
  /// Throws Error that names the position of a weight that is negative, infinite or not a number, or if the weights sum
  /// up to zero or past the largest double; ShapeError for a count below zero. O(weights).
  WeightedSampler(std::vector<double> weights, Index count, std::uint64_t seed = 0)
      : count_(detail::checked_size("WeightedSampler", count)),
        seed_(detail::mix64(seed + detail::kGoldenGamma)),  // draws are not the numbers of a sample at this position
        kept_(std::move(weights)) {
    scale_to_mean_one();
    fill_table();
  }
  template <std::ranges::input_range R>
  WeightedSampler(const R& weights, Index count, std::uint64_t seed = 0) requires(
      std::ranges::common_range<const R>&& std::convertible_to<std::ranges::range_value_t<R>, double>)
      : WeightedSampler(std::vector<double>(std::ranges::begin(weights), std::ranges::end(weights)), count, seed) {}

  Index size() const noexcept { return count_; }
  Index index(std::uint64_t epoch, Index position) const {
    LITORCH_ASSERT(position >= 0 && position < count_);
    SampleRandom random(seed_, epoch, position);
    const Index drawn = uniform_index(random, static_cast<Index>(kept_.size()));
    const std::size_t at = static_cast<std::size_t>(drawn);
    return uniform_real(random) < kept_[at] ? drawn : other_[at];
  }

 private:
  void scale_to_mean_one() {
    double sum = 0;
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (!(kept_[i] >= 0) || std::isinf(kept_[i]))
        detail::fail_input<Error>(static_cast<Index>(i), "WeightedSampler", " is ",
                                  std::isnan(kept_[i]) ? "not a number"
                                  : kept_[i] < 0       ? "negative"
                                                       : "infinite",
                                  "; give finite weights of 0 or more");
      sum += kept_[i];
    }
    if (sum == 0)
      detail::fail<Error>("WeightedSampler(): all ", kept_.size(), " weights are 0; at least one must be positive");
    if (std::isinf(sum))
      detail::fail<Error>("WeightedSampler(): the ", kept_.size(), " weights sum up to infinity; scale them down");
    for (double& weight : kept_) weight = weight / sum * static_cast<double>(kept_.size());
  }

  /// Each column i of the table has a chance of 1 / n: kept_[i] of it goes to i, the rest to other_[i]. Heavy indices
  /// (over 1) fill up the columns of light ones, one heavy index after another; one that has given away its surplus is
  /// filled up by the next.
  void fill_table() {
    const std::size_t n = kept_.size();
    constexpr Index kNone = -1;
    other_.assign(n, kNone);
    const auto next_heavy = [&](std::size_t i) {
      while (i < n && kept_[i] <= 1) ++i;
      return i;
    };
    std::size_t heavy = next_heavy(0);
    const auto next_light = [&](std::size_t i) {  // not the heavy one at hand, which ends up as a light one
      while (i < n && (kept_[i] > 1 || other_[i] != kNone || i == heavy)) ++i;
      return i;
    };
    std::size_t light = next_light(0);
    while (heavy < n) {
      if (kept_[heavy] > 1) {
        if (light == n) break;  // what is over 1 now is a rounding error
        other_[light] = static_cast<Index>(heavy);
        kept_[heavy] -= 1 - kept_[light];
        light = next_light(light + 1);
      } else {
        const std::size_t next = next_heavy(heavy + 1);
        if (next == n) break;
        other_[heavy] = static_cast<Index>(next);
        kept_[next] -= 1 - kept_[heavy];
        heavy = next;
      }
    }
    // Columns that rounding left open: 1 but for the last bits, and never an index of weight 0.
    const Index sound = std::max_element(kept_.begin(), kept_.end()) - kept_.begin();
    for (Index& other : other_)
      if (other == kNone) other = sound;
  }

  Index count_;
  std::uint64_t seed_;
  std::vector<double> kept_;
  std::vector<Index> other_;
};

}  // namespace litorch
