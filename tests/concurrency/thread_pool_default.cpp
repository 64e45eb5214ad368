// SPDX-License-Identifier: MIT
// The pool that everybody shares: num_threads(), set_num_threads(), parallel_for().
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/forked_child.hpp"
#include "support/meet.hpp"

#include <litorch/parallel/thread_pool.hpp>

#include <stdlib.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

using namespace litorch;
using support::mentions;
using support::message_of;

TEST_CASE("set_num_threads changes the size of the default pool") {
  for (const std::size_t threads : {4u, 1u, 3u, 3u, 2u}) {
    set_num_threads(threads);
    CHECK(num_threads() == threads);
    CHECK(DefaultExecutor().size() == threads);
    CHECK(detail::default_pool()->size() == threads);
    std::vector<std::atomic<int>> calls(100);
    parallel_for(calls.size(), [&](std::size_t i) { ++calls[i]; });
    int wrong = 0;
    for (const std::atomic<int>& count : calls) wrong += count != 1;
    CHECK(wrong == 0);
  }
}

TEST_CASE("parallel_for uses as many threads as num_threads says") {
  set_num_threads(4);
  std::mutex mutex;
  std::set<std::thread::id> ids;
  std::atomic<std::size_t> arrived{0};
  parallel_for(4, [&](std::size_t) {
    {
      const std::lock_guard lock(mutex);
      ids.insert(std::this_thread::get_id());
    }
    support::meet(arrived, 4);
  });
  CHECK(ids.size() == 4);
}

TEST_CASE("the pool stays the same until its size changes") {
  set_num_threads(2);
  const std::shared_ptr<ThreadPool> pool = detail::default_pool();
  set_num_threads(2);
  CHECK(detail::default_pool() == pool);
  set_num_threads(3);
  CHECK(detail::default_pool() != pool);
}

TEST_CASE("set_num_threads refuses what no pool can have, and changes nothing") {
  set_num_threads(2);
  CHECK_THROWS_AS(set_num_threads(0), Error);
  CHECK(mentions(message_of<Error>([&] { set_num_threads(4097); }), {"set_num_threads(): 4097 threads", "1 to 4096"}));
  CHECK(num_threads() == 2);
}

TEST_CASE("a region keeps its pool while the size changes, even from within") {
  set_num_threads(3);
  std::atomic<int> calls{0};
  parallel_for(50, [&](std::size_t i) {
    if (i % 10 == 0) set_num_threads(1 + i / 10);
    ++calls;
  });
  CHECK(calls == 50);
  set_num_threads(2);
}

TEST_CASE("threads may change the size while others run regions") {
  std::atomic<std::size_t> wrong{0};
  std::vector<std::thread> users;
  for (std::size_t user = 0; user < 4; ++user)
    users.emplace_back([&, user] {
      for (std::size_t round = 0; round < 60; ++round) {
        if (user == 0) set_num_threads(1 + round % 4);
        std::vector<std::atomic<int>> calls(17);
        parallel_for(calls.size(), [&](std::size_t i) { ++calls[i]; });
        for (const std::atomic<int>& count : calls) wrong += count != 1;
      }
    });
  for (std::thread& user : users) user.join();
  CHECK(wrong == 0);
  set_num_threads(2);
}

TEST_CASE("the first use asks the environment, and an error there leaves nothing behind") {
  const support::ChildEnd end = support::run_in_child([] {
    detail::default_pool_size = 0;  // as in a fresh process
    ::setenv("LITORCH_NUM_THREADS", "many", 1);
    int calls = 0;
    for (int attempt = 0; attempt < 2; ++attempt) {
      try {
        parallel_for(2, [&](std::size_t) { ++calls; });
        return 1;
      } catch (const Error&) {}
    }
    ::setenv("LITORCH_NUM_THREADS", "1", 1);
    parallel_for(2, [&](std::size_t) { ++calls; });
    ::setenv("LITORCH_NUM_THREADS", "5", 1);
    return calls == 2 && num_threads() == 1 ? 0 : 2;  // asked once
  });
  CHECK(end.exited_with(0));
}
