// SPDX-License-Identifier: MIT
// all_reduce_mean against average() of the tensors of all ranks, bit by bit, and against sums of long double.
#include "mpi/harness.hpp"

#include <cmath>

namespace harness {
namespace {

template <class T>
Tensor<T> values(Random& random, const std::vector<Index>& extents) {
  const Tensor<T> made = support::random_view<T>(random, extents, false);
  support::for_each_index(extents, [&](const std::vector<Index>& at) {
    support::element(made.view(), at) = static_cast<T>(random(-1000, 1000)) / static_cast<T>(7);
  });
  return made;
}

template <class T>
void random_means(const World& world, std::uint64_t seed, int cases) {
  Random random(seed);
  for (int i = 0; i < cases; ++i) {
    const std::vector<Index> extents = support::random_shape(random, random(0, 4), i % 10 == 9 ? 20000 : 300);
    std::vector<Tensor<T>> all;
    for (int rank = 0; rank < world.size; ++rank) all.push_back(values<T>(random, extents));
    const auto found = mpi::all_reduce_mean(world.comm, all[static_cast<std::size_t>(world.rank)]);
    const auto expected = average(all);
    using Mean = typename decltype(found)::value_type;
    const std::string which = " in case " + std::to_string(i) + " of seed " + std::to_string(seed);
    expect(support::same_elements<const Mean>(TensorView<const Mean>(found), TensorView<const Mean>(expected)), world,
           "the mean is not that of average()" + which);
    support::for_each_index(extents, [&](const std::vector<Index>& at) {
      long double sum = 0;
      for (const Tensor<T>& each : all) sum += static_cast<long double>(support::element(each.view(), at));
      const auto mean = static_cast<long double>(support::element(found.view(), at));
      expect(std::abs(mean - sum / world.size) <= 1e-3L, world, "the mean is not that of the sums" + which);
    });
  }
}

void parameters(const World& world) {
  const float own = static_cast<float>(world.rank), middle = static_cast<float>(world.size - 1) / 2;
  const std::vector<Tensor<float>> weights{full<float>({3, 4}, own), full<float>({}, 2 * own), ones<float>({0, 2}),
                                           full<float>({4, 3}, own).t()};
  const std::vector<Tensor<float>> found = mpi::all_reduce_mean(world.comm, weights);
  expect(found.size() == 4 && equal(found[0], full<float>({3, 4}, middle)) && found[1].item() == 2 * middle &&
             found[2].shape() == Shape{0, 2} && equal(found[3], full<float>({3, 4}, middle)),
         world, "the mean of a vector of parameters");
  const auto [a, b] =
      mpi::all_reduce_mean(world.comm, std::tuple(full<float>({2}, own), full<int>({2, 2}, world.rank)));
  expect(equal(a, full<float>({2}, middle)) && equal(b, full<double>({2, 2}, static_cast<double>(world.size - 1) / 2)),
         world, "the mean of a tuple of parameters");
}

}  // namespace

void means(const World& world) {
  random_means<float>(world, 11, 30);
  random_means<double>(world, 12, 20);
  random_means<std::int16_t>(world, 13, 20);
  parameters(world);
}

}  // namespace harness
