// SPDX-License-Identifier: MIT
// A loop over a loader that ends early, at any batch: the next epoch is exact, and nothing is left of the first.
#include "support/catch.hpp"
#include "support/shm_scratch.hpp"
#include "support/thread_count.hpp"

#include <litorch/litorch.hpp>

#include <sys/wait.h>

#include <cerrno>
#include <fstream>

using namespace litorch;

namespace {

constexpr Index kSamples = 33, kBatch = 4;

std::vector<int> order_of(std::uint64_t epoch) {
  const ShuffledSampler order(kSamples, 9);
  std::vector<int> all;
  for (Index k = 0; k < kSamples; ++k) all.push_back(static_cast<int>(order.index(epoch, k)));
  return all;
}

void append(std::vector<int>& all, const Tensor<int>& batch) {
  all.insert(all.end(), batch.data(), batch.data() + batch.numel());
}

/// Leaves the loop behind batch `stop`, with whatever is under way; then goes through the next epoch.
void break_at(Index stop, std::size_t workers, Workers kind) {
  DataLoader loader(TensorDataset<int>(arange<int>(0, kSamples)),
                    {.batch_size = kBatch, .shuffle = true, .num_workers = workers, .workers = kind, .seed = 9});
  std::vector<int> first, second;
  for (Index k = 0; const Tensor<int>& batch : loader) {
    append(first, batch);
    if (k++ == stop) break;
  }
  for (const Tensor<int>& batch : loader) append(second, batch);
  std::vector<int> expected = order_of(0);
  expected.resize(static_cast<std::size_t>(std::min(kSamples, (stop + 1) * kBatch)));
  CHECK(first == expected);
  CHECK(second == order_of(1));
}

/// Mappings of memory that processes share.
int shared_mappings() {
  std::ifstream maps("/proc/self/maps");
  int count = 0;
  for (std::string line; std::getline(maps, line);) count += line.find("memfd:") != std::string::npos;
  return count;
}

}  // namespace

TEST_CASE("a loop that ends behind any batch costs nothing of the next epoch, and leaves no thread and no process") {
  const std::ptrdiff_t threads = support::thread_count_at_rest();
  const int descriptors = support::open_descriptors(), mappings = shared_mappings();
  for (const auto kind : {Workers::threads, Workers::processes})
    for (const std::size_t workers : {0u, 1u, 2u, 8u})
      for (Index stop = 0; stop <= kSamples / kBatch; ++stop) break_at(stop, workers, kind);
  CHECK(support::thread_count_becomes(threads));
  CHECK(support::open_descriptors() == descriptors);
  CHECK(shared_mappings() == mappings);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
  CHECK(errno == ECHILD);
}
