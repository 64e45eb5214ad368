// SPDX-License-Identifier: MIT
// Counts every operator new of the process while cat_into runs.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<long> allocations{0};

void* counted(std::size_t bytes, std::size_t alignment) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* const memory = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return counted(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

using namespace litorch;

TEST_CASE("cat_into and stack_into allocate nothing, small or in parallel") {
  for (const Index rows : {Index{3}, Index{40'000}}) {
    const std::vector<Tensor<float>> inputs(5, ones<float>({rows, 7}));
    const auto joined = zeros<float>({5 * rows, 7}), columns = zeros<float>({7, 5 * rows}),
               stacked = zeros<float>({rows, 5, 7});
    cat_into(joined, inputs);  // the default pool starts its threads at the first parallel region
    const long before = allocations.load();
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
  const long before = allocations.load();
  const auto joined = cat(inputs);
  CHECK(allocations.load() == before + 1);
  CHECK(joined.shape() == Shape{200, 2});
}
