// SPDX-License-Identifier: MIT
// What a process pool gives back when nothing goes wrong.
#include "support/catch.hpp"
#include "support/numbers.hpp"

#include <litorch/litorch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <set>

using namespace litorch;
using support::numbers;

namespace {

std::size_t open_descriptors() {
  std::size_t count = 0;
  for (int fd = 0; fd < 1024; ++fd) count += ::fcntl(fd, F_GETFD) != -1;
  return count;
}

}  // namespace

TEST_CASE("results come in the order of the inputs, from as many processes as were asked for") {
  ProcessPool pool({.processes = 4});
  const auto results = pool.map([](int i) { return std::pair{i * i, static_cast<int>(::getpid())}; }, numbers(200));
  std::set<int> pids;
  int wrong = 0;
  for (int i = 0; i < 200; ++i) {
    wrong += results[static_cast<std::size_t>(i)].first != i * i;
    pids.insert(results[static_cast<std::size_t>(i)].second);
  }
  CHECK(wrong == 0);
  CHECK(pids.size() <= 4);
  CHECK(pids.count(static_cast<int>(::getpid())) == 0);
  CHECK(pool.failures().empty());
  CHECK(pool.map([](int i) { return i; }, std::vector<int>()).empty());
}

TEST_CASE("results of one byte, of a megabyte and of many megabytes arrive whole") {
  ProcessPool pool({.processes = 2});
  for (const Index bytes : {Index{1}, Index{32} << 10, Index{1} << 20, Index{150} << 20}) {
    const auto results = pool.map(
        [&](int i) {
          auto piece = empty<std::uint8_t>({bytes});
          std::memset(piece.data(), i + 1, static_cast<std::size_t>(bytes));
          return piece;
        },
        numbers(3));
    Index wrong = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      wrong += results[i].numel() != bytes;
      for (Index at = 0; at < bytes; at += 511) wrong += results[i](at) != i + 1;
      results[i](bytes - 1) = 200;  // results can be written
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("results of several parts arrive whole, by message and by file") {
  ProcessPool pool({.processes = 2});
  const auto make = [](int i) {
    const int count = i % 2 == 0 ? 3 + i : 30'000 + i;
    return std::tuple{std::vector<int>(static_cast<std::size_t>(count), i), full<double>({count}, i),
                      std::vector<Tensor<short>>(2, full<short>({i, 3}, static_cast<short>(i))), std::string("end")};
  };
  const auto results = pool.map(make, numbers(40));
  int wrong = 0;
  for (int i = 0; i < 40; ++i) {
    const auto expected = make(i);
    const auto& [numbers, tensor, list, text] = results[static_cast<std::size_t>(i)];
    wrong += numbers != std::get<0>(expected) || !equal(tensor, std::get<1>(expected)) || text != "end";
    for (std::size_t part = 0; part < 2; ++part) wrong += !equal(list.at(part), std::get<2>(expected)[part]);
  }
  CHECK(wrong == 0);
}

TEST_CASE("map_cat is the concatenation of what map gives, along any dim, of any sizes") {
  ProcessPool pool({.processes = 3});
  const auto piece = [](const std::pair<int, Index>& what) {
    auto made = full<float>({what.second, 3}, static_cast<float>(what.first));
    made.data()[0] = -1;
    return made;
  };
  for (const Index rows : {Index{2}, Index{5000}, Index{1} << 18, (Index{1} << 18) + 1}) {
    const std::vector<std::pair<int, Index>> inputs{{1, rows}, {2, rows}, {3, rows}};
    std::vector<Tensor<float>> expected;
    for (const auto& input : inputs) expected.push_back(piece(input));
    for (const Index dim : {0, 1}) CHECK(equal(pool.map_cat(piece, inputs, dim), cat(expected, dim)));
  }
  CHECK(pool.map_cat(piece, std::vector<std::pair<int, Index>>{{1, 7}, {3, 9}}).shape() == Shape{16, 3});
  CHECK_THROWS_AS(pool.map_cat([](int i) { return ones<float>({2, i}); }, numbers(3)), ShapeError);
}

TEST_CASE("a result is memory of its own: neither a later worker nor the next call changes it") {
  ProcessPool pool({.processes = 2});
  const auto make = [](int i) { return full<int>({100'000}, i); };
  const auto first = pool.map(make, numbers(3));
  pool.for_each([](const Tensor<int>& piece) { piece.fill_(99); }, first);
  const auto second = pool.map(make, numbers(3));
  int wrong = 0;
  for (int i = 0; i < 3; ++i)
    for (const auto* list : {&first, &second})
      wrong += !equal((*list)[static_cast<std::size_t>(i)], full<int>({100'000}, i));
  CHECK(wrong == 0);
}

TEST_CASE("ten thousand tasks leave the number of open descriptors and of children as it was") {
  ProcessPool pool({.processes = 2});
  const std::size_t before = open_descriptors();
  std::size_t done = 0, during = 0;
  ProcessPool counting({.processes = 2, .progress = [&](std::size_t count, std::size_t total) {
                          done = count;
                          if (count == total / 2) during = open_descriptors();
                        }});
  const auto results = counting.map([](int i) { return full<int>({i % 10 == 0 ? 20'000 : 3}, i); }, numbers(10'000));
  int wrong = 0;
  for (int i = 0; i < 10'000; ++i) wrong += results[static_cast<std::size_t>(i)](2) != i;
  CHECK(wrong == 0);
  CHECK(done == 10'000);
  CHECK(during <= before + 8);
  CHECK(open_descriptors() == before);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("a pool inside a worker runs inline") {
  ProcessPool pool({.processes = 2});
  const auto results = pool.map(
      [](int i) {
        ProcessPool inner({.processes = 4});
        const auto pids = inner.map([](int) { return static_cast<int>(::getpid()); }, numbers(3));
        const Tensor<float> joined = inner.map_cat(
            [&](int n) {
              return full<float>({1, 2}, float(n + i));
            },
            numbers(3));
        return std::tuple{pids[0] == ::getpid() && pids[2] == ::getpid(), sum(joined).item()};
      },
      numbers(2));
  CHECK(results[0] == std::tuple{true, 6.0f});
  CHECK(results[1] == std::tuple{true, 12.0f});
}
