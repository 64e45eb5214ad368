// SPDX-License-Identifier: MIT
// Thread calls in the wrong order, and what the errors say.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/forked_child.hpp"

#include <litorch/parallel/thread.hpp>

#include <atomic>
#include <memory>
#include <type_traits>

using namespace litorch;
using support::mentions;
using support::message_of;

static_assert(std::is_nothrow_move_constructible_v<Thread> && std::is_nothrow_move_assignable_v<Thread>);
static_assert(!std::is_copy_constructible_v<Thread> && !std::is_constructible_v<Thread, Thread&>);
static_assert(!std::is_constructible_v<Thread, int> && !std::is_constructible_v<Thread, void (*)(int)>);

TEST_CASE("start twice is an error") {
  Thread thread([] {});
  thread.start();
  CHECK(mentions(message_of<Error>([&] { thread.start(); }), {"start()", "make a new one"}));
  thread.join();
  CHECK_THROWS_AS(thread.start(), Error);
}

TEST_CASE("join without start is an error") {
  Thread thread([] {});
  CHECK_THROWS_AS(thread.join(), Error);
  CHECK(mentions(message_of<Error>([&] { thread.join(); }), {"not started", "call start() first"}));
}

TEST_CASE("join twice is an error") {
  Thread thread([] {});
  thread.start();
  thread.join();
  CHECK(mentions(message_of<Error>([&] { thread.join(); }), {"joined before"}));
}

TEST_CASE("a thread that was moved from can neither start nor be joined") {
  Thread thread([] {});
  Thread other = std::move(thread);
  CHECK(mentions(message_of<Error>([&] { thread.start(); }), {"moved from"}));  // NOLINT: the point of the test
  CHECK(mentions(message_of<Error>([&] { thread.join(); }), {"moved from"}));
  CHECK_FALSE(thread.joinable());
}

TEST_CASE("a thread that joins itself gets an error instead of waiting for ever") {
  std::atomic<Thread*> self{nullptr};
  Thread thread([&self] {
    while (self == nullptr) std::this_thread::yield();
    self.load()->join();
  });
  thread.start();
  self = &thread;
  CHECK(mentions(message_of<Error>([&] { thread.join(); }), {"wait for itself"}));  // the body's own error, handed on
}

TEST_CASE("in a forked child, join is an error and the destructor does not wait") {
  std::atomic<bool> stop{false};
  auto thread = std::make_unique<Thread>([&stop] {
    while (!stop) std::this_thread::yield();
  });
  thread->start();
  const support::ChildEnd end = support::run_in_child([&thread] {
    try {
      thread->join();
    } catch (const ForkSafetyError&) {
      thread.reset();
      return 0;
    }
    return 1;
  });
  stop = true;
  thread->join();
  CHECK(end.exited_with(0));
}
