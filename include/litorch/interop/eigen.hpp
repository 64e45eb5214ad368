// SPDX-License-Identifier: MIT
// Tensors as Eigen's matrices and the other way round, without a copy. For those who have Eigen: target litorch::eigen.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <Eigen/Core>

namespace litorch {
namespace detail {

template <class T, int kOptions>
using EigenMatrix = Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, kOptions>;

template <class T, class Matrix>
using SameConst = std::conditional_t<std::is_const_v<T>, const Matrix, Matrix>;

/// Rows, columns and the strides between them. Throws ShapeError for what a map cannot say.
struct EigenExtents {
  EigenExtents(const Shape& shape, const Strides& strides) {
    if (shape.rank() != 1 && shape.rank() != 2)
      fail<ShapeError>("as_eigen(): the tensor has ", shape.rank(), " dims (shape ", shape,
                       "), expected 1 or 2; select() or reshape() it");
    rows = shape[0];
    columns = shape.rank() == 2 ? shape[1] : 1;
    row_stride = rows > 1 ? strides[0] : 1;
    column_stride = shape.rank() == 2 && columns > 1 ? strides[1] : 1;
    // Along a dim of one index any stride will do: the one that a dense matrix would have.
    if (rows <= 1 && columns > 1) row_stride = columns * column_stride;
    if (columns <= 1 && rows > 1) column_stride = 1;
    if (rows * columns > 1 && (row_stride <= 0 || column_stride <= 0))
      fail<ShapeError>("as_eigen(): strides ", strides, " of shape ", shape,
                       " are not all positive, which Eigen needs; clone() the tensor first");
  }
  Index rows, columns, row_stride, column_stride;
};

}  // namespace detail

/// Any Tensor or TensorView of rank 1 or 2 as an Eigen::Map: a matrix, or a column where it has one dim. Shares the
/// elements and does not keep them alive: the tensor has to live as long. Read-only where T is const. No copy, O(1).
/// Throws ShapeError for other ranks, and for strides that Eigen has not: negative ones, and those of expand().
///
/// Both strides are run-time values, which Eigen's products copy first; say as_eigen<Eigen::RowMajor> where the rows lie
/// densely.
template <TensorLike X>
auto as_eigen(const X& tensor) {
  using T = typename X::element_type;
  using Stride = Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>;
  const detail::EigenExtents extents(tensor.shape(), tensor.strides());
  return Eigen::Map<detail::SameConst<T, detail::EigenMatrix<T, Eigen::RowMajor>>, Eigen::Unaligned, Stride>(
      tensor.data(), extents.rows, extents.columns, Stride(extents.row_stride, extents.column_stride));
}

/// The same where elements are neighbours along the rows (Eigen::RowMajor) or along the columns (Eigen::ColMajor), which
/// the type then says: Eigen works on it as on a matrix of its own. Throws ShapeError where they are not.
template <int kOrder, TensorLike X>
auto as_eigen(const X& tensor) {
  static_assert(kOrder == Eigen::RowMajor || kOrder == Eigen::ColMajor);
  using T = typename X::element_type;
  constexpr bool kRows = kOrder == Eigen::RowMajor;
  const detail::EigenExtents extents(tensor.shape(), tensor.strides());
  const Index inner = kRows ? extents.column_stride : extents.row_stride;
  const Index outer = kRows ? extents.row_stride : extents.column_stride;
  const Index along = kRows ? extents.columns : extents.rows, across = kRows ? extents.rows : extents.columns;
  if (along > 1 && across > 0 && inner != 1)
    detail::fail<ShapeError>("as_eigen(): the elements of a ", kRows ? "row" : "column", " lie ", inner,
                             " apart (shape ", tensor.shape(), ", strides ", tensor.strides(),
                             "), expected 1; use as_eigen(tensor) without an order, or contiguous()");
  return Eigen::Map<detail::SameConst<T, detail::EigenMatrix<T, kOrder>>, Eigen::Unaligned, Eigen::OuterStride<>>(
      tensor.data(), extents.rows, extents.columns, Eigen::OuterStride<>(across > 1 ? outer : along));
}

/// The value of an Eigen expression as a new row-major tensor: of rank 1 where its type is that of a vector, else 2.
/// Computes it once, straight to where it stays. Throws std::bad_alloc.
template <class Derived>
auto from_eigen(const Eigen::DenseBase<Derived>& expression) {
  using T = typename Derived::Scalar;
  const Derived& value = expression.derived();
  const Index rows = value.rows(), columns = value.cols();
  const Shape shape = Derived::IsVectorAtCompileTime ? Shape{rows * columns} : Shape{rows, columns};
  auto tensor = Tensor<T>::uninitialized("from_eigen", shape);
  Eigen::Map<detail::EigenMatrix<T, Eigen::RowMajor>> target(tensor.data(), rows, columns);
  if constexpr (std::is_base_of_v<Eigen::MatrixBase<Derived>, Derived>)
    target.noalias() = value;
  else
    target.array() = value;
  return tensor;
}

namespace detail {

/// What has its elements in memory: a matrix, array, map, reference, block or transpose, but no computed expression.
template <class X>
concept EigenInMemory = std::derived_from<X, Eigen::DenseBase<X>> &&(int{X::Flags} & Eigen::DirectAccessBit) != 0;

template <class X>
inline constexpr bool owns_elements = std::derived_from<X, Eigen::PlainObjectBase<X>>;

}  // namespace detail

/// The elements of an Eigen object as a TensorView, read-only where the object is: of rank 1 where its type is that of a
/// vector, else 2. Shares the elements, which have to live as long; a matrix that is about to go is refused by the
/// compiler. No copy, O(1).
template <class X>
requires detail::EigenInMemory<std::remove_cvref_t<X>>
auto view_of(X&& object) {
  using Object = std::remove_cvref_t<X>;
  static_assert(std::is_lvalue_reference_v<X> || !detail::owns_elements<Object>,
                "litorch::view_of(): the elements would be gone before the view; give the matrix a name");
  using T = std::remove_pointer_t<decltype(object.data())>;
  const Index inner = object.innerStride(), outer = object.outerStride();
  if constexpr (Object::IsVectorAtCompileTime)
    return TensorView<T>(object.data(), {Shape{object.size()}, Strides{inner}});
  else
    return TensorView<T>(object.data(), {Shape{object.rows(), object.cols()},
                                         Object::IsRowMajor ? Strides{outer, inner} : Strides{inner, outer}});
}

}  // namespace litorch
