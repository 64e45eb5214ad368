// SPDX-License-Identifier: MIT
// What a Thread runs, when, and with which arguments.
#include "support/catch.hpp"

#include <litorch/parallel/thread.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

using litorch::Thread;

namespace {

void store(int value, std::atomic<int>* into) { *into = value; }

struct Account {
  void add(int amount) { balance += amount; }
  int balance = 0;
};

struct Traced {
  explicit Traced(std::atomic<int>* counter) : live(counter) { ++*live; }
  Traced(Traced&& other) noexcept : live(other.live) { ++*live; }
  ~Traced() { --*live; }
  std::atomic<int>* live;
};

}  // namespace

TEST_CASE("nothing runs before start") {
  std::atomic<int> value{0};
  Thread thread(store, 7, &value);
  CHECK_FALSE(thread.joinable());
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(value == 0);
  thread.start();
  CHECK(thread.joinable());
  thread.join();
  CHECK_FALSE(thread.joinable());
  CHECK(value == 7);
}

TEST_CASE("a Thread that is never started never runs") {
  std::atomic<int> value{0};
  { Thread thread(store, 7, &value); }
  CHECK(value == 0);
}

TEST_CASE("the body runs on another thread") {
  std::thread::id id;
  Thread thread([&] { id = std::this_thread::get_id(); });
  thread.start();
  thread.join();
  CHECK(id != std::thread::id());
  CHECK(id != std::this_thread::get_id());
}

TEST_CASE("arguments are copied unless they are references or moved in") {
  std::string text = "before";
  int count = 0;
  std::string seen;
  auto owned = std::make_unique<int>(42);
  Thread thread(
      [&seen](std::string copy, int& reference, std::unique_ptr<int> moved, const char* literal) {
        seen = copy + literal + std::to_string(*moved);
        ++reference;
      },
      text, std::ref(count), std::move(owned), "literal");
  text = "after";
  thread.start();
  thread.join();
  CHECK(seen == "beforeliteral42");
  CHECK(count == 1);
}

TEST_CASE("member functions, functions and move-only callables can be bodies") {
  Account account;
  Thread deposit(&Account::add, &account, 5);
  deposit.start();
  deposit.join();
  CHECK(account.balance == 5);

  int seen = 0;
  Thread move_only([owned = std::make_unique<int>(3), &seen]() mutable { seen = ++*owned; });
  move_only.start();
  move_only.join();
  CHECK(seen == 4);
}

TEST_CASE("callable and arguments are gone when the body has ended") {
  std::atomic<int> live{0};
  Thread thread([captured = Traced(&live)](const Traced&) {}, Traced(&live));
  CHECK(live == 2);
  thread.start();
  while (live != 0) std::this_thread::yield();  // not joined: ended by itself, or the test hangs
  thread.join();
  CHECK(live == 0);
}

TEST_CASE("threads live in a vector, as the lambdas of a loop") {
  std::vector<Thread> threads;
  std::vector<int> results(8, 0);
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([i, &results, calls = 0]() mutable { results[static_cast<std::size_t>(i)] = i + ++calls; });
  for (Thread& thread : threads) thread.start();
  for (Thread& thread : threads) thread.join();
  CHECK(results == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8});
}
