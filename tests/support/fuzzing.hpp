// SPDX-License-Identifier: MIT
// What the fuzz targets have in common: conditions whose failure libFuzzer reports, and a limit on allocations.
#pragma once

#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LITORCH_COUNTS_ALLOCATIONS 1
#include <sanitizer/allocator_interface.h>
#endif
#endif

namespace support {

inline void require(bool condition) {
  if (!condition) std::abort();
}

/// While one lives, an allocation of more than `bytes` is a finding. Only where AddressSanitizer is there to see it.
class AllocationLimit {
 public:
  explicit AllocationLimit(std::size_t bytes) {
#ifdef LITORCH_COUNTS_ALLOCATIONS
    static const bool installed = __sanitizer_install_malloc_and_free_hooks(refuse_large, ignore) != 0;
    require(installed);
#endif
    limit = bytes;
  }
  AllocationLimit(const AllocationLimit&) = delete;
  AllocationLimit& operator=(const AllocationLimit&) = delete;
  ~AllocationLimit() { limit = kNone; }

 private:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  static void refuse_large([[maybe_unused]] const volatile void* memory, std::size_t bytes) {
    if (bytes > limit) std::abort();
  }
  static void ignore([[maybe_unused]] const volatile void* memory) {}

  static inline std::size_t limit = kNone;
};

}  // namespace support
