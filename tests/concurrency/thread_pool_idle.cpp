// SPDX-License-Identifier: MIT
// A pool that has nothing to do costs nothing.
#include "support/catch.hpp"

#include <litorch/parallel/thread_pool.hpp>

#include <time.h>

#include <algorithm>
#include <chrono>
#include <thread>

using namespace litorch;

namespace {

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

TEST_CASE("an idle pool uses less than one percent of a CPU") {
  ThreadPool pool(8);
  double least = 1;
  for (int attempt = 0; attempt < 3 && least >= 0.01; ++attempt) {  // a busy machine may charge us for its interrupts
    pool.run(1000, [](std::size_t) {});
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // until all are asleep
    const double before = cpu_seconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    least = std::min(least, (cpu_seconds() - before) / 0.5);
  }
  CHECK(least < 0.01);
}
