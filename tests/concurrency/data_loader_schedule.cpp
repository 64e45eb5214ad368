// SPDX-License-Identifier: MIT
// Who waits for whom: samples of one batch are loaded side by side, a slow one holds up no other batch, and the next
// epoch is begun before it is asked for. A loader that does otherwise hangs here.
#include "support/catch.hpp"
#include "support/meet.hpp"

#include <litorch/litorch.hpp>

#include <set>
#include <thread>

using namespace litorch;

TEST_CASE("without an order a sample that takes long holds up no other batch, and none is lost") {
  struct Blocked {
    std::atomic<bool>* open;
    Index size() const { return 64; }
    int get(Index i) const {
      while (i == 3 && !*open) std::this_thread::yield();
      return static_cast<int>(i);
    }
  };
  std::atomic<bool> open{false};
  DataLoader loader(Blocked{&open}, {.batch_size = 8, .num_workers = 4, .in_order = false});
  std::multiset<int> seen;
  for (Index k = 0; const Tensor<int>& batch : loader) {
    seen.insert(batch.data(), batch.data() + batch.numel());
    if (++k == 7) open = true;  // all others are here
  }
  CHECK(seen.size() == 64);
  CHECK(std::set<int>(seen.begin(), seen.end()).size() == 64);
}

TEST_CASE("the samples of one batch are loaded by all workers at once") {
  struct Meeting {
    std::atomic<std::size_t>* arrived;
    Index size() const { return 4; }
    int get(Index i) const {
      support::meet(*arrived, 4);
      return static_cast<int>(i);
    }
  };
  std::atomic<std::size_t> arrived{0};
  DataLoader loader(Meeting{&arrived}, {.batch_size = 4, .num_workers = 4});
  CHECK(equal(*loader.next(), arange<int>(0, 4)));
}

TEST_CASE("batches of the next epoch are made while the last one of this is looked at") {
  struct Counted {
    std::atomic<int>* asked;
    Index size() const { return 12; }
    int get(Index i) const {
      ++*asked;
      return static_cast<int>(i);
    }
  };
  std::atomic<int> asked{0};
  DataLoader loader(Counted{&asked}, {.batch_size = 4, .shuffle = true, .num_workers = 2, .seed = 6});
  for (int batch = 0; batch < 3; ++batch) loader.next();
  while (asked < 16) std::this_thread::yield();
  CHECK(loader.next() == nullptr);
  const ShuffledSampler order(12, 6);
  CHECK(loader.next()->data()[0] == order.index(1, 0));
}

TEST_CASE("no two samples and no two epochs draw the same, whichever of eight workers they come from") {
  struct Draws {
    Index size() const { return 200; }
    Index get(Index, SampleRandom& random) const { return static_cast<Index>(random() >> 1); }
  };
  DataLoader loader(Draws(), {.batch_size = 3, .num_workers = 8, .seed = 2});
  std::set<Index> draws;
  for (int epoch = 0; epoch < 5; ++epoch)
    for (const Tensor<Index>& batch : loader) draws.insert(batch.data(), batch.data() + batch.numel());
  CHECK(draws.size() == 1000);
}
