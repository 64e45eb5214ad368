// SPDX-License-Identifier: MIT
// Rows of tensors as samples.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::message_of;

TEST_CASE("a sample of one tensor is a view of a row") {
  const Tensor<float> data = arange<float>(12).reshape({4, 3});
  const TensorDataset dataset(data);
  static_assert(std::is_same_v<SampleOf<TensorDataset<float>>, Tensor<float>>);
  CHECK(dataset.size() == 4);
  CHECK(equal(dataset.get(2), tensor<float>({6, 7, 8})));
  CHECK(dataset.get(2).data() == data.data() + 6);
}

TEST_CASE("a sample of several tensors is a tuple of rows, read-only where the tensor is") {
  const Tensor<const float> features = arange<float>(6).reshape({2, 3});
  const Tensor<int> labels = tensor<int>({5, 6});
  const TensorDataset dataset(features, labels, zeros<double>({2, 1, 1}).expand({2, 2, 2}));
  static_assert(
      std::is_same_v<SampleOf<decltype(dataset)>, std::tuple<Tensor<const float>, Tensor<int>, Tensor<double>>>);
  const auto [row, label, square] = dataset.get(1);
  CHECK(equal(row, tensor<float>({3, 4, 5})));
  CHECK(label.item() == 6);
  CHECK(square.shape() == Shape{2, 2});
  CHECK(std::get<1>(dataset.tensors()).data() == labels.data());
}

TEST_CASE("a dataset keeps its tensors alive and shares their elements") {
  Tensor<int> data = arange<int>(3);
  const TensorDataset dataset(data);
  data(1) = 10;
  data = Tensor<int>();
  CHECK(dataset.get(1).item() == 10);
  CHECK(TensorDataset(zeros<int>({0, 2})).size() == 0);
}

TEST_CASE("tensors whose numbers of rows differ are refused with position and shapes") {
  CHECK(message_of<ShapeError>([] {
          TensorDataset(zeros<int>({4, 2}), zeros<int>({4}), zeros<float>({5}));
        }) ==
        "litorch::TensorDataset(): input 2 has size 5 in dim 0, expected 4 as in input 0 (shapes (5,) and (4, 2))");
  CHECK(message_of<ShapeError>([] {
          TensorDataset(zeros<int>({4, 2}), zeros<int>({}));
        }) == "litorch::TensorDataset(): input 1 is a scalar, which has no rows; use unsqueeze(0)");
  CHECK_THROWS_AS(TensorDataset(zeros<int>({})), ShapeError);
}

TEST_CASE("a row that is not there is refused, also one counted from the end") {
  const TensorDataset dataset(zeros<int>({4, 2}));
  CHECK(message_of<IndexError>([&] { dataset.get(4); }) ==
        "litorch::TensorDataset::get(): index 4 is out of range for 4 samples; give 0 to 3");
  CHECK(message_of<IndexError>([&] { dataset.get(-1); }) ==
        "litorch::TensorDataset::get(): index -1 is out of range for 4 samples; give 0 to 3");
}
