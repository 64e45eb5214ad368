// SPDX-License-Identifier: MIT
// The plan by arithmetic alone: cut the output anywhere, and the pieces' ranges name each of their positions once, in
// order, at the place in the output where the piece lies.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

#include <litorch/ops/concat_plan.hpp>

using namespace support;
using namespace litorch::detail;

TEST_CASE("any range of the output is one range of each piece") {
  int wrong = 0;
  for (Index rows = 1; rows <= 3; ++rows)
    for (Index inner = 1; inner <= 3; ++inner)
      for (Index code = 0; code < 4 * 4 * 4; ++code) {
        const Index extents[] = {code % 4, code / 4 % 4, code / 16};
        const Index total = extents[0] + extents[1] + extents[2];
        const JoinedDim joined(lt::Shape{rows, total, inner}, 1, {0, 1, 2});
        // The oracle: each position of the output belongs to a piece, and is that piece's next one.
        std::vector<int> owner;
        for (Index row = 0; row < rows; ++row)
          for (int piece = 0; piece < 3; ++piece)
            owner.insert(owner.end(), static_cast<std::size_t>(extents[piece] * inner), piece);
        const Index size = static_cast<Index>(owner.size());
        for (Index first = 0; first <= size; ++first)
          for (Index last = first; last <= size; ++last)
            for (int piece = 0, start = 0; piece < 3; start += static_cast<int>(extents[piece++])) {
              const auto before = std::count(owner.begin(), owner.begin() + first, piece);
              const auto inside = std::count(owner.begin() + first, owner.begin() + last, piece);
              const Positions part = joined.of_piece({first, last}, start, extents[piece]);
              wrong += size > 0 ? part.first != before || part.last != before + inside : part.first != part.last;
            }
      }
  CHECK(wrong == 0);
}

TEST_CASE("rows and inner dims follow the memory order of the output") {
  const JoinedDim joined(lt::Shape{2, 3, 5, 7}, 2, {3, 0, 2, 1});
  CHECK(joined.rows() == 14);
  CHECK(joined.inner_size() == 3);
  CHECK(joined.row_size() == 15);
}

TEST_CASE("positions past 2^31 and 2^62 are exact") {
  const Index large = Index{1} << 40;
  const JoinedDim joined(lt::Shape{4, large, 1 << 20}, 1, {0, 1, 2});
  const Positions part = joined.of_piece({3 * large * (1 << 20) + 5, 4 * large * (1 << 20)}, large - 2, 2);
  CHECK(part.first == 3 * 2 * (1 << 20));
  CHECK(part.last == 4 * 2 * (1 << 20));
}
