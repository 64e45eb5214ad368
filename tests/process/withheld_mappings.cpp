// SPDX-License-Identifier: MIT
// Memory that waits for the next tensor is not a child's, and is the parent's again afterwards.
#include "support/catch.hpp"
#include "support/forked_child.hpp"
#include "support/sanitizer.hpp"

#include <litorch/litorch.hpp>

#include <sys/mman.h>

using namespace litorch;

TEST_CASE("waiting mappings are kept from children that are forked meanwhile, and used again then") {
  if (support::kAsan) return;  // nothing waits
  constexpr Index kBytes = Index{8} << 20;
  empty_cache();
  std::byte* waiting = nullptr;
  {
    const auto freed = full<std::uint8_t>({kBytes}, 1);
    waiting = reinterpret_cast<std::byte*>(freed.data());
  }
  CHECK(memory_stats().cached_bytes >= kBytes);
  const auto seen_by_child = [&] {
    return support::run_in_child([&] {
             unsigned char page = 0;
             return ::mincore(waiting, 4096, &page) == 0 ? 1 : 0;
           })
        .exit_code;
  };
  CHECK(seen_by_child() == 1);
  {
    const detail::MappingCache::Withheld withheld;
    CHECK(memory_stats().cached_bytes < kBytes);
    CHECK(seen_by_child() == 0);
  }
  CHECK(seen_by_child() == 1);
  const auto next = empty<std::uint8_t>({kBytes});
  CHECK(reinterpret_cast<std::byte*>(next.data()) == waiting);
}
