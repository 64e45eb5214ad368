// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

using namespace support;

namespace {

/// A random shape with as many elements.
lt::Dims other_shape(Random& random, Index count) {
  lt::Dims extents;
  Index left = count;
  while (extents.rank() < 6) {
    Index extent = random(1, std::max<Index>(1, left));
    while (left % extent != 0) --extent;
    extents.push_back(extent);
    left /= extent;
  }
  extents.push_back(left);
  return extents;
}

template <class T>
std::vector<T> values(const lt::TensorView<T>& view) {
  std::vector<T> all;
  for_each_index({view.shape().begin(), view.shape().end()}, [&](const auto& at) { all.push_back(element(view, at)); });
  return all;
}

}  // namespace

TEST_CASE("reshape keeps the elements in row-major order, as a view or as a copy") {
  int wrong = 0, views = 0, copies = 0;
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    Random random(seed);
    const auto tensor = random_view<std::int32_t>(random, random_shape(random, random(0, 6), 60), true);
    if (tensor.numel() == 0) continue;
    const lt::Dims extents = other_shape(random, tensor.numel());
    const auto reshaped = tensor.reshape(extents);
    const bool is_view = reshaped.storage().data() == tensor.storage().data();
    (is_view ? views : copies) += 1;
    wrong += reshaped.shape() != lt::Shape(extents) || values(reshaped.view()) != values(tensor.view());
    if (!is_view) wrong += tensor.is_contiguous();
  }
  CHECK(wrong == 0);
  CHECK((views > 500 && copies > 500));
}

TEST_CASE("reshape gives a view wherever strides can say it") {
  const auto a = lt::arange<int>(24).reshape({2, 3, 4});
  CHECK(a.reshape({6, 4}).data() == a.data());
  CHECK(a.permute({1, 0, 2}).reshape({3, 2, 2, 2}).data() == a.data());
  CHECK(a.narrow(2, 0, 2).reshape({6, 2}).data() == a.data());
  CHECK(a.narrow(2, 0, 2).reshape({12}).data() != a.data());
  CHECK(a.unsqueeze(1).expand({-1, 5, -1, -1}).reshape({2, 5, 12}).data() == a.data());
  CHECK(a.flip(0).flip(1).flip(2).reshape({24}).strides() == lt::Strides{-1});
}

TEST_CASE("one extent of a reshape may be left open") {
  const auto a = lt::zeros<int>({6, 4});
  CHECK(a.reshape({-1}).shape() == lt::Shape{24});
  CHECK(a.reshape({3, -1, 2}).shape() == lt::Shape{3, 4, 2});
  CHECK(lt::zeros<int>({}).reshape({-1}).shape() == lt::Shape{1});
  CHECK(lt::zeros<int>({0, 4}).flatten().shape() == lt::Shape{0});
  CHECK_THROWS_AS(a.reshape({-1, -1}), lt::ShapeError);
  CHECK_THROWS_AS(a.reshape({5, -1}), lt::ShapeError);
  CHECK_THROWS_AS(a.reshape({-2, 12}), lt::ShapeError);
  CHECK_THROWS_AS(a.reshape({-2, -12}), lt::ShapeError);
  CHECK_THROWS_AS(lt::zeros<int>({0}).reshape({0, -1}), lt::ShapeError);
  CHECK_THROWS_WITH(a.reshape({5, 5}), "litorch::reshape(): shape (6, 4) has 24 elements, which do not fit (5, 5)");
}
