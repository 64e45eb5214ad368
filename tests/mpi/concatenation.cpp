// SPDX-License-Identifier: MIT
// all_cat, all_cat_into and cat against the naive way, for random pieces: every dim, strided, uneven, empty.
#include "mpi/harness.hpp"

namespace harness {
namespace {

template <class T>
void random_cases(const World& world, std::uint64_t seed, int cases) {
  Random random(seed);
  for (int i = 0; i < cases; ++i) {
    std::size_t dim = 0;
    const std::vector<Tensor<T>> pieces = random_pieces<T>(random, world, dim);
    const Tensor<T>& mine = pieces[static_cast<std::size_t>(world.rank)];
    const Tensor<T> expected = naive_cat(pieces, dim);
    const bool none = expected.shape() == Shape{0};
    const Index along = none ? 0 : static_cast<Index>(dim);
    const std::string which = " in case " + std::to_string(i) + " of seed " + std::to_string(seed);
    const auto same = [&](const auto& found) {
      return support::same_elements<const T>(TensorView<const T>(found), TensorView<const T>(expected));
    };

    expect(same(mpi::all_cat(world.comm, mine, along)), world, "all_cat" + which);
    expect(same(mpi::all_cat(
               world.comm, [&] { return mine.view(); }, along)),
           world, "all_cat of a callable" + which);
    const int root = static_cast<int>(random(0, world.size - 1));
    const Tensor<T> gathered = mpi::cat(world.comm, mine, along, root);
    expect(world.rank == root ? same(gathered) : gathered.shape() == Shape{0}, world, "cat" + which);
    const Tensor<T> out = support::random_view<T>(random, {expected.shape().begin(), expected.shape().end()}, false);
    mpi::all_cat_into(world.comm, out, mine, along);
    expect(same(out), world, "all_cat_into" + which);
  }
}

void results_are_kept(const World& world) {
  std::vector<Tensor<const int>> results;
  for (int i = 0; i < 6; ++i) {
    results.push_back(mpi::all_cat(world.comm, full<int>({5000}, 10 * i + world.rank)));
    if (i == 3) results.erase(results.begin(), results.begin() + 2);
    if (i == 4 && world.rank == 0) mpi::empty_cache(world.comm);
  }
  for (int i = 0; i < 4; ++i)
    for (int rank = 0; rank < world.size; ++rank)
      expect(results[static_cast<std::size_t>(i)](5000 * rank + 4999) == 10 * (i + 2) + rank, world,
             "a later all_cat wrote to an earlier result");
}

void memory_is_used_again(const World& world) {
  const int* place = nullptr;
  int changes = 0;
  for (int i = 0; i < 5; ++i) {
    const Tensor<const int> found = mpi::all_cat(world.comm, full<int>({4000}, i));
    changes += place != nullptr && place != found.data();
    place = found.data();
    expect(found(4000 * world.size - 1) == i, world, "all_cat into memory used again");
  }
  const bool shared = litorch::detail::MpiRanks::of("test", world.comm).node_size > 1;
  expect(!shared || changes == 0, world, "memory that nobody looks at is not used again");
}

}  // namespace

void concatenation(const World& world) {
  random_cases<float>(world, 1, 60);
  random_cases<std::uint8_t>(world, 2, 40);
  random_cases<support::Record>(world, 3, 40);
  random_cases<std::complex<double>>(world, 4, 20);
  results_are_kept(world);
  memory_is_used_again(world);
}

}  // namespace harness
