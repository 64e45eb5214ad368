// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/interop/eigen.hpp>
#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("Eigen's objects, vectors, spans, arrays, shared tensors and mapped files join in one cat") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "six.npy";
  save_npy(path, full<float>({1, 3}, 6));

  const Eigen::MatrixXf matrix = Eigen::MatrixXf::Constant(2, 3, 1);
  const Eigen::Matrix<float, 4, 4, Eigen::RowMajor> wide = decltype(wide)::Constant(2);
  std::vector<float> numbers{3, 3, 3, 3, 3, 3};
  const float more[] = {4, 4, 4};
  SharedTensor<float> shared({1, 3});
  shared.tensor().fill_(5);

  const auto joined = cat<float>({view_of(matrix), view_of(wide.topLeftCorner(1, 3)), view_of(numbers).reshape({2, 3}),
                                  view_of(std::span(more)).unsqueeze(0), shared.tensor(), map_npy<float>(path),
                                  full<float>({3, 2}, 7).t(), full<float>({1, 1}, 8).expand({1, 3})});
  static_assert(std::is_same_v<decltype(joined), const Tensor<float>>);
  REQUIRE(joined.shape() == Shape{11, 3});
  for (Index column = 0; column < 3; ++column)
    CHECK(equal(joined.select(1, column), tensor<float>({1, 1, 2, 3, 3, 4, 5, 6, 7, 7, 8})));
}

TEST_CASE("the same pieces in a range, side by side, and into memory that is there") {
  std::vector<int> numbers{1, 2, 3};
  const Eigen::Vector3i vector(4, 5, 6);
  const Tensor<int> own = tensor<int>({7, 8, 9});
  const Tensor<int> expected = tensor<int>({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}});

  const std::vector<TensorView<const int>> range{view_of(numbers), view_of(vector), own};
  CHECK(equal(stack(range), expected));
  CHECK(equal(stack<int>({view_of(numbers), view_of(vector), own}), expected));
  CHECK(equal(stack<int>({view_of(vector), view_of(vector)}), tensor<int>({{4, 5, 6}, {4, 5, 6}})));

  Eigen::Matrix3i columns_first;
  stack_into(view_of(columns_first), {view_of(numbers), view_of(vector), own});
  CHECK((columns_first(0, 2) == 3 && columns_first(1, 0) == 4 && columns_first(2, 1) == 8));
  std::array<int, 9> flat{};
  cat_into(view_of(flat), {view_of(numbers), view_of(vector), own});
  CHECK(equal(view_of(flat), expected.reshape({9})));
  CHECK_THROWS_AS(cat_into(view_of(numbers), {view_of(numbers).narrow(0, 0, 1), view_of(vector).narrow(0, 0, 2)}),
                  OverlapError);
}

TEST_CASE("lists of tensors and of views still need no element type") {
  std::vector<int> numbers{1, 2};
  const TensorView<const int> view = view_of(numbers);
  CHECK(cat({view, view}).shape() == Shape{4});
  CHECK(cat<int>({tensor<int>({1}), tensor<int>({2})}).shape() == Shape{2});
  CHECK(stack({tensor<int>({1}), tensor<int>({2})}).shape() == Shape{2, 1});
}
