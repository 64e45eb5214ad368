// SPDX-License-Identifier: MIT
// map_cat() whose workers write their pieces into the result themselves: also where pieces differ, and workers die.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/numbers.hpp"
#include "support/temporary_folder.hpp"
#include "support/thread_count.hpp"

#include <litorch/litorch.hpp>

#include <unistd.h>

#include <csignal>
#include <fstream>

using namespace litorch;
using support::mentions;
using support::message_of;
using support::numbers;

namespace {

/// (rows, 3, 2000) of different elements, over a page a row.
Tensor<float> piece_of(int task, Index rows) {
  const auto piece = empty<float>({rows, 3, 2000});
  for (Index i = 0; i < piece.numel(); ++i) piece.data()[i] = static_cast<float>(task * 1000 + i % 977);
  return piece;
}

Tensor<float> expected(const std::vector<std::pair<int, Index>>& tasks, Index dim) {
  std::vector<Tensor<float>> pieces;
  for (const auto& [task, rows] : tasks) pieces.push_back(piece_of(task, rows));
  return cat(pieces, dim);
}

}  // namespace

TEST_CASE("pieces of one shape, of several, of whole pages and of none become the same tensor as their cat") {
  ProcessPool pool({.processes = 3});
  const auto make = [](const std::pair<int, Index>& what) { return piece_of(what.first, what.second); };
  for (const Index rows : {Index{2}, Index{5}, Index{128}})
    for (const Index dim : {0, 1, 2, -1}) {
      std::vector<std::pair<int, Index>> tasks;
      for (int task = 0; task < 7; ++task) tasks.emplace_back(task, rows);
      CHECK(equal(pool.map_cat(make, tasks, dim), expected(tasks, dim)));
    }
  const auto turned = [&](const std::pair<int, Index>& what) { return make(what).permute({1, 0, 2}); };
  for (std::size_t odd = 0; odd < 5; ++odd)  // also the first, which decides on the slots
    for (const Index rows : {0, 1, 39, 41, 400}) {
      std::vector<std::pair<int, Index>> tasks(5, {0, 40});
      for (int task = 0; task < 5; ++task) tasks[static_cast<std::size_t>(task)].first = task;
      tasks[odd].second = rows;
      if (odd == 1) tasks[3].second = 7;
      CHECK(equal(pool.map_cat(make, tasks), expected(tasks, 0)));
      CHECK(equal(pool.map_cat(turned, tasks, 1), expected(tasks, 0).permute({1, 0, 2})));
    }
}

TEST_CASE("a strided piece is placed as its elements are") {
  ProcessPool pool({.processes = 2});
  const auto make = [](int task) { return full<float>({300, 200}, static_cast<float>(task)).t(); };
  const auto joined = pool.map_cat(make, numbers(4));
  CHECK(joined.shape() == Shape{800, 300});
  CHECK(joined(250, 7) == 1);
}

TEST_CASE("a worker that is killed in the middle costs its task, and a task that is done again is right") {
  const support::TemporaryFolder folder;
  const auto fragile = [&](int task) {
    const auto piece = piece_of(task, 30);
    if (task % 4 == 1) {
      const std::string mark = folder / std::to_string(task);
      if (!std::filesystem::exists(mark)) {
        std::ofstream(mark).put('x');
        ::kill(::getpid(), SIGKILL);
      }
    }
    return piece;
  };
  std::vector<std::pair<int, Index>> tasks;
  for (int task = 0; task < 12; ++task) tasks.emplace_back(task, 30);
  ProcessPool again({.processes = 2, .retries = 1});
  CHECK(equal(again.map_cat(fragile, numbers(12)), expected(tasks, 0)));

  std::filesystem::remove(folder / "5");
  ProcessPool collecting({.processes = 2, .on_error = OnTaskError::collect});
  tasks.erase(tasks.begin() + 5);
  CHECK(equal(collecting.map_cat(fragile, numbers(12)), expected(tasks, 0)));
  CHECK(collecting.failures().size() == 1);
}

TEST_CASE("map_cat refuses what cat refuses, in the same words") {
  ProcessPool pool({.processes = 2});
  const auto make = [](int task) { return full<float>({100, 200 + task / 3}, 1); };
  CHECK(mentions(message_of<ShapeError>([&] { pool.map_cat(make, numbers(4)); }),
                 {"input 3 has size 201 in dim 1, expected 200"}));
  CHECK(mentions(message_of<IndexError>([&] { pool.map_cat(make, numbers(2), 2); }), {"dim 2 is out of range"}));
  CHECK_THROWS_AS(pool.map_cat(make, numbers(0)), ShapeError);
}

TEST_CASE("a worker is one thread: operations in it start no others, unless it says so") {
  ProcessPool pool({.processes = 2});
  const auto seen = pool.map(
      [](int task) {
        const auto large = full<float>({1 << 22}, 1);
        const auto joined = cat({large, large});
        const auto threads = support::thread_count();
        set_num_threads(static_cast<std::size_t>(task) + 2);
        return std::tuple{num_threads(), threads, joined.numel()};
      },
      numbers(2));
  CHECK(std::get<1>(seen[0]) == 1);
  CHECK(std::get<1>(seen[1]) == 1);
  CHECK(std::get<0>(seen[1]) == 3);
}

TEST_CASE("a result of two gigabytes arrives", "[large]") {
  ProcessPool pool({.processes = 2});
  const Index half = Index{1} << 30;
  const auto make = [&](int task) { return full<std::uint8_t>({half + 4096}, static_cast<std::uint8_t>(task + 1)); };
  const auto joined = pool.map_cat(make, numbers(2));
  CHECK(joined.numel() == 2 * half + 8192);
  CHECK(joined(half + 4095) == 1);
  CHECK(joined(half + 4096) == 2);
  const auto single = pool.map([&](int) { return full<std::uint8_t>({2 * half + 1}, 7); }, numbers(1));
  CHECK(single[0](2 * half) == 7);
}
