// SPDX-License-Identifier: MIT
// Replaces operator new for the whole program; a file of its own, so that no caller sees into it.
#include "support/counted_new.hpp"

#include <algorithm>
#include <cstdlib>
#include <new>

std::atomic<std::size_t> support::allocations{0};
std::atomic<std::size_t> support::largest_allocation{0};
std::atomic<std::size_t> support::failing_allocation{0};

namespace {

void* counted(std::size_t bytes, std::size_t alignment) noexcept {
  if (support::allocations.fetch_add(1, std::memory_order_relaxed) + 1 == support::failing_allocation) return nullptr;
  std::size_t seen = support::largest_allocation;
  while (bytes > seen && !support::largest_allocation.compare_exchange_weak(seen, bytes)) continue;
  void* memory = nullptr;
  const int failed = ::posix_memalign(&memory, std::max(alignment, sizeof(void*)), std::max<std::size_t>(bytes, 1));
  return failed == 0 ? memory : nullptr;
}

void* counted_or_throw(std::size_t bytes, std::size_t alignment) {
  void* const memory = counted(bytes, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(std::size_t bytes) { return counted_or_throw(bytes, alignof(std::max_align_t)); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  return counted_or_throw(bytes, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
  return counted(bytes, alignof(std::max_align_t));
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
