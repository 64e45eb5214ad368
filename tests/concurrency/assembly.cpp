// SPDX-License-Identifier: MIT
// Many producers, one output.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <deque>
#include <random>
#include <set>

using namespace litorch;

TEST_CASE("a thousand producers in random order make the tensor that stack would make") {
  constexpr std::size_t kPieces = 1000;
  std::vector<Tensor<int>> pieces;
  for (std::size_t i = 0; i < kPieces; ++i) pieces.push_back(full<int>({1, 3}, static_cast<int>(i)));
  std::vector<std::size_t> order(kPieces);
  for (std::size_t i = 0; i < kPieces; ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), std::mt19937(7));
  Assembly<int> assembly(std::vector<Shape>(kPieces, Shape{1, 3}));
  std::atomic<std::size_t> next{0};
  std::deque<Thread> producers;
  for (int thread = 0; thread < 8; ++thread)
    producers.emplace_back([&] {
      for (std::size_t at = next++; at < kPieces; at = next++) {
        if (at % 2 == 0) {
          assembly.put(order[at], pieces[order[at]]);
        } else {
          assembly.slot(order[at]).copy_(pieces[order[at]]);
          assembly.done(order[at]);
        }
      }
    });
  for (Thread& producer : producers) producer.start();
  const Tensor<int> whole = assembly.wait();
  CHECK(equal(whole, stack(pieces).reshape({1000, 3})));
  for (Thread& producer : producers) producer.join();
}

TEST_CASE("of two producers of one slot, one is told that it is taken") {
  for (int round = 0; round < 200; ++round) {
    Assembly<int> assembly({{64}});
    std::atomic<int> refused{0};
    std::deque<Thread> producers;
    for (int value = 1; value <= 2; ++value)
      producers.emplace_back([&, value] {
        try {
          assembly.put(0, full<int>({64}, value));
        } catch (const Error&) {
          ++refused;
        }
      });
    for (Thread& producer : producers) producer.start();
    const Tensor<int> whole = assembly.wait();
    for (Thread& producer : producers) producer.join();
    const std::set<int> values(whole.data(), whole.data() + 64);
    CHECK(refused == 1);
    CHECK(values.size() == 1);
  }
}

TEST_CASE("a producer that throws ends the wait of all who wait") {
  Assembly<int> assembly(std::vector<Shape>(100, Shape{1}));
  std::atomic<int> told{0};
  std::deque<Thread> threads;
  for (int waiter = 0; waiter < 3; ++waiter)
    threads.emplace_back([&] {
      try {
        assembly.wait();
      } catch (const WorkerException& error) {
        told += std::string(error.what()).find("(57) failed: no such row") != std::string::npos;
      }
    });
  threads.emplace_back([&] {
    for (std::size_t i = 0; i < 57; ++i) assembly.put(i, ones<int>({1}));
    assembly.fail(57, std::make_exception_ptr(std::runtime_error("no such row")));
  });
  for (Thread& thread : threads) thread.start();
  for (Thread& thread : threads) thread.join();
  CHECK(told == 3);
}
