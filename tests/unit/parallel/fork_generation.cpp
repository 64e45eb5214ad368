// SPDX-License-Identifier: MIT
// How a forked child is told from its parent.
#include "support/catch.hpp"
#include "support/forked_child.hpp"

#include <litorch/parallel/fork_generation.hpp>

using litorch::detail::fork_generation;

TEST_CASE("the generation changes in a forked child and in its child, and stays in the parent") {
  const std::uint64_t parent = fork_generation();
  const support::ChildEnd end = support::run_in_child([&] {
    const std::uint64_t child = fork_generation();
    if (child == parent || child != fork_generation()) return 1;
    const support::ChildEnd inner =
        support::run_in_child([&] { return fork_generation() == child || fork_generation() == parent ? 1 : 0; });
    return inner.exited_with(0) && fork_generation() == child ? 0 : 2;
  });
  CHECK(end.exited_with(0));
  CHECK(fork_generation() == parent);
}

TEST_CASE("the fork handler is registered before main") { CHECK(litorch::detail::kForkHandlerError == 0); }
