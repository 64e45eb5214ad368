// SPDX-License-Identifier: MIT
// xtensor's concatenate() takes a number of inputs known to the compiler: two, three, five and eight here. Into memory
// that is there, the pieces are assigned to slices of it.
#include <support/peer.hpp>

#include <xtensor/xadapt.hpp>
#include <xtensor/xarray.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xnoalias.hpp>
#include <xtensor/xstrided_view.hpp>
#include <xtensor/xtensor_config.hpp>

namespace litorch::bench {
namespace {

using Array = xt::xarray<float>;

bool can_do(const Case& what) {
  const std::size_t count = what.shapes.size();
  if (!has_patience(what) || what.form != Form::contiguous || what.kind == Kind::stack) return false;
  return what.kind == Kind::into ? count <= 1000 : count == 2 || count == 3 || count == 5 || count == 8;
}

std::vector<std::size_t> extents_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

auto adapt(const Tensor<float>& tensor) {
  return xt::adapt(tensor.data(), static_cast<std::size_t>(tensor.numel()), xt::no_ownership(),
                   extents_of(tensor.shape()));
}
using Adapted = decltype(adapt(std::declval<const Tensor<float>&>()));

template <std::size_t... kPiece>
Array concatenate(const std::vector<Adapted>& pieces, std::size_t dim, std::index_sequence<kPiece...>) {
  return xt::concatenate(xt::xtuple(pieces[kPiece]...), dim);
}

template <std::size_t kCount>
JobPtr concatenating_job(const std::vector<Adapted>& pieces, std::size_t dim) {
  return fresh_job([=] { return concatenate(pieces, dim, std::make_index_sequence<kCount>()); });
}

JobPtr make_job(const Setup& setup) {
  const auto dim = static_cast<std::size_t>(setup.what().dim);
  std::vector<Adapted> pieces;
  for (const auto& input : setup.inputs()) pieces.push_back(adapt(input));
  if (setup.what().kind == Kind::into)
    return into_job([=, out = adapt(setup.out())]() mutable {
      std::size_t start = 0;
      xt::xstrided_slice_vector slices(out.dimension(), xt::all());
      for (const Adapted& piece : pieces) {
        const std::size_t stop = start + piece.shape()[dim];
        slices[dim] = xt::range(start, stop);
        xt::noalias(xt::strided_view(out, slices)) = piece;
        start = stop;
      }
    });
  switch (pieces.size()) {
    case 2: return concatenating_job<2>(pieces, dim);
    case 3: return concatenating_job<3>(pieces, dim);
    case 5: return concatenating_job<5>(pieces, dim);
    default: return concatenating_job<8>(pieces, dim);
  }
}

std::string version() {
  return std::to_string(XTENSOR_VERSION_MAJOR) + "." + std::to_string(XTENSOR_VERSION_MINOR) + "." +
         std::to_string(XTENSOR_VERSION_PATCH);
}

}  // namespace

const bool kXtensorAdded = add_peer({"xtensor", make_job, can_do}, version());

}  // namespace litorch::bench
