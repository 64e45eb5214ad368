// SPDX-License-Identifier: MIT
// scatter() gives each rank its rows, from any root, even or not, whatever the strides.
#include "mpi/harness.hpp"

namespace harness {

void scattering(const World& world) {
  Random random(21);
  for (int i = 0; i < 60; ++i) {
    std::vector<Index> extents = support::random_shape(random, random(1, 4), 300);
    const bool equal_parts = random.chance(50);
    std::vector<Index> counts;
    if (equal_parts) extents[0] = random(0, 3 * world.size);
    Index total = 0;
    for (int rank = 0; rank < world.size; ++rank) {
      counts.push_back(equal_parts ? extents[0] / world.size + (rank < extents[0] % world.size) : random(0, 4));
      total += counts.back();
    }
    extents[0] = total;
    const Tensor<int> whole = support::random_view<int>(random, extents, true);
    const int root = static_cast<int>(random(0, world.size - 1));
    const Tensor<int> given = world.rank == root ? whole : Tensor<int>();
    const auto me = static_cast<std::size_t>(world.rank);
    const Tensor<int> part = mpi::scatter(world.comm, given, root, equal_parts ? -1 : counts[me]);

    Index start = 0;
    for (std::size_t rank = 0; rank < me; ++rank) start += counts[rank];
    extents[0] = counts[me];
    bool same = part.shape() == Shape(extents.begin(), extents.end()) && part.is_contiguous();
    if (same)
      support::for_each_index(extents, [&](std::vector<Index> at) {
        const int found = support::element(part.view(), at);
        at[0] += start;
        same = same && found == support::element(whole.view(), at);
      });
    expect(same, world, "scatter in case " + std::to_string(i));
  }
}

}  // namespace harness
