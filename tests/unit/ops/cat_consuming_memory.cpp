// SPDX-License-Identifier: MIT
// The peak of a consuming cat: the result and about one piece a thread, not the pieces and the result.
#include "support/catch.hpp"
#include "support/resident_memory.hpp"
#include "support/sanitizer.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

namespace {

/// Bytes above what was there when the pieces were, while they are joined.
template <class Join>
Index rise(const Shape& shape, std::size_t count, Join join) {
  std::vector<Tensor<double>> pieces;
  while (pieces.size() < count) pieces.push_back(full<double>(shape, static_cast<double>(pieces.size())));
  empty_cache();
  support::reset_peak();
  const Index before = support::resident_bytes();
  const auto joined = join(pieces);
  const Index peak = support::peak_bytes();
  for (std::size_t i = 0; i < count; ++i)
    CHECK(joined.data()[static_cast<Index>(i) * shape.numel() + 1] == static_cast<double>(i));
  return peak - before;
}

}  // namespace

TEST_CASE("a consuming cat needs room for a piece a thread, however many pieces there are") {
  if (support::kAsan || support::kTsan) return;  // they keep freed memory, and shadows of it
  set_num_threads(2);
  const Shape shape{10, 200, 201};  // 3.2 MB, not whole pages
  constexpr std::size_t kPieces = 60;
  const Index piece = shape.numel() * 8, total = piece * static_cast<Index>(kPieces);
  const auto consume = [](std::vector<Tensor<double>>& pieces) { return cat(std::move(pieces)); };
  const auto copy = [](std::vector<Tensor<double>>& pieces) { return cat(pieces); };
  CHECK(rise(shape, kPieces, copy) > total - 2 * piece);
  CHECK(rise(shape, kPieces, consume) < 2 * piece + total / 20 + (Index{4} << 20));
}

TEST_CASE("a consuming cat of small pieces needs room for a part of them") {
  if (support::kAsan || support::kTsan) return;
  set_num_threads(2);
  const Shape shape{400, 100};  // 320 kB on the heap
  constexpr std::size_t kPieces = 500;
  const Index total = shape.numel() * 8 * static_cast<Index>(kPieces);
  const auto consume = [](std::vector<Tensor<double>>& pieces) { return cat(std::move(pieces)); };
  CHECK(rise(shape, kPieces, consume) < total / 4);
}

TEST_CASE("a consuming cat along an inner dim and one of few large pieces need room for a part of them") {
  if (support::kAsan || support::kTsan) return;
  set_num_threads(2);
  constexpr std::size_t kPieces = 4;
  const Shape shape{5000, 1001};  // 40 MB, not whole pages
  const auto consume = [](std::vector<Tensor<double>>& pieces) { return cat(std::move(pieces)); };
  CHECK(rise(shape, kPieces, consume) < (Index{16} << 20));
  const auto beside = [](std::vector<Tensor<double>>& pieces) {
    const auto joined = cat(std::move(pieces), 1);
    return joined.reshape({5000, 4, 1001}).permute({1, 0, 2}).contiguous();
  };
  const Index copied = shape.numel() * 8 * static_cast<Index>(kPieces);  // by contiguous()
  CHECK(rise(shape, kPieces, beside) < copied + (Index{16} << 20));
}

TEST_CASE("a consuming cat of whole pages needs no memory at all") {
  if (support::kAsan || support::kTsan) return;
  const auto consume = [](std::vector<Tensor<double>>& pieces) { return cat(std::move(pieces)); };
  CHECK(rise({1024, 512}, 20, consume) < (Index{1} << 20));
}
