// SPDX-License-Identifier: MIT
// Tensors as Eigen's matrices and the other way round, without a copy. For those who have Eigen: target litorch::eigen.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <Eigen/Core>

#include <memory>

namespace litorch {
namespace detail {

template <class T, int kOptions>
using EigenMatrix = Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, Eigen::Dynamic, kOptions>;

template <class T, class Matrix>
using SameConst = std::conditional_t<std::is_const_v<T>, const Matrix, Matrix>;

/// Rows, columns and the strides between them; 1 along a dim of one index. Throws ShapeError for what a map cannot say.
struct EigenExtents {
  EigenExtents(const char* call, const Shape& shape, const Strides& strides)
      : rows(shape[0]),
        columns(shape.rank() == 2 ? shape[1] : 1),
        row_stride(rows > 1 ? strides[0] : 1),
        column_stride(columns > 1 ? strides[1] : 1) {
    if (rows * columns > 1 && (row_stride <= 0 || column_stride <= 0))
      fail<ShapeError>(call, "(): strides ", strides, " of shape ", shape,
                       " are not all positive, which Eigen needs; clone() the tensor first");
  }
  Index rows, columns, row_stride, column_stride;
};

template <TensorLike X>
EigenExtents matrix_extents(const X& tensor) {
  if (tensor.rank() != 1 && tensor.rank() != 2)
    fail<ShapeError>("as_eigen(): the tensor has ", tensor.rank(), " dims (shape ", tensor.shape(),
                     "), expected 1 or 2; select() or reshape() it");
  return EigenExtents("as_eigen", tensor.shape(), tensor.strides());
}

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
  const detail::EigenExtents extents = detail::matrix_extents(tensor);
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
  const detail::EigenExtents extents = detail::matrix_extents(tensor);
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

/// A Tensor or TensorView of rank 1 as an Eigen vector: a column whose type says so, as rowwise(), dot() and one index
/// need it. Otherwise as as_eigen().
template <TensorLike X>
auto as_eigen_vector(const X& tensor) {
  using T = typename X::element_type;
  using Vector = Eigen::Matrix<std::remove_const_t<T>, Eigen::Dynamic, 1>;
  if (tensor.rank() != 1)
    detail::fail<ShapeError>("as_eigen_vector(): the tensor has ", tensor.rank(), " dims (shape ", tensor.shape(),
                             "), expected 1; select() or flatten() it");
  const detail::EigenExtents extents("as_eigen_vector", tensor.shape(), tensor.strides());
  return Eigen::Map<detail::SameConst<T, Vector>, Eigen::Unaligned, Eigen::InnerStride<>>(
      tensor.data(), extents.rows, Eigen::InnerStride<>(extents.row_stride));
}

namespace detail {

/// What has its elements in memory: a matrix, array, map, reference, block or transpose, but no computed expression.
template <class X>
concept EigenInMemory = std::derived_from<X, Eigen::DenseBase<X>> &&(int{X::Flags} & Eigen::DirectAccessBit) != 0;

template <class X>
concept EigenOwner = std::derived_from<X, Eigen::PlainObjectBase<X>>;

/// A read-only Ref copies what it cannot refer to, and owns the copy.
template <class X>
inline constexpr bool may_own_elements = EigenOwner<X>;
template <class Plain, int kOptions, class Stride>
inline constexpr bool may_own_elements<Eigen::Ref<const Plain, kOptions, Stride>> = true;

/// The elements are still there after the call.
template <class X>
concept EigenOutlivesCall = std::is_lvalue_reference_v<X> || !may_own_elements<std::remove_cvref_t<X>>;

}  // namespace detail

/// The elements of an Eigen object as a TensorView, read-only where the object is: of rank 1 where its type is that of a
/// vector, else 2. Shares the elements, which have to live as long; a matrix that is about to go is refused by the
/// compiler. No copy, O(1).
template <class X>
requires detail::EigenInMemory<std::remove_cvref_t<X>> && detail::EigenOutlivesCall<X>
auto view_of(X&& object) {
  using Object = std::remove_cvref_t<X>;
  using T = std::remove_pointer_t<decltype(object.data())>;
  const Index inner = object.innerStride(), outer = object.outerStride();
  if constexpr (Object::IsVectorAtCompileTime)
    return TensorView<T>(object.data(), {Shape{object.size()}, Strides{inner}});
  else
    return TensorView<T>(object.data(), {Shape{object.rows(), object.cols()},
                                         Object::IsRowMajor ? Strides{outer, inner} : Strides{inner, outer}});
}

/// The value of an Eigen expression as a new row-major tensor: of rank 1 where its type is that of a vector, else 2.
/// Computed once, straight to where it stays. Throws std::bad_alloc.
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

/// A matrix, array or vector that is given up, as the tensor that owns it: its elements stay where they are, so the
/// strides are those of its order. No copy, O(1), for those of run-time size. Throws std::bad_alloc.
template <class Owner>
requires(detail::EigenOwner<Owner> && !std::is_const_v<Owner>) auto from_eigen(Owner&& matrix) {
  auto kept = std::make_unique<Owner>(std::move(matrix));
  const auto view = view_of(*kept);
  return Tensor<typename Owner::Scalar>(Storage::adopt(view.data(), std::move(kept)), view);
}

}  // namespace litorch
