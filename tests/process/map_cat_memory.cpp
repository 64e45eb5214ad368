// SPDX-License-Identifier: MIT
// What map_cat() needs in the parent: the result and at most 16 MiB, whatever the pieces are.
#include "support/catch.hpp"
#include "support/resident_memory.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

namespace {

struct Job {
  const char* what;
  Index rows, columns, dim;
  bool one_longer;  // the last piece, by a row or a column
};

/// The bytes above what was there before, at most, beyond those of the result.
Index rise(const Job& job) {
  std::vector<Index> tasks{0, 1, 2, 3, 4, 5, 6, 7};
  const auto piece = [&](Index task) {
    Dims extents{job.rows, job.columns};
    if (job.one_longer && task == 7) extents[job.dim] += 1;
    return full<float>(Shape(extents), static_cast<float>(task));
  };
  ProcessPool pool({.processes = 2});
  empty_cache();
  support::reset_peak();
  const Index before = support::resident_bytes();
  const auto result = pool.map_cat(piece, tasks, job.dim);
  const Index peak = support::peak_bytes();
  const Index extent = job.dim == 0 ? job.rows : job.columns;
  bool right = result.size(job.dim) == 8 * extent + (job.one_longer ? 1 : 0);
  for (const Index task : tasks) {
    const auto part = result.narrow(job.dim, task * extent, extent);
    right = right && equal(part, full<float>(part.shape(), static_cast<float>(task)));
  }
  return right ? peak - before - result.numel() * 4 : std::numeric_limits<Index>::max();
}

}  // namespace

TEST_CASE("map_cat needs the result and 16 MiB in the parent") {
  set_num_threads(2);
  for (const Job& job :
       {Job{"whole pages", 2048, 1024, 0, false}, Job{"whole pages", 2048, 1024, 1, false},
        Job{"no whole pages", 2000, 1001, 0, false}, Job{"no whole pages", 2000, 1001, 1, false},
        Job{"one of another shape", 2048, 1024, 0, true}, Job{"one of another shape", 2048, 1024, 1, true},
        Job{"one of another shape", 2000, 1001, 1, true}, Job{"short runs", 200'000, 11, 1, false},
        Job{"few large ones", 8001, 1001, 0, true}}) {
    INFO(job.what << ", dim " << job.dim);
    CHECK(rise(job) < Index{16} << 20);
  }
}
