// SPDX-License-Identifier: MIT
// A ChunkedTensor is what cat would make of its pieces, however it is looked at.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

using namespace support;

namespace {

using Chunked = lt::ChunkedTensor<std::int32_t>;
using Plain = lt::Tensor<std::int32_t>;

bool same(const Chunked& chunked, const Plain& plain) {
  return chunked.shape() == plain.shape() && chunked.numel() == plain.numel() &&
         same_elements(chunked.materialize().view(), plain.view());
}

/// A random view of both, in the same way; rank 0 is left to the caller.
std::string check_chunked(std::uint64_t seed) {
  Random random(seed);
  const Index rank = random(1, 4), dim = random(0, rank - 1);
  std::vector<Index> extents = random_shape(random, rank, 60);
  std::vector<Plain> pieces;
  for (Index i = random(0, 7); i >= 0; --i) {
    extents[static_cast<std::size_t>(dim)] = random(random.chance(20) ? 0 : 1, 5);
    pieces.push_back(random_view<std::int32_t>(random, extents, true));
    if (random.chance(10)) pieces.push_back(lt::empty<std::int32_t>({0}));
  }
  Chunked chunked(pieces, random.chance(50) ? dim : dim - rank);
  Plain plain = lt::cat(pieces, dim);
  if (!same(chunked, plain) || chunked.dim() != dim) return "whole";

  for (int step = 0; step < 4; ++step) {
    const Index at = random(0, plain.rank() - 1), extent = plain.shape()[at];
    const Index given = random.chance(50) ? at : at - plain.rank();
    if (random.chance(30)) {
      const Index start = random(0, extent), length = random(0, extent - start);
      const bool from_end = start < extent && random.chance(30);
      chunked = chunked.narrow(given, from_end ? start - extent : start, length);
      plain = plain.narrow(at, start, length);
    } else if (random.chance(50)) {
      const Index start = random(-extent - 2, extent + 2), stop = random(-extent - 2, extent + 2);
      chunked = chunked.slice(given, start, stop);
      plain = plain.slice(at, start, stop);
    } else if (extent > 0 && at != chunked.dim()) {
      const Index index = random(-extent, extent - 1);
      chunked = chunked.select(given, index);
      plain = plain.select(at, index);
    }
    if (!same(chunked, plain)) return "view";
  }
  const Index extent = plain.shape()[chunked.dim()];
  for (Index i = -extent; i < extent; ++i)
    if (!same_elements(chunked.select(i).view(), plain.select(chunked.dim(), i).view())) return "select";
  bool elements = true;
  if (plain.rank() == 2)
    for_each_index({plain.shape().begin(), plain.shape().end()}, [&](const std::vector<Index>& at) {
      elements = elements && &chunked(at[0], at[1]) == &chunked.at(at[0] - plain.shape()[0], at[1]) &&
                 chunked(at[0], at[1]) == plain(at[0], at[1]);
    });
  if (!elements) return "elements";
  if (chunked.dim() == 0) {
    Index row = 0;
    for (const auto& part : chunked)
      if (!same_elements(part.view(), plain[row++].view())) return "iteration";
    if (row != plain.shape()[0]) return "iteration count";
  }
  return "";
}

}  // namespace

TEST_CASE("a ChunkedTensor and its views agree with cat") {
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    const std::string fault = check_chunked(seed);
    INFO("seed " << seed);
    if (!fault.empty()) REQUIRE(fault == "");
  }
  SUCCEED("4000 cases");
}

TEST_CASE("a narrow along the chunks keeps only those it touches") {
  std::vector<Plain> pieces;
  for (int i = 0; i < 100; ++i) pieces.push_back(lt::full<std::int32_t>({10, 2}, i));
  const Chunked chunked(pieces);
  const auto part = chunked.narrow(0, 255, 20);
  CHECK(part.chunk_count() == 3);
  CHECK(part.chunk(0).shape() == lt::Shape{5, 2});
  CHECK(part.chunk(0).storage().data() == pieces[25].storage().data());
  CHECK(chunked.narrow(0, 10, 10).chunk_count() == 1);
  CHECK(chunked.slice(0, 0, 0).shape() == lt::Shape{0, 2});
  CHECK(chunked.slice(1, 1).chunk_count() == 100);
}
