// SPDX-License-Identifier: MIT
#include <support/setup.hpp>

#include <cstring>

namespace litorch::bench {
namespace {

/// Values that tell the inputs and the places in them apart; whole numbers below 2^24, which a float holds exactly.
Tensor<float> filled(const Shape& shape, std::uint32_t input) {
  Tensor<float> made = empty<float>(shape);
  float* const data = made.data();
  const auto count = static_cast<std::uint32_t>(made.numel());
  for (std::uint32_t i = 0; i < count; ++i) data[i] = static_cast<float>(((i + input * 40503U) * 2654435761U) >> 8);
  return made;
}

Tensor<float> make_input(const Shape& shape, Form form, std::uint32_t input) {
  if (form == Form::contiguous) return filled(shape, input);
  if (form == Form::transposed) return filled({shape[1], shape[0]}, input).t();
  std::vector<Index> extents(shape.begin(), shape.end());
  const Index width = extents.back();
  extents.back() *= 2;
  const Tensor<float> wide = filled(Shape(extents.begin(), extents.end()), input);
  return form == Form::narrowed ? wide.narrow(-1, 0, width) : wide.slice(-1, 0, 2 * width, 2);
}

/// No run is recognised, no copy function is called: one element after another.
void place(const float* from, const Layout& layout, float* to, const Strides& to_strides, Index dim) {
  if (dim == layout.shape.rank()) {
    *to = *from;
    return;
  }
  for (Index i = 0; i < layout.shape[dim]; ++i)
    place(from + i * layout.strides[dim], layout, to + i * to_strides[dim], to_strides, dim + 1);
}

Shape joined_shape(const std::vector<Tensor<float>>& pieces, Index dim) {
  std::vector<Index> extents(pieces[0].shape().begin(), pieces[0].shape().end());
  Index& joined = extents[static_cast<std::size_t>(dim)];
  joined = 0;
  for (const auto& piece : pieces) joined += piece.size(dim);
  return Shape(extents.begin(), extents.end());
}

}  // namespace

Setup::Setup(const Case& what) : what_(&what) {
  static const std::size_t all_threads = num_threads();
  threads_ = what.threads == 0 ? all_threads : what.threads;
  for (const Shape& shape : what.shapes)
    inputs_.push_back(make_input(shape, what.form, static_cast<std::uint32_t>(inputs_.size())));

  std::vector<Tensor<float>> pieces = inputs_;
  if (what.kind == Kind::stack)
    for (auto& piece : pieces) piece = piece.unsqueeze(what.dim);
  out_ = zeros<float>(joined_shape(pieces, what.dim));
  out_.fill_(0);  // touches the pages
  expected_.resize(static_cast<std::size_t>(out_.numel()));
  float* to = expected_.data();
  for (const auto& piece : pieces) {
    place(piece.data(), piece.layout(), to, out_.strides(), 0);
    to += piece.size(what.dim) * out_.strides()[what.dim];
  }
}

bool Setup::is_expected(const float* found) const {
  return std::memcmp(found, expected_.data(), expected_.size() * sizeof(float)) == 0;
}

}  // namespace litorch::bench
