// SPDX-License-Identifier: MIT
// A refused cat_into leaves the output as it was, byte for byte.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

namespace {

/// Runs a call that must throw E and not change `memory`; returns its message.
template <class E, class Call>
std::string refused(const Tensor<int>& memory, Call&& call) {
  const auto before = memory.clone();
  std::string message = "not refused";
  try {
    call();
  } catch (const E& error) {
    message = error.what();
  }
  CHECK(equal(memory, before));
  return message;
}

}  // namespace

TEST_CASE("an output of another shape is refused") {
  const auto out = arange<int>(12).reshape({4, 3});
  const auto a = ones<int>({2, 3});
  CHECK(refused<ShapeError>(out, [&] {
          cat_into(out, {a, a, a});
        }) == "litorch::cat_into(): the output has shape (4, 3), expected (6, 3) from 3 inputs along dim 0");
  CHECK(refused<ShapeError>(out, [&] {
          stack_into(out, {a, a});
        }) == "litorch::stack_into(): the output has shape (4, 3), expected (2, 2, 3) from 2 inputs along dim 0");
}

TEST_CASE("inputs that do not fit are refused") {
  const auto out = arange<int>(12).reshape({4, 3});
  refused<ShapeError>(out, [&] { cat_into(out, {ones<int>({2, 3}), ones<int>({2, 4})}); });
  refused<IndexError>(out, [&] { cat_into(out, {ones<int>({2, 3}), ones<int>({2, 3})}, 5); });
  refused<ShapeError>(out, [&] { cat_into(out, std::vector<Tensor<int>>()); });
}

TEST_CASE("an output that shares memory with an input is refused, and the input named") {
  const auto memory = arange<int>(30).reshape({5, 6});
  const auto fits = ones<int>({1, 6});
  CHECK(refused<OverlapError>(memory,
                              [&] {
                                cat_into(memory.narrow(0, 0, 2), {fits, memory.narrow(0, 1, 1)});
                              }) ==
        "litorch::cat_into(): input 1 (shape (1, 6)) shares memory with the output (shape (2, 6)); clone() the input "
        "or give "
        "another output");
  refused<OverlapError>(memory, [&] { cat_into(memory, {memory}); });
  refused<OverlapError>(memory, [&] { cat_into(memory.narrow(0, 0, 2).flip(1), {fits, memory.narrow(0, 1, 1)}); });
}

TEST_CASE("an output that overlaps itself is refused") {
  const auto memory = arange<int>(30);
  const auto twice = memory.narrow(0, 0, 6).unsqueeze(0).expand({2, 6});
  CHECK(refused<OverlapError>(memory,
                              [&] {
                                cat_into(twice, {ones<int>({2, 6})});
                              }) ==
        "litorch::cat_into(): the output overlaps itself (shape (2, 6), strides (0, 1)); give it memory of its own "
        "with clone()");
  const auto windows = from_blob(memory.data(), {5, 4}, {3, 1});
  refused<OverlapError>(memory, [&] { cat_into(windows, {ones<int>({5, 4})}); });
}

TEST_CASE("neighbours and interleaved columns of the output are welcome as inputs") {
  const auto memory = arange<int>(24).reshape({4, 6});
  cat_into(memory.narrow(0, 0, 2), {memory.narrow(0, 2, 1), memory.narrow(0, 3, 1)});
  CHECK(equal(memory.narrow(0, 0, 2), memory.narrow(0, 2, 2)));
  cat_into(memory.slice(1, 0, 6, 2), {memory.slice(1, 1, 6, 2)});
  for (Index i = 0; i < 4; ++i) CHECK(memory(i, 2) == memory(i, 3));
}

TEST_CASE("a view as the output is filled, and its neighbours are left alone") {
  const auto memory = zeros<int>({3, 2});
  cat_into(memory.narrow(1, 0, 1), {ones<int>({1, 1}), ones<int>({2, 1})});
  CHECK(equal(memory, tensor<int>({{1, 0}, {1, 0}, {1, 0}})));
}
