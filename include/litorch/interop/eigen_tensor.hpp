// SPDX-License-Identifier: MIT
// Tensors as those of Eigen's unsupported module, without a copy; target litorch::eigen.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <unsupported/Eigen/CXX11/Tensor>

namespace litorch {

/// A row-major Tensor or TensorView as an Eigen::TensorMap of as many dims. Shares the elements and does not keep them
/// alive. No copy, O(1). Throws ShapeError for another rank, and where the elements are not row-major.
template <int kRank, TensorLike X>
auto as_eigen_tensor(const X& tensor) {
  using T = typename X::element_type;
  using Plain = Eigen::Tensor<std::remove_const_t<T>, kRank, Eigen::RowMajor, Index>;
  if (tensor.rank() != kRank)
    detail::fail<ShapeError>("as_eigen_tensor(): the tensor has ", tensor.rank(), " dims (shape ", tensor.shape(),
                             "), expected ", kRank);
  if (!tensor.is_contiguous())
    detail::fail<ShapeError>("as_eigen_tensor(): strides ", tensor.strides(), " of shape ", tensor.shape(),
                             " are not row-major, which is all that Eigen::TensorMap has; contiguous() makes them so");
  Eigen::DSizes<Index, kRank> extents;
  std::copy(tensor.shape().begin(), tensor.shape().end(), extents.begin());
  return Eigen::TensorMap<std::conditional_t<std::is_const_v<T>, const Plain, Plain>>(tensor.data(), extents);
}

}  // namespace litorch
