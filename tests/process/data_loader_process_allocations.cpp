// SPDX-License-Identifier: MIT
// Counts every operator new of this process, and of a worker process, which tells how many it had with each sample.
#include "support/catch.hpp"
#include "support/counted_new.hpp"

#include <litorch/litorch.hpp>

#include <sys/resource.h>

#include <algorithm>

using namespace litorch;
using support::allocations;

namespace {

struct CountingRows {
  Tensor<float> data;
  Index size() const { return data.size(0); }
  std::pair<Tensor<float>, std::size_t> get(Index i) const { return {data[i], allocations.load()}; }
};

struct Epoch {
  std::size_t here = 0, there = 0;  // allocations
};

template <class Loader>
Epoch run_epoch(Loader& loader) {
  const std::size_t before = allocations.load();
  std::size_t least = SIZE_MAX, most = 0;
  for (const auto& [rows, counts] : loader)
    for (Index i = 0; i < counts.size(0); ++i) {
      least = std::min(least, counts(i));
      most = std::max(most, counts(i));
    }
  return {allocations.load() - before, most - least};
}

long page_faults() {
  ::rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

}  // namespace

TEST_CASE("after its first epochs a loader with a process allocates nothing for a batch, in either process") {
  for (const Index columns : {30, 5000}) {  // batches that fit in a message, and others
    DataLoader loader(CountingRows{zeros<float>({205, columns})},
                      {.batch_size = 10, .shuffle = true, .num_workers = 1, .workers = Workers::processes});
    for (int epoch = 0; epoch < 4; ++epoch) run_epoch(loader);
    Epoch steady = run_epoch(loader);
    for (int epoch = 0; epoch < 4; ++epoch) {  // a batch that is looked at for long costs one more buffer, once
      const Epoch more = run_epoch(loader);
      steady = {std::min(steady.here, more.here), std::min(steady.there, more.there)};
    }
    CHECK(steady.here == 0);
    CHECK(steady.there == 0);
  }
}

TEST_CASE("three epochs of a hundred batches of processes, each of 1.2 MB, cause no page faults here but a few") {
  DataLoader loader(CountingRows{zeros<float>({2000, 15'000})},
                    {.batch_size = 20, .shuffle = true, .num_workers = 2, .workers = Workers::processes});
  for (int epoch = 0; epoch < 3; ++epoch) run_epoch(loader);
  const long before = page_faults();
  for (int epoch = 0; epoch < 3; ++epoch) run_epoch(loader);
  CHECK(page_faults() - before < 1000);  // three buffers at most, of 300 pages; new ones each time would be 90,000
}

TEST_CASE("a batch of processes that somebody holds is never written again") {
  DataLoader loader(CountingRows{arange<float>(205 * 4).reshape({205, 4})},
                    {.batch_size = 10, .num_workers = 2, .workers = Workers::processes});
  std::vector<Tensor<float>> held;
  for (const auto& [rows, counts] : loader) held.push_back(rows);
  const Tensor<float> all = cat(held);
  for (int epoch = 0; epoch < 2; ++epoch) run_epoch(loader);
  CHECK(equal(cat(held), all));
  CHECK(equal(all, arange<float>(205 * 4).reshape({205, 4})));
}
