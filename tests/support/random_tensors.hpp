// SPDX-License-Identifier: MIT
// Random shapes and random views, and the naive way to walk them: one index after another, offsets by their own formula.
#pragma once

#include <litorch/litorch.hpp>

#include <cstring>
#include <random>
#include <vector>

namespace support {

namespace lt = litorch;
using lt::Index;

struct Random {
  explicit Random(std::uint64_t seed) : engine(seed) {}
  Index operator()(Index low, Index high) { return std::uniform_int_distribution<Index>(low, high)(engine); }
  bool chance(int percent) { return (*this)(1, 100) <= percent; }

  std::mt19937_64 engine;
};

struct Rgb {
  std::uint8_t r, g, b;
  bool operator==(const Rgb&) const = default;
};
struct Record {
  std::int32_t a, b, c;
  bool operator==(const Record&) const = default;
};

/// A shape with at most `most` elements; extents 0 are rare.
inline std::vector<Index> random_shape(Random& random, Index rank, Index most) {
  std::vector<Index> extents(static_cast<std::size_t>(rank), 1);
  for (int tries = 0; tries < 2 * rank; ++tries) {
    const std::size_t dim = static_cast<std::size_t>(random(0, rank - 1));
    Index others = 1;
    for (std::size_t i = 0; i < extents.size(); ++i)
      if (i != dim) others *= extents[i];
    extents[dim] = random(1, std::max<Index>(1, std::min<Index>(7, most / std::max<Index>(1, others))));
  }
  if (rank > 0 && random.chance(4)) extents[static_cast<std::size_t>(random(0, rank - 1))] = 0;
  return extents;
}

/// Every index of a shape in row-major order, counted up digit by digit.
template <class F>
void for_each_index(const std::vector<Index>& extents, F&& f) {
  std::vector<Index> at(extents.size(), 0);
  for (const Index extent : extents)
    if (extent == 0) return;
  while (true) {
    f(static_cast<const std::vector<Index>&>(at));
    std::size_t dim = extents.size();
    while (dim > 0 && ++at[dim - 1] == extents[dim - 1]) at[--dim] = 0;
    if (dim == 0) return;
  }
}

template <class T>
T& element(const lt::TensorView<T>& view, const std::vector<Index>& at) {
  T* position = view.data();
  for (std::size_t dim = 0; dim < at.size(); ++dim) position += at[dim] * view.strides()[static_cast<Index>(dim)];
  return *position;
}

/// A view of the given shape into a larger tensor: dims in any order, steps of 1 to 3, reversed dims, offsets, gaps, and,
/// if `repeats`, strides of zero. The whole of the larger tensor is random bytes (booleans stay booleans).
template <class T>
lt::Tensor<T> random_view(Random& random, const std::vector<Index>& extents, bool repeats) {
  const Index rank = static_cast<Index>(extents.size());
  const bool plain = random.chance(30);
  std::vector<Index> order(extents.size()), base(extents.size());
  std::vector<Index> step(extents.size(), 1), before(extents.size(), 0);
  std::vector<bool> repeat(extents.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Index>(i);
  if (!plain && random.chance(50)) std::shuffle(order.begin(), order.end(), random.engine);
  for (std::size_t i = 0; i < order.size(); ++i) {  // dim i of the base becomes dim order[i] of the view
    const Index extent = extents[static_cast<std::size_t>(order[i])];
    repeat[i] = repeats && !plain && random.chance(10);
    if (!plain && random.chance(25)) step[i] = random(1, 3);
    if (!plain && random.chance(25)) before[i] = random(0, 2);
    const Index behind = !plain && random.chance(25) ? random(0, 2) : 0;
    base[i] = before[i] + (repeat[i] ? 1 : std::max<Index>(0, (extent - 1) * step[i] + 1)) + behind;
  }
  lt::Tensor<T> view = lt::empty<T>(lt::Shape(base.begin(), base.end()));
  std::vector<unsigned char> bytes(static_cast<std::size_t>(view.numel()) * sizeof(T));
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random.engine());
  if (std::is_same_v<T, bool>)
    for (unsigned char& byte : bytes) byte &= 1;
  if (!bytes.empty()) std::memcpy(static_cast<void*>(view.data()), bytes.data(), bytes.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Index dim = static_cast<Index>(i), extent = extents[static_cast<std::size_t>(order[i])];
    const Index length = repeat[i] ? 1 : std::max<Index>(0, (extent - 1) * step[i] + 1);
    view = view.narrow(dim, before[i], length).slice(dim, 0, lt::detail::kToTheEnd, step[i]);
    if (!plain && !repeat[i] && random.chance(25)) view = view.flip(dim);
    if (repeat[i]) {
      lt::Dims target = view.shape().dims();
      target[dim] = extent;
      view = view.expand(target);
    }
  }
  lt::Dims back;
  for (Index dim = 0; dim < rank; ++dim) back.push_back(std::find(order.begin(), order.end(), dim) - order.begin());
  return view.permute(back);
}

/// Whether the two hold the same bytes at every index.
template <class T>
bool same_elements(const lt::TensorView<T>& a, const lt::TensorView<T>& b) {
  if (a.shape() != b.shape()) return false;
  bool same = true;
  for_each_index({a.shape().begin(), a.shape().end()}, [&](const std::vector<Index>& at) {
    same = same && std::memcmp(&element(a, at), &element(b, at), sizeof(T)) == 0;
  });
  return same;
}

}  // namespace support
