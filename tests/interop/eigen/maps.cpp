// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/interop/eigen.hpp>
#include <litorch/interop/eigen_tensor.hpp>
#include <litorch/litorch.hpp>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

/// Every view that a tensor of 6 x 8 has along positive strides.
std::vector<Tensor<int>> matrix_views() {
  const Tensor<int> whole = arange<int>(48).reshape({6, 8});
  std::vector<Tensor<int>> views;
  for (const Tensor<int>& base : {whole, whole.t()})
    for (const Index start : {0, 1, 5})
      for (const Index length : {0, 1, 3})
        for (const Index step : {1, 2})
          if (start + length <= base.size(0))
            for (const Index wide : {0, 1, 4})
              views.push_back(base.narrow(0, start, length).slice(0, 0, length, step).narrow(1, 1, wide));
  return views;
}

template <class Matrix>
bool same_elements(const Tensor<int>& view, const Matrix& matrix) {
  if (matrix.rows() != view.size(0) || matrix.cols() != view.size(1)) return false;
  for (Index i = 0; i < view.size(0); ++i)
    for (Index j = 0; j < view.size(1); ++j)
      if (&matrix.coeffRef(i, j) != &view(i, j)) return false;
  return true;
}

}  // namespace

TEST_CASE("as_eigen names the very elements of a view, whatever its strides") {
  for (const Tensor<int>& view : matrix_views()) {
    INFO("shape " << view.shape() << ", strides " << view.strides());
    auto map = as_eigen(view);
    CHECK(same_elements(view, map));
  }
}

TEST_CASE("a tensor of one dim is a column, or a vector that knows it") {
  const Tensor<int> vector = arange<int>(10).slice(0, 1, 10, 3);
  auto column = as_eigen(vector);
  REQUIRE((column.rows() == 3 && column.cols() == 1));
  CHECK((column(0, 0) == 1 && column(1, 0) == 4 && column(2, 0) == 7));
  column *= 2;
  CHECK(equal(vector, tensor<int>({2, 8, 14})));
  auto known = as_eigen_vector(vector);
  CHECK((known.size() == 3 && known(2) == 14 && known.dot(known) == 4 + 64 + 196));
  Eigen::MatrixXi rows = Eigen::MatrixXi::Zero(2, 3);
  rows.rowwise() += known.transpose();
  CHECK((rows(0, 1) == 8 && rows(1, 2) == 14));
  known(1) = 5;
  CHECK(vector(1) == 5);
  CHECK(as_eigen_vector(vector.narrow(0, 1, 0)).size() == 0);
  CHECK(mentions(message_of<ShapeError>([&] {
                   as_eigen_vector(ones<float>({2, 3}));
                 }),
                 {"as_eigen_vector(): the tensor has 2 dims (shape (2, 3)), expected 1"}));
  CHECK(
      mentions(message_of<ShapeError>([&] { as_eigen_vector(vector.flip(0)); }), {"as_eigen_vector(): strides (-3,)"}));
}

TEST_CASE("as_eigen with an order names the very elements too, or says that they are not neighbours") {
  for (const Tensor<int>& view : matrix_views()) {
    INFO("shape " << view.shape() << ", strides " << view.strides());
    const bool any = view.numel() == 0;
    const bool rows = any || view.size(1) == 1 || view.strides()[1] == 1;
    const bool columns = any || view.size(0) == 1 || view.strides()[0] == 1;
    if (rows) {
      auto map = as_eigen<Eigen::RowMajor>(view);
      CHECK(same_elements(view, map));
    } else {
      CHECK(mentions(message_of<ShapeError>([&] { as_eigen<Eigen::RowMajor>(view); }), {"as_eigen()", "contiguous()"}));
    }
    if (columns) {
      auto map = as_eigen<Eigen::ColMajor>(view);
      CHECK(same_elements(view, map));
    } else {
      CHECK_THROWS_AS(as_eigen<Eigen::ColMajor>(view), ShapeError);
    }
  }
}

TEST_CASE("strides and ranks that Eigen has not are errors, not copies") {
  const Tensor<float> whole = ones<float>({3, 4});
  CHECK(mentions(message_of<ShapeError>([&] { as_eigen(whole.flip(1)); }), {"as_eigen(): strides (4, -1)", "clone()"}));
  CHECK_THROWS_AS(as_eigen(ones<float>({3, 1}).expand({3, 4})), ShapeError);
  CHECK(mentions(message_of<ShapeError>([&] { as_eigen(ones<float>({2, 3, 4})); }), {"has 3 dims", "expected 1 or 2"}));
  CHECK_THROWS_AS(as_eigen(ones<float>({})), ShapeError);
}

TEST_CASE("a read-only tensor becomes a read-only map") {
  const Tensor<const double> fixed = ones<double>({2, 2});
  static_assert(std::is_same_v<decltype(as_eigen(fixed).data()), const double*>);
  CHECK(as_eigen<Eigen::RowMajor>(fixed).sum() == 4);
}

