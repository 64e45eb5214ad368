// SPDX-License-Identifier: MIT
// Pools that come and go.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/thread_count.hpp"

#include <litorch/parallel/thread_pool.hpp>

#include <atomic>
#include <string>

using namespace litorch;
using support::mentions;
using support::message_of;

TEST_CASE("a pool has one thread less than its size, and none when it is gone") {
  const std::ptrdiff_t before = support::thread_count_at_rest();
  {
    ThreadPool pool(5);
    CHECK(support::thread_count_becomes(before + 4));
    pool.run(100, [](std::size_t) {});
    CHECK(support::thread_count_becomes(before + 4));
  }
  CHECK(support::thread_count_becomes(before));
  ThreadPool pool(1);
  CHECK(support::thread_count_becomes(before));
}

TEST_CASE("pools can be destroyed before, during or after their workers wake") {
  std::atomic<std::size_t> calls{0};
  for (std::size_t round = 0; round < 300; ++round) {
    ThreadPool pool(1 + round % 8);
    for (std::size_t region = 0; region < round % 3; ++region) pool.run(round % 5, [&](std::size_t) { ++calls; });
  }
  std::size_t expected = 0;
  for (std::size_t round = 0; round < 300; ++round) expected += round % 3 * (round % 5);
  CHECK(calls == expected);
}

TEST_CASE("a pool of no threads, or of more than 4096, is an error that says what is possible") {
  for (const std::size_t threads : {std::size_t{0}, std::size_t{4097}, static_cast<std::size_t>(-1)}) {
    CHECK_THROWS_AS(ThreadPool(threads), Error);
    CHECK(mentions(message_of<Error>([&] { ThreadPool pool(threads); }),
                   {"ThreadPool(): " + std::to_string(threads) + " threads", "1 to 4096", "available_cpus()"}));
  }
}
