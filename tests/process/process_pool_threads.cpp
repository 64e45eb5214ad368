// SPDX-License-Identifier: MIT
// Process pools and the threads that use them, which may end before the pool does.
#include "support/catch.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/litorch.hpp>

#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

using namespace litorch;

namespace {

/// 0 when each of `count` tasks gave what it should, by messages and by files.
int check_tasks(ProcessPool& pool, int count) {
  std::vector<int> tasks;
  for (int i = 0; i < count; ++i) tasks.push_back(i);
  const auto results = pool.map([](int i) { return full<int>({i % 2 == 0 ? 20'000 : 3}, i); }, tasks);
  int wrong = 0;
  for (int i = 0; i < count; ++i)
    wrong += !equal(results[static_cast<std::size_t>(i)], full<int>({i % 2 == 0 ? 20'000 : 3}, i));
  return wrong;
}

}  // namespace

TEST_CASE("a pool works after the thread that made it has ended, in one thread after another") {
  std::unique_ptr<ProcessPool> pool;
  std::thread([&] { pool = std::make_unique<ProcessPool>(ProcessPoolOptions{.processes = 3}); }).join();
  CHECK(check_tasks(*pool, 20) == 0);
  int wrong = 0;
  for (int round = 0; round < 20; ++round) std::thread([&] { wrong += check_tasks(*pool, 10); }).join();
  CHECK(wrong == 0);
  CHECK(check_tasks(*pool, 20) == 0);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("threads that come and go while another thread maps cost it nothing") {
  std::atomic<bool> done{false};
  std::thread noise([&] {
    while (!done) std::thread([] { ProcessPool unused({.processes = 2}); }).join();
  });
  ProcessPool pool({.processes = 3});
  CHECK(check_tasks(pool, 400) == 0);
  done = true;
  noise.join();
}

TEST_CASE("pools of several threads at once know their own workers only") {
  const int open = support::open_descriptors();
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&wrong, i] {
      for (int round = 0; round < 20; ++round) {
        ProcessPool pool({.processes = 2, .on_error = OnTaskError::collect});
        if (i % 2 == 0) {
          wrong += check_tasks(pool, 10);
          continue;
        }
        pool.for_each(
            [](int task) {
              if (task == 1) ::raise(SIGKILL);
            },
            std::vector<int>{0, 1, 2});
        wrong += pool.failures().size() != 1 || pool.failures()[0].task != 1;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(support::open_descriptors() == open);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}