TEST_CASE("from_eigen is the value of an expression") {
  const Eigen::MatrixXf a = Eigen::MatrixXf::Random(5, 7), b = Eigen::MatrixXf::Random(7, 3);
  const Tensor<float> product = from_eigen(a * b);
  REQUIRE(product.shape() == Shape{5, 3});
  CHECK(product.is_contiguous());
  const Eigen::MatrixXf expected = a * b;
  for (Index i = 0; i < 5; ++i)
    for (Index j = 0; j < 3; ++j) CHECK(product(i, j) == Approx(expected(i, j)));
  CHECK(from_eigen(a.col(2)).shape() == Shape{5});
  CHECK(from_eigen(a.row(2)).shape() == Shape{7});
  const Tensor<float> halves = from_eigen(a.array() / 2);
  CHECK(halves(4, 6) == a(4, 6) / 2);
  CHECK(from_eigen(Eigen::MatrixXd(0, 3)).shape() == Shape{0, 3});
  CHECK(from_eigen(a.transpose())(6, 4) == a(4, 6));
}

TEST_CASE("from_eigen takes over the memory of a matrix that is given up") {
  Eigen::MatrixXf matrix = Eigen::MatrixXf::Random(5, 7);
  const float* const data = matrix.data();
  const float corner = matrix(4, 6);
  Tensor<float> last;
  {
    const Tensor<float> tensor = from_eigen(std::move(matrix));
    CHECK((tensor.data() == data && tensor.shape() == Shape{5, 7} && tensor.strides() == Strides{1, 5}));
    last = tensor.select(0, 4);
  }
  CHECK(last(6) == corner);
  CHECK(from_eigen(Eigen::Matrix<int, 2, 3, Eigen::RowMajor>{{1, 2, 3}, {4, 5, 6}}).is_contiguous());
  CHECK(equal(from_eigen(Eigen::Vector4d(1, 2, 3, 4)), tensor<double>({1, 2, 3, 4})));
  CHECK(from_eigen(Eigen::ArrayXXi(0, 3)).shape() == Shape{0, 3});
}

TEST_CASE("view_of names the very elements of matrices, maps, blocks and transposes") {
  Eigen::Matrix<int, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows(4, 6);
  Eigen::MatrixXi columns(4, 6);
  const auto check = [](auto&& object) {
    const auto view = view_of(object);
    REQUIRE(view.shape() == Shape{object.rows(), object.cols()});
    for (Index i = 0; i < object.rows(); ++i)
      for (Index j = 0; j < object.cols(); ++j) CHECK(&view(i, j) == &object.coeffRef(i, j));
  };
  check(rows);
  check(columns);
  check(rows.block(1, 2, 3, 3));
  check(columns.block(1, 2, 3, 3));
  check(columns.transpose());
  check(Eigen::Map<Eigen::MatrixXi, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>(columns.data(), 2, 3, {8, 2}));
  const Eigen::VectorXi vector = Eigen::VectorXi::LinSpaced(5, 0, 4);
  const TensorView<const int> view = view_of(vector);
  CHECK((view.shape() == Shape{5} && &view(4) == &vector(4)));
  const auto row = view_of(rows.row(1)), column = view_of(rows.col(1)), diagonal = view_of(rows.diagonal());
  CHECK((row.shape() == Shape{6} && &row(5) == &rows(1, 5)));
  CHECK((column.shape() == Shape{4} && &column(3) == &rows(3, 1)));
  CHECK((diagonal.shape() == Shape{4} && &diagonal(3) == &rows(3, 3)));
}

TEST_CASE("what goes to Eigen and back is where it was") {
  const Tensor<float> whole = ones<float>({5, 6});
  for (const Tensor<float>& tensor : {whole, whole.t(), whole.narrow(1, 1, 3), whole.slice(0, 0, 5, 2)}) {
    const TensorView<float> back = view_of(as_eigen(tensor));
    CHECK((back.data() == tensor.data() && back.shape() == tensor.shape() && back.strides() == tensor.strides()));
  }
}

TEST_CASE("as_eigen_tensor maps row-major tensors of any rank") {
  const Tensor<int> cube = arange<int>(24).reshape({2, 3, 4});
  auto map = as_eigen_tensor<3>(cube);
  CHECK((map.dimension(0) == 2 && map.dimension(2) == 4 && &map(1, 2, 3) == &cube(1, 2, 3)));
  CHECK(mentions(message_of<ShapeError>([&] { as_eigen_tensor<2>(cube); }), {"has 3 dims", "expected 2"}));
  CHECK(mentions(message_of<ShapeError>([&] { as_eigen_tensor<3>(cube.transpose(0, 2)); }), {"contiguous()"}));
  const Eigen::Tensor<int, 0, Eigen::RowMajor, Index> sum = map.sum();
  CHECK(sum() == 276);
}
