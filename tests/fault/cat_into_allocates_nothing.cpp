// SPDX-License-Identifier: MIT
// Counts every operator new of the process while cat_into runs.
#include "support/catch.hpp"
#include "support/counted_new.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::allocations;

TEST_CASE("cat_into and stack_into allocate nothing, small or in parallel") {
  for (const Index rows : {Index{3}, Index{40'000}}) {
    const std::vector<Tensor<float>> inputs(5, ones<float>({rows, 7}));
    const auto joined = zeros<float>({5 * rows, 7}), columns = zeros<float>({7, 5 * rows}),
               stacked = zeros<float>({rows, 5, 7});
    cat_into(joined, inputs);             // the first call asks the machine for its sizes,
    parallel_for(2, [](std::size_t) {});  // and the first region starts the threads
    const std::size_t before = allocations.load();
    cat_into(joined, inputs, 0);
    cat_into(columns.t(), inputs, -2);
    stack_into(stacked, inputs, 1);
    CHECK(allocations.load() == before);
    CHECK(equal(joined, ones<float>({5 * rows, 7})));
    CHECK(equal(stacked, ones<float>({rows, 5, 7})));
  }
}

TEST_CASE("cat allocates its output and nothing else") {
  const std::vector<Tensor<float>> inputs(100, ones<float>({2, 2}));
  cat(inputs);  // the first call asks the machine for its sizes
  const std::size_t before = allocations.load();
  const auto joined = cat(inputs);
  CHECK(allocations.load() <= before + 1);  // or takes memory that was freed
  CHECK(joined.shape() == Shape{200, 2});
}
