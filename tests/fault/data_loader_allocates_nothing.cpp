// SPDX-License-Identifier: MIT
// Counts every operator new of the process while a loader delivers batches that nobody keeps.
#include "support/catch.hpp"
#include "support/counted_new.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::allocations;

namespace {

struct Rows {
  Tensor<float> data;
  Index size() const { return data.size(0); }
  std::pair<Tensor<float>, int> get(Index i) const { return {data[i], static_cast<int>(i)}; }
};

template <class Loader>
std::size_t allocations_of_epoch(Loader& loader) {
  const std::size_t before = allocations.load();
  for ([[maybe_unused]] const auto& batch : loader) {}
  return allocations.load() - before;
}

}  // namespace

TEST_CASE("after its first epochs a loader allocates nothing for a batch") {
  const auto data = zeros<float>({1000, 30});
  for (const std::size_t workers : {0u, 2u}) {
    const DataLoaderOptions options{.batch_size = 10, .shuffle = true, .num_workers = workers};
    DataLoader gathered(TensorDataset(data, arange<int>(1000)), options);
    DataLoader loaded(Rows{data}, options);
    for (int epoch = 0; epoch < 4; ++epoch) {
      allocations_of_epoch(gathered);
      allocations_of_epoch(loaded);
    }
    CHECK(allocations_of_epoch(gathered) == 0);
    CHECK(allocations_of_epoch(loaded) == 0);
  }
}
