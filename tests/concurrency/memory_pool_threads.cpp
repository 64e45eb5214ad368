// SPDX-License-Identifier: MIT
// Tensors made on one thread and ended on another: each block has one owner at a time, and ends with its thread.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <mutex>

using namespace litorch;

TEST_CASE("blocks that change threads have one owner at a time") {
  const Index before = memory_stats().cache_limit;
  set_cache_limit(Index{256} << 20);
  std::mutex mutex;
  std::vector<Tensor<Index>> shared;  // whoever takes a tensor from here ends it
  std::atomic<int> wrong{0};
  {
    std::vector<Thread> threads;
    for (Index id = 0; id < 4; ++id)
      threads.emplace_back([&, id] {
        for (Index i = 0; i < 3000; ++i) {
          const Index count = i % 50 == 0 ? 400'000 : 1 + i % 700;
          const auto made = empty<Index>({count});
          made(0) = made(count - 1) = id * 1'000'000 + i;
          Tensor<Index> taken;
          {
            const std::lock_guard lock(mutex);
            shared.push_back(made);
            if (shared.size() > 8) {
              taken = shared[static_cast<std::size_t>(i) % 8];
              shared.erase(shared.begin() + i % 8);
            }
          }
          if (taken.numel() > 0 && taken(0) != taken(taken.numel() - 1)) ++wrong;
          if (made(0) != id * 1'000'000 + i) ++wrong;
        }
      });
    for (Thread& thread : threads) thread.start();
    for (Thread& thread : threads) thread.join();
  }
  CHECK(wrong == 0);
  shared.clear();
  empty_cache();
  CHECK(memory_stats().cached_bytes == 0);
  set_cache_limit(before);
}
