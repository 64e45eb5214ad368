// SPDX-License-Identifier: MIT
// Checks in a program of many ranks: what fails is printed by the rank where it did, and counted over all ranks.
#pragma once

#include "support/error_message.hpp"
#include "support/random_tensors.hpp"

#include <litorch/distributed/mpi.hpp>

#include <cstdio>
#include <string>

namespace harness {

using namespace litorch;
using support::Random;

/// What every rank knows of the program.
struct World {
  MPI_Comm comm = MPI_COMM_NULL;
  int rank = 0, size = 0;
};

inline int failures = 0;

inline void expect(bool holds, const World& world, const std::string& what) {
  if (holds) return;
  ++failures;
  std::fprintf(stderr, "rank %d of %d: %s\n", world.rank, world.size, what.c_str());
}

/// The pieces of all ranks, made by the naive way on every rank: one index after another.
template <class T>
Tensor<T> naive_cat(const std::vector<Tensor<T>>& pieces, std::size_t dim) {
  std::vector<Index> extents;
  Index total = 0;
  for (const Tensor<T>& piece : pieces) {
    if (piece.shape() == Shape{0}) continue;
    extents.assign(piece.shape().begin(), piece.shape().end());
    total += extents[dim];
  }
  if (extents.empty()) return Tensor<T>();
  extents[dim] = total;
  Tensor<T> whole = empty<T>(Shape(extents.begin(), extents.end()));
  Index start = 0;
  for (const Tensor<T>& piece : pieces) {
    if (piece.shape() == Shape{0}) continue;
    support::for_each_index({piece.shape().begin(), piece.shape().end()}, [&](std::vector<Index> at) {
      const T value = support::element(piece.view(), at);
      at[dim] += start;
      support::element(whole.view(), at) = value;
    });
    start += piece.size(static_cast<Index>(dim));
  }
  return whole;
}

/// The same random pieces on every rank, as all know the seed: any strides, uneven along `dim`, some empty.
template <class T>
std::vector<Tensor<T>> random_pieces(Random& random, const World& world, std::size_t& dim) {
  const Index rank = random(1, 5);
  const std::vector<Index> common = support::random_shape(random, rank, 200);
  dim = static_cast<std::size_t>(random(0, rank - 1));
  std::vector<Tensor<T>> pieces;
  for (int i = 0; i < world.size; ++i) {
    std::vector<Index> extents = common;
    extents[dim] = random.chance(15) ? 0 : random(1, 6);
    const bool legacy = random.chance(8);
    pieces.push_back(legacy ? Tensor<T>() : support::random_view<T>(random, extents, true));
  }
  return pieces;
}

void concatenation(const World& world);
void refusals(const World& world);
void means(const World& world);
void scattering(const World& world);
void datatypes(const World& world);

}  // namespace harness
