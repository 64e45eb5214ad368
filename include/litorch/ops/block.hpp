// SPDX-License-Identifier: MIT
// A tensor from nested lists of blocks.
#pragma once

#include <litorch/ops/stack.hpp>

namespace litorch {
namespace detail {

/// A list of lists of ... tensors: a leaf, or what is joined along one dim.
struct BlockNode {
  ErasedView leaf;
  std::vector<BlockNode> parts;  // empty for a leaf
  Shape shape;
  Index dim = 0;
};

inline BlockNode& raise_rank(BlockNode& node, Index rank) {
  for (BlockNode& part : node.parts) raise_rank(part, rank);
  if (node.parts.empty()) {
    node.leaf.layout = raised(node.leaf.layout, rank, [](Index) { return Index{0}; });
    node.shape = node.leaf.layout.shape;
  }
  return node;
}

/// Fills in the shapes from the leaves up; `dim` is the one that the lists of this level are joined along. `path` names
/// the list in errors, as the indices that lead to it.
inline void plan_block(BlockNode& node, Index dim, const std::string& path) {
  if (node.parts.empty()) return;
  node.dim = dim;
  std::vector<Layout> layouts;
  for (BlockNode& part : node.parts) {
    plan_block(part, dim + 1, to_text(path, "[", layouts.size(), "]"));
    layouts.push_back({part.shape, part.shape.dims()});
  }
  const std::string call = path.empty() ? "block" : to_text("block", path);
  node.shape = plan_cat(call.c_str(), {layouts.data(), sizeof(Layout), static_cast<Index>(layouts.size())}, dim).shape;
}

/// Copies what of `node` lies in `range` of its positions into the part of the output that begins at `dst`.
inline void copy_block_node(const BlockNode& node, std::byte* dst, const Strides& strides, const Dims& order,
                            std::size_t item_size, Positions range) {
  if (range.first >= range.last) return;
  if (node.parts.empty()) {
    CopyNest({node.shape, strides}, node.leaf.layout, order, item_size)(dst, node.leaf.data, range.first, range.last,
                                                                        false);
    return;
  }
  const JoinedDim joined(node.shape, node.dim, order);
  Index start = 0;
  for (const BlockNode& part : node.parts) {
    const Index extent = part.shape[node.dim];
    copy_block_node(part, dst + start * strides[node.dim] * static_cast<Index>(item_size), strides, order, item_size,
                    joined.of_piece(range, start, extent));
    start += extent;
  }
}

template <TensorLike Leaf>
BlockNode block_node(const Leaf& leaf, Index depth, Index& max_depth, Index& max_rank) {
  max_depth = std::max(max_depth, depth);
  max_rank = std::max(max_rank, leaf.rank());
  return {erased(leaf), {}, leaf.shape(), 0};
}
template <class List>
requires(!TensorLike<List>) BlockNode block_node(const List& list, Index depth, Index& max_depth, Index& max_rank) {
  BlockNode node;
  for (const auto& part : list) node.parts.push_back(block_node(part, depth + 1, max_depth, max_rank));
  if (node.parts.empty()) fail<ShapeError>("block(): a list at depth ", depth, " is empty; give at least one tensor");
  return node;
}

template <class T, class List>
Tensor<T> join_blocks(const List& list) {
  Index depth = 0, rank = 0;
  BlockNode root = block_node(list, 0, depth, rank);
  rank = std::max(rank, depth);
  plan_block(raise_rank(root, rank), rank - depth, "");
  Tensor<T> out = Tensor<T>::uninitialized("block", root.shape);
  const Dims order = memory_order(out.layout());
  for_each_range(DefaultExecutor(), out.numel(), static_cast<Index>(sizeof(T)), {}, erased(out).data, Tuning(),
                 [&](Index first, Index last) {
                   copy_block_node(root, erased(out).data, out.strides(), order, sizeof(T), {first, last});
                 });
  return out;
}

}  // namespace detail

/// NumPy's block: lists of the innermost level are joined along the last dim, those around them along the dim before,
/// and so on. Blocks of fewer dims get dims of extent 1 in front. One copy, one parallel region. Throws as cat() does,
/// naming the list by its indices, `block[1][0]()`.
template <class T>
Tensor<std::remove_const_t<T>> block(std::initializer_list<Tensor<T>> row) {
  return detail::join_blocks<std::remove_const_t<T>>(row);
}
template <class T>
Tensor<std::remove_const_t<T>> block(std::initializer_list<std::initializer_list<Tensor<T>>> rows) {
  return detail::join_blocks<std::remove_const_t<T>>(rows);
}
template <class T>
Tensor<std::remove_const_t<T>> block(
    std::initializer_list<std::initializer_list<std::initializer_list<Tensor<T>>>> planes) {
  return detail::join_blocks<std::remove_const_t<T>>(planes);
}
/// The same for vectors of vectors of ... tensors: block<float>(rows).
template <class T, std::ranges::forward_range List>
Tensor<T> block(const List& list) {
  return detail::join_blocks<T>(list);
}

}  // namespace litorch
