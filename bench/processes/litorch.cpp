// SPDX-License-Identifier: MIT
// What does it cost to have the pieces made by processes? Prints seconds, as JSON: map_cat() of 8 pieces of 8 MiB along dim
// 0 and 1, the medians of some calls, and for how long the busier of the two workers was inside of the function in these
// calls; by turns with that, for_each() of the same function, whose pieces are dropped where they were made: what the
// processes take by themselves; what a parallel copy costs; and how long after its death a worker is an error.
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

/// Memory that forked workers share with their parent; unmapped when it ends.
template <class T>
class SharedArray {
 public:
  explicit SharedArray(std::size_t count) : bytes_(count * sizeof(T)) {
    void* const memory = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    data_ = static_cast<T*>(memory);
  }
  SharedArray(const SharedArray&) = delete;
  SharedArray& operator=(const SharedArray&) = delete;
  ~SharedArray() { ::munmap(data_, bytes_); }
  T& operator[](std::size_t i) const { return data_[i]; }

 private:
  std::size_t bytes_;
  T* data_;
};

struct Spent {
  ::pid_t worker;
  double seconds;
};

/// Seconds that the worker which was busiest spent on its tasks.
double busiest(const SharedArray<Spent>& spent) {
  double most = 0;
  for (std::size_t i = 0; i < kTasks; ++i) {
    double sum = 0;
    for (std::size_t j = 0; j < kTasks; ++j) sum += spent[j].worker == spent[i].worker ? spent[j].seconds : 0;
    most = std::max(most, sum);
  }
  return most;
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
  const SharedArray<Clock::time_point> moment(1);
  while (samples.size() < count) {
    try {
      pool.for_each(
          [&](lt::Index) {
            moment[0] = Clock::now();
            ::raise(SIGKILL);
          },
          std::vector<lt::Index>{0});
    } catch (const lt::WorkerDied&) {
      samples.push_back(seconds_since(moment[0]));
    }
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
  const SharedArray<Spent> spent(kTasks);
  const auto timed_piece = [&](lt::Index task) {
    const auto start = Clock::now();
    auto made = piece(task);
    spent[static_cast<std::size_t>(task)] = {::getpid(), seconds_since(start)};
    return made;
  };
  for (const lt::Index dim : {0, 1}) {
    require(equal(pool.map_cat(timed_piece, tasks, dim), lt::cat(pieces, dim)));
    std::vector<double> calls_took, workers_took, makings_took;
    while (calls_took.size() < calls) {
      auto start = Clock::now();
      pool.map_cat(timed_piece, tasks, dim);
      calls_took.push_back(seconds_since(start));
      workers_took.push_back(busiest(spent));
      start = Clock::now();
      pool.for_each(timed_piece, tasks);
      makings_took.push_back(seconds_since(start));
    }
    std::printf("\"map_cat dim %td\": %.9f, \"busiest worker dim %td\": %.9f, \"for_each dim %td\": %.9f, ", dim,
                quantile(calls_took, 0.5), dim, quantile(workers_took, 0.5), dim, quantile(makings_took, 0.5));
  }
  const auto out = lt::cat(pieces);
  std::printf("\"parallel copy\": %.9f, ", median(calls, [&] { lt::cat_into(out, pieces); }));
  std::printf("\"fresh cat\": %.9f, ", median(calls, [&] {
                lt::empty_cache();
                lt::cat(pieces);
              }));
  const auto samples = deaths(20 * calls);
  std::printf("\"death p50\": %.9f, \"death p99\": %.9f}\n", quantile(samples, 0.5), quantile(samples, 0.99));
}
