// SPDX-License-Identifier: MIT
// Workers that are forked while other threads of the program hold any lock there is.
// LITORCH_SOAK_FORKS says how many forks; 200 unless it is set.
#include "support/catch.hpp"
#include "support/forked_child.hpp"

#include <litorch/litorch.hpp>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <locale>
#include <mutex>
#include <sstream>
#include <thread>

using namespace litorch;

namespace {

/// What other threads of a program do.
void make_noise(const std::atomic<bool>& done, std::mutex& mutex, std::FILE* into) {
  for (unsigned round = 0; !done; ++round) {
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < 50; ++i) texts.emplace_back(i * 37 + 1, 'x');
    std::fprintf(into, "round %u of %s\n", round, texts.back().c_str());
    std::fprintf(stderr, "%s", "");
    std::ostringstream stream;
    stream.imbue(std::locale());
    stream << 1234.5 << round;
    const std::lock_guard lock(mutex);
    const auto large = full<float>({1 << 18}, 1);  // by the threads that all operations share
    if (sum(large).item() <= 0 || cat({large, large}).numel() != 2 << 18) std::abort();
    try {
      throw std::runtime_error("noise");
    } catch (const std::exception&) {}
    if (round % 20 == 0) empty_cache();
    if (round % 50 == 0) set_num_threads(2);
  }
}

}  // namespace

TEST_CASE("workers forked while other threads allocate, print, throw and compute do their tasks") {
  const char* const asked = std::getenv("LITORCH_SOAK_FORKS");
  const int rounds = (asked != nullptr ? std::atoi(asked) : 200) / 4;
  std::FILE* const nothing = std::fopen("/dev/null", "w");
  REQUIRE(nothing != nullptr);
  std::atomic<bool> done{false};
  std::mutex mutex;
  std::vector<std::thread> noise;
  for (int i = 0; i < 2; ++i) noise.emplace_back([&] { make_noise(done, mutex, nothing); });
  int wrong = 0;
  for (int round = 0; round < rounds; ++round) {
    ProcessPool pool({.processes = 4, .timeout = std::chrono::seconds(30)});
    const auto results = pool.map(
        [&](int task) {
          std::vector<std::string> texts;
          for (std::size_t i = 0; i < 50; ++i) texts.emplace_back(i * 37 + 1, 'y');
          std::ostringstream stream;
          stream << task << std::locale().name();
          try {
            throw std::runtime_error(stream.str());
          } catch (const std::exception&) {}
          const auto piece = full<float>({task == 0 ? 1 << 19 : 100}, static_cast<float>(task));
          return cat({piece, piece});
        },
        std::vector<int>{0, 1, 2, 3});
    for (int task = 0; task < 4; ++task)
      wrong += results[static_cast<std::size_t>(task)].numel() != 2 * (task == 0 ? 1 << 19 : 100);
  }
  done = true;
  for (std::thread& thread : noise) thread.join();
  std::fclose(nothing);
  CHECK(wrong == 0);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}
