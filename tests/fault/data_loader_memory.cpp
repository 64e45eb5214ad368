// SPDX-License-Identifier: MIT
// After its first epochs a loader needs no more memory: the kernel hands out no more pages.
#include "support/catch.hpp"
#include "support/sanitizer.hpp"

#include <litorch/litorch.hpp>

#include <sys/resource.h>

using namespace litorch;

namespace {

long page_faults() {
  ::rusage usage;
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

template <class Loader>
void go_through(Loader& loader, int epochs) {
  for (int epoch = 0; epoch < epochs; ++epoch)
    for ([[maybe_unused]] const auto& batch : loader) {}
}

}  // namespace

TEST_CASE("ten epochs of two hundred batches, each of 1.2 MB, cause no page faults but a few") {
  if (support::kAsan || support::kTsan) return;  // they have pages of their own for all that is accessed
  const auto images = zeros<float>({4000, 15'000});
  for (const std::size_t workers : {0u, 2u}) {
    DataLoader loader(TensorDataset<float>(images), {.batch_size = 20, .shuffle = true, .num_workers = workers});
    go_through(loader, 4);
    const long before = page_faults();
    go_through(loader, 10);
    CHECK(page_faults() - before < 100);
  }
}
