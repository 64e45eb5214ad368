// SPDX-License-Identifier: MIT
// The affinity mask as a limit.
#include "support/catch.hpp"

#include <litorch/parallel/cpu_count.hpp>

#include <sched.h>

#include <thread>

using namespace litorch;

namespace {

/// available_cpus() on a thread that may use the first `wanted` of its CPUs only, without control groups.
std::size_t available_with(int wanted) {
  std::size_t found = 0;
  std::thread([&] {
    cpu_set_t all, some;
    CPU_ZERO(&some);
    if (::sched_getaffinity(0, sizeof all, &all) != 0) return;
    std::size_t cpu = 0;
    for (int taken = 0; cpu < CPU_SETSIZE && taken < wanted; ++cpu)
      if (CPU_ISSET(cpu, &all)) {
        CPU_SET(cpu, &some);
        ++taken;
      }
    if (::sched_setaffinity(0, sizeof some, &some) == 0) found = available_cpus("/no/such/root");
  }).join();
  return found;
}

}  // namespace

TEST_CASE("as many CPUs are available as the affinity mask names") {
  cpu_set_t all;
  REQUIRE(::sched_getaffinity(0, sizeof all, &all) == 0);
  const int cpus = CPU_COUNT(&all);
  for (int wanted = 1; wanted <= cpus; ++wanted) CHECK(available_with(wanted) == static_cast<std::size_t>(wanted));
  CHECK(detail::affinity_cpus() == cpus);
}

TEST_CASE("this machine has at least one CPU, and no more than its affinity mask") {
  CHECK(available_cpus() >= 1);
  CHECK(available_cpus() <= static_cast<std::size_t>(detail::affinity_cpus()));
}
