// SPDX-License-Identifier: MIT
// What does it cost to have the pieces made by processes? Prints seconds, as JSON: map_cat() of 8 pieces of 8 MiB along dim
// 0 and 1, the medians of some calls; what its parts cost, alone; and how long after its death a worker is an error.
#include <litorch/litorch.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace lt = litorch;

namespace {

using Clock = std::chrono::steady_clock;
constexpr lt::Index kTasks = 8;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

lt::Tensor<float> piece(lt::Index task) { return lt::full<float>({2048, 1024}, static_cast<float>(task)); }

double quantile(std::vector<double> samples, double share) {
  std::sort(samples.begin(), samples.end());
  return samples[static_cast<std::size_t>(share * static_cast<double>(samples.size() - 1))];
}
template <class F>
double median(std::size_t calls, F call) {
  std::vector<double> samples;
  call();
  while (samples.size() < calls) {
    const auto start = Clock::now();
    call();
    samples.push_back(seconds_since(start));
  }
  return quantile(samples, 0.5);
}

void require(bool right) {
  if (right) return;
  std::fputs("process_pool_litorch: a wrong result\n", stderr);
  std::exit(EXIT_FAILURE);
}

/// From the moment at which a worker kills itself to the moment at which its error is thrown.
std::vector<double> deaths(std::size_t count) {
  std::vector<double> samples;
  lt::ProcessPool pool({.processes = 2});
  while (samples.size() < count) {
    auto* const moment = static_cast<Clock::time_point*>(
        ::mmap(nullptr, sizeof(Clock::time_point), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    require(moment != MAP_FAILED);
    try {
      pool.for_each(
          [&](lt::Index) {
            *moment = Clock::now();
            ::raise(SIGKILL);
          },
          std::vector<lt::Index>{0});
    } catch (const lt::WorkerDied&) {
      samples.push_back(seconds_since(*moment));
    }
    ::munmap(moment, sizeof(Clock::time_point));
  }
  return samples;
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t calls = count == 2 ? std::strtoul(arguments[1], nullptr, 10) : 0;
  if (calls == 0) {
    std::fputs("process_pool_litorch CALLS\n", stderr);
    return EXIT_FAILURE;
  }
  std::vector<lt::Index> tasks(kTasks);
  for (lt::Index i = 0; i < kTasks; ++i) tasks[static_cast<std::size_t>(i)] = i;
  std::vector<lt::Tensor<float>> pieces;
  for (const lt::Index task : tasks) pieces.push_back(piece(task));

  lt::ProcessPool pool({.processes = 2});
  std::printf("{");
  for (const lt::Index dim : {0, 1}) {
    require(equal(pool.map_cat(piece, tasks, dim), lt::cat(pieces, dim)));
    std::printf("\"map_cat dim %td\": %.9f, ", dim, median(calls, [&] { pool.map_cat(piece, tasks, dim); }));
  }
  // What each of the two processes does, without a pool and without handing anything on; and the copy of it all.
  lt::ProcessPool alone({.processes = 1});
  const auto half = [](int) {
    const auto start = Clock::now();
    for (lt::Index task = 0; task < kTasks / 2; ++task) piece(task);
    return seconds_since(start);
  };
  std::vector<double> halves;
  while (halves.size() < calls) halves.push_back(alone.map(half, std::vector<int>{0})[0]);
  const auto out = lt::cat(pieces);
  std::printf("\"slowest child\": %.9f, ", quantile(halves, 0.5));
  std::printf("\"parallel copy\": %.9f, ", median(calls, [&] { lt::cat_into(out, pieces); }));
  std::printf("\"fresh cat\": %.9f, ", median(calls, [&] {
                lt::empty_cache();
                lt::cat(pieces);
              }));
  const auto samples = deaths(20 * calls);
  std::printf("\"death p50\": %.9f, \"death p99\": %.9f}\n", quantile(samples, 0.5), quantile(samples, 0.99));
}
