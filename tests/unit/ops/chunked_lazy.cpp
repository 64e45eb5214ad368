// SPDX-License-Identifier: MIT
// A ChunkedTensor shares its pieces, keeps them alive, and reads none of them to be made.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <sys/mman.h>

#include <list>

using namespace litorch;

TEST_CASE("a ChunkedTensor of ten thousand pieces reads no element to be made and cut") {
  constexpr std::size_t kBytes = 10'000 * 4096;
  void* const memory = mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(memory != MAP_FAILED);
  std::vector<Tensor<float>> pieces;
  for (Index i = 0; i < 10'000; ++i)
    pieces.push_back(from_blob(static_cast<float*>(memory) + i * 1024, {256, 4}));  // a read would be a fault
  const ChunkedTensor whole(pieces);
  CHECK(whole.shape() == Shape{2'560'000, 4});
  CHECK(whole.chunk_count() == 10'000);
  CHECK(whole[1'000'000].shape() == Shape{4});
  CHECK(whole.select(1, 2).slice(0, 300, 600).chunk_count() == 2);
  CHECK(&whole.at(2'559'999, 3) == static_cast<float*>(memory) + 10'239'999);
  munmap(memory, kBytes);
}

TEST_CASE("a ChunkedTensor writes through to its pieces and keeps them alive") {
  auto first = arange<int>(4).reshape({2, 2});
  ChunkedTensor whole({first, arange<int>(2).reshape({1, 2})});
  whole(1, 1) = 70;
  whole[2].fill_(5);
  CHECK(first(1, 1) == 70);
  first = Tensor<int>();
  CHECK(equal(whole.materialize(), tensor<int>({{0, 1}, {2, 70}, {5, 5}})));
}

TEST_CASE("a ChunkedTensor copies as a handle, and is a range of tensors itself") {
  ChunkedTensor whole(std::list{ones<float>({2, 3}), zeros<float>({1, 3})});
  ChunkedTensor copy(whole);
  static_assert(std::is_same_v<decltype(copy), ChunkedTensor<float>>);
  CHECK(&copy(2, 2) == &whole(2, 2));
  CHECK(equal(stack(whole), whole.materialize()));
  CHECK(std::ranges::forward_range<ChunkedTensor<float>>);
  CHECK(equal(cat(whole.chunks()), whole.materialize(InlineExecutor())));
  const ChunkedTensor read_only(std::vector<Tensor<const float>>{ones<float>({2})});
  static_assert(std::is_same_v<decltype(read_only.materialize()), Tensor<float>>);
  CHECK(read_only(1) == 1.0f);
}
