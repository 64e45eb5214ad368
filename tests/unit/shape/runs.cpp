// SPDX-License-Identifier: MIT
// The run decomposition visits every position once, in order, wherever a range begins and ends.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

#include <litorch/shape/runs.hpp>

using namespace support;
using namespace litorch::detail;

namespace {

/// Offsets of both operands, position by position, as the blocks give them.
std::vector<std::pair<Index, Index>> visited(const LoopNest& nest, Index first, Index last) {
  std::vector<std::pair<Index, Index>> offsets;
  const std::size_t inner = nest.depth - 1;
  visit_blocks(nest, first, last, [&](Index a, Index b, Index rows, Index columns) {
    for (Index row = 0; row < rows; ++row)
      for (Index column = 0; column < columns; ++column)
        offsets.emplace_back(a + row * nest.a[inner - 1] + column * nest.a[inner],
                             b + row * nest.b[inner - 1] + column * nest.b[inner]);
  });
  return offsets;
}

}  // namespace

TEST_CASE("blocks visit the positions of any range once and in order") {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const Index rank = random(0, 8);
    const std::vector<Index> extents = random_shape(random, rank, 60);
    const auto a = random_view<char>(random, extents, true), b = random_view<char>(random, extents, true);
    const lt::Dims order = memory_order(a.layout());

    std::vector<Index> ordered;
    for (const Index dim : order) ordered.push_back(extents[static_cast<std::size_t>(dim)]);
    std::vector<std::pair<Index, Index>> expected;
    for_each_index(ordered, [&](const std::vector<Index>& at) {
      Index to = 0, from = 0;
      for (std::size_t i = 0; i < at.size(); ++i) {
        to += at[i] * a.strides()[order[static_cast<Index>(i)]];
        from += at[i] * b.strides()[order[static_cast<Index>(i)]];
      }
      expected.emplace_back(to, from);
    });

    const LoopNest nest = loop_nest(a.shape(), a.strides(), b.strides(), order);
    const Index count = static_cast<Index>(expected.size());
    const Index cut = count == 0 ? 0 : random(0, count), end = random(cut, count);
    wrong += visited(nest, 0, count) != expected;
    wrong +=
        visited(nest, cut, end) != std::vector<std::pair<Index, Index>>(expected.begin() + cut, expected.begin() + end);
  }
  CHECK(wrong == 0);
}

TEST_CASE("what lies in one piece on both sides is one run") {
  const auto nest_of = [](const lt::Tensor<int>& a, const lt::Tensor<int>& b) {
    return loop_nest(a.shape(), a.strides(), b.strides(), memory_order(a.layout()));
  };
  const auto whole = lt::zeros<int>({4, 5, 6}), other = lt::zeros<int>({4, 5, 6});
  CHECK(nest_of(whole, other).inner_extent() == 120);
  CHECK(nest_of(whole.permute({2, 0, 1}), other.permute({2, 0, 1})).inner_extent() == 120);
  CHECK(nest_of(whole.narrow(0, 1, 2), other.narrow(0, 0, 2)).inner_extent() == 60);
  CHECK(nest_of(whole.narrow(1, 1, 3), other.narrow(1, 0, 3)).inner_extent() == 18);
  CHECK(nest_of(whole.narrow(1, 1, 3), other.narrow(1, 0, 3)).depth == 2);
  CHECK(nest_of(whole.transpose(1, 2), lt::zeros<int>({4, 6, 5})).inner_extent() == 6);
  CHECK(nest_of(lt::zeros<int>({}), lt::zeros<int>({})).inner_extent() == 1);
}
