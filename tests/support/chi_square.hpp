// SPDX-License-Identifier: MIT
// Pearson's test, for counts that should be those of a known distribution.
#pragma once

#include <cmath>
#include <cstddef>
#include <vector>

namespace support {

/// How many standard deviations the statistic lies over its mean, for `fixed` marginals (1: the total) of the counts;
/// cells where nothing is expected must be empty. Chance alone passes 6 about once in 10^6 tests of many cells.
inline double chi_square_excess(const std::vector<double>& counts, const std::vector<double>& expected,
                                double fixed = 1) {
  double statistic = 0, freedom = -fixed;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (expected[i] == 0 && counts[i] != 0) return HUGE_VAL;
    if (expected[i] == 0) continue;
    statistic += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
    ++freedom;
  }
  return freedom <= 0 ? 0 : (statistic - freedom) / std::sqrt(2 * freedom);
}

inline double chi_square_excess(const std::vector<double>& counts, double expected_each, double fixed = 1) {
  return chi_square_excess(counts, std::vector<double>(counts.size(), expected_each), fixed);
}

}  // namespace support
