// SPDX-License-Identifier: MIT
// Exceptions of a Thread's body, and threads that end without join().
#include "support/catch.hpp"

#include <litorch/parallel/thread.hpp>

#include <atomic>
#include <stdexcept>

using namespace litorch;

TEST_CASE("join rethrows what the body threw, once") {
  Thread thread([] { throw std::out_of_range("index 9"); });
  thread.start();
  CHECK_THROWS_AS(thread.join(), std::out_of_range);
  CHECK_THROWS_AS(thread.join(), Error);
}

TEST_CASE("join rethrows what is no std::exception") {
  Thread thread([] { throw 42; });
  thread.start();
  int caught = 0;
  try {
    thread.join();
  } catch (int value) {
    caught = value;
  }
  CHECK(caught == 42);
}

TEST_CASE("the destructor joins and swallows the exception") {
  std::atomic<bool> ended{false};
  {
    Thread thread([&ended] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ended = true;
      throw std::runtime_error("nobody listens");
    });
    thread.start();
  }
  CHECK(ended);
}

TEST_CASE("a thread can be moved while it runs, and is joined where it went") {
  std::atomic<bool> go{false};
  Thread thread([&go] {
    while (!go) std::this_thread::yield();
    throw 7;
  });
  thread.start();
  Thread moved = std::move(thread);
  CHECK_FALSE(thread.joinable());  // NOLINT: the point of the test
  CHECK(moved.joinable());
  go = true;
  CHECK_THROWS_AS(moved.join(), int);
}

TEST_CASE("assigning onto a running thread joins that one first") {
  std::atomic<bool> first_ended{false}, second_ran{false};
  Thread thread([&first_ended] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    first_ended = true;
    throw 1;
  });
  thread.start();
  thread = Thread([&second_ran] { second_ran = true; });
  CHECK(first_ended);
  CHECK_FALSE(thread.joinable());
  thread.start();
  thread.join();
  CHECK(second_ran);
}

TEST_CASE("assigning a thread to itself changes nothing") {
  Thread thread([] {});
  thread.start();
  Thread& same = thread;
  thread = std::move(same);
  CHECK(thread.joinable());
  thread.join();
}
