// SPDX-License-Identifier: MIT
// Iterators of a loader that are dropped, moved, or made while another one is under way; and workers that go on after
// every kind of failure.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <atomic>

using namespace litorch;

namespace {

constexpr Index kLength = 30;

std::vector<int> order_of(std::uint64_t epoch) {
  const ShuffledSampler order(kLength, 3);
  std::vector<int> all;
  for (Index k = 0; k < kLength; ++k) all.push_back(static_cast<int>(order.index(epoch, k)));
  return all;
}

DataLoaderOptions options(std::size_t workers) {
  return {.batch_size = 4, .shuffle = true, .num_workers = workers, .seed = 3};
}

template <class Loader>
std::vector<int> epoch_of(Loader& loader) {
  std::vector<int> all;
  for (const Tensor<int>& batch : loader) all.insert(all.end(), batch.data(), batch.data() + batch.numel());
  return all;
}

}  // namespace

TEST_CASE("a second iterator starts the next epoch, and the first one goes on in it") {
  for (const std::size_t workers : {0u, 1u, 2u, 8u}) {
    DataLoader loader(TensorDataset(arange<int>(0, kLength)), options(workers));
    auto first = loader.begin();
    ++first;
    auto second = loader.begin();
    CHECK(loader.epoch() == 1);
    CHECK(first->data()[0] == order_of(1)[0]);
    ++first;
    CHECK(second->data()[0] == order_of(1)[4]);
    auto moved = std::move(second);
    ++moved;
    CHECK(moved->data()[0] == order_of(1)[8]);
    CHECK(epoch_of(loader) == order_of(2));
  }
}

TEST_CASE("a loader that is moved with an iterator under way, or into another, delivers what is left") {
  for (const std::size_t workers : {0u, 2u}) {
    DataLoader from(TensorDataset(arange<int>(0, kLength)), options(workers));
    auto iterator = from.begin();
    DataLoader loader = std::move(from);
    ++iterator;
    CHECK(iterator->data()[0] == order_of(0)[4]);
    DataLoader other(TensorDataset(arange<int>(0, 5)), options(workers));
    other.next();
    other = std::move(loader);
    ++iterator;
    CHECK(iterator->data()[0] == order_of(0)[8]);
    CHECK(epoch_of(other) == order_of(1));
  }
}

TEST_CASE("workers go on after failures of the dataset, and the next epoch is exact") {
  struct Moody {
    const std::atomic<bool>* broken;
    Index size() const { return kLength; }
    int get(Index i) const { return *broken ? throw std::runtime_error("broken") : static_cast<int>(i); }
  };
  for (const std::size_t workers : {0u, 1u, 2u, 8u}) {
    std::atomic<bool> broken{true};
    DataLoader loader(Moody{&broken}, options(workers));
    for (int stop = 0; stop < 9; ++stop) {
      for (int k = 0; k <= stop; ++k) try {
          if (loader.next() == nullptr) break;
          CHECK(false);
        } catch (const SampleError&) {}
      loader.set_epoch(0);
    }
    broken = false;
    loader.set_epoch(7);  // nothing of it was begun
    CHECK(epoch_of(loader) == order_of(7));
    CHECK(epoch_of(loader) == order_of(8));
  }
}
