// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

using namespace support;

namespace {

template <class Handle>
std::vector<Index> lengths(const std::vector<Handle>& parts, Index dim) {
  std::vector<Index> sizes;
  for (const auto& part : parts) sizes.push_back(part.size(dim));
  return sizes;
}

}  // namespace

TEST_CASE("split cuts into parts of one size, the last one smaller") {
  const auto a = lt::arange<int>(22).reshape({2, 11});
  CHECK(lengths(lt::split(a, 4, 1), 1) == std::vector<Index>{4, 4, 3});
  CHECK(lengths(lt::split(a, 100, -1), 1) == std::vector<Index>{11});
  CHECK(lengths(lt::split(lt::zeros<int>({0, 2}), 3), 0) == std::vector<Index>{0});
  CHECK_THROWS_AS(lt::split(a, 0), lt::IndexError);
  CHECK_THROWS_AS(lt::split(lt::zeros<int>({}), 1), lt::IndexError);
}

TEST_CASE("split takes the lengths of the parts") {
  const auto a = lt::arange<int>(6);
  CHECK(lengths(lt::split(a, {1, 0, 5}), 0) == std::vector<Index>{1, 0, 5});
  CHECK_THROWS_WITH(lt::split(a, {1, 2}),
                    "litorch::split(): the 2 lengths do not sum up to extent 6 of dim 0 (shape (6,))");
  CHECK_THROWS_AS(lt::split(a, {7, -1}), lt::ShapeError);
}

TEST_CASE("chunk gives at most n parts, tensor_split exactly n") {
  CHECK(lengths(lt::chunk(lt::arange<int>(11), 5), 0) == std::vector<Index>{3, 3, 3, 2});
  CHECK(lengths(lt::tensor_split(lt::arange<int>(11), 5), 0) == std::vector<Index>{3, 2, 2, 2, 2});
  CHECK(lt::tensor_split(lt::arange<int>(224), 20).size() == 20);
  CHECK(lt::chunk(lt::zeros<int>({4, 3, 128, 128}), 3).size() == 2);
  CHECK(lt::tensor_split(lt::zeros<int>({4, 3, 128, 128}), 3).size() == 3);
  CHECK(lengths(lt::tensor_split(lt::arange<int>(3), 5), 0) == std::vector<Index>{1, 1, 1, 0, 0});
  CHECK_THROWS_AS(lt::chunk(lt::arange<int>(3), 0), lt::IndexError);
  CHECK_THROWS_AS(lt::tensor_split(lt::arange<int>(3), -1), lt::IndexError);
}

TEST_CASE("unbind gives a view for each index") {
  const auto a = lt::arange<int>(6).reshape({2, 3});
  const auto columns = lt::unbind(a, 1);
  CHECK(columns.size() == 3);
  CHECK(lt::equal(columns[2], lt::tensor<int>({2, 5})));
  columns[2](0) = 20;
  CHECK(a(0, 2) == 20);
}

TEST_CASE("the parts share the memory, and cat undoes each split") {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    const Index rank = random(1, 5);
    const auto tensor = random_view<std::int32_t>(random, random_shape(random, rank, 80), true);
    const Index dim = random(-rank, rank - 1), n = random(1, 9);
    for (const auto& parts : {lt::split(tensor, n, dim), lt::chunk(tensor, n, dim), lt::tensor_split(tensor, n, dim)}) {
      wrong += !lt::equal(lt::cat(parts, dim), tensor);
      for (const auto& part : parts) wrong += part.storage().data() != tensor.storage().data();
    }
    if (tensor.size(dim) > 0) {
      const Index at = dim < 0 ? dim + rank : dim;
      wrong += !lt::equal(lt::stack(lt::unbind(tensor, dim), at), tensor);
    }
  }
  CHECK(wrong == 0);
}
