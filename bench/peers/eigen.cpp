// SPDX-License-Identifier: MIT
// Eigen joins matrices by assigning to blocks of one, on one thread. Contiguous pieces of any rank are matrices, too.
#include <support/peer.hpp>

#include <Eigen/Core>

namespace litorch::bench {
namespace {

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Strided = Eigen::Map<const Matrix, Eigen::Unaligned, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;

bool can_do(const Case& what) {
  return has_patience(what) && what.kind != Kind::stack &&
         (what.form == Form::contiguous || what.shapes.front().rank() == 2);
}

Strided as_matrix(const Tensor<float>& tensor, Index dim) {
  if (tensor.rank() == 2 && !tensor.is_contiguous())
    return {tensor.data(), tensor.size(0), tensor.size(1), {tensor.strides()[0], tensor.strides()[1]}};
  Index rows = 1;
  for (Index outer = 0; outer < dim; ++outer) rows *= tensor.size(outer);
  const Index columns = tensor.numel() / rows;
  return {tensor.data(), rows, columns, {columns, 1}};
}

template <class Out>
void join(Out& out, const std::vector<Strided>& pieces, bool below) {
  Index start = 0;
  for (const Strided& piece : pieces) {
    if (below)
      out.middleRows(start, piece.rows()) = piece;
    else
      out.middleCols(start, piece.cols()) = piece;
    start += below ? piece.rows() : piece.cols();
  }
}

JobPtr make_job(const Setup& setup) {
  const Case& what = setup.what();
  std::vector<Strided> pieces;
  for (const auto& input : setup.inputs()) pieces.push_back(as_matrix(input, what.dim));
  // Contiguous pieces along dim 0 are single rows then, side by side.
  const bool below = what.dim == 0 && what.form != Form::contiguous;
  const Index rows = what.dim == 0 && !below ? 1 : below ? setup.shape()[0] : pieces.front().rows();
  const Index columns = setup.shape().numel() / rows;
  if (what.kind == Kind::into)
    return into_job(
        [=, out = Eigen::Map<Matrix>(setup.out().data(), rows, columns)]() mutable { join(out, pieces, below); });
  return fresh_job([=] {
    Matrix out(rows, columns);
    join(out, pieces, below);
    return out;
  });
}

std::string version() {
  return std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
         std::to_string(EIGEN_MINOR_VERSION);
}

}  // namespace

const bool kEigenAdded = add_peer({"Eigen", make_job, can_do}, version());

}  // namespace litorch::bench
