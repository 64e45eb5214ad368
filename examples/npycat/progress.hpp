// SPDX-License-Identifier: MIT
// A progress bar for a join, made of the parts of its parallel region.
#pragma once

#include <litorch/parallel/thread_pool.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

/// Runs regions on the default executor, in more parts than it has threads, and draws how many are done: on standard
/// error, if that is a terminal, once the work has taken longer than half a second.
class ProgressExecutor {
 public:
  explicit ProgressExecutor(std::string title) : title_(std::move(title)) {}

  /// The engine makes some parts for each of these, so that the bar can move.
  std::size_t size() const { return std::max<std::size_t>(litorch::num_threads(), 32); }

  template <class F>
  void run(std::size_t parts, F&& f) {
    total_ += parts;
    litorch::DefaultExecutor().run(parts, [&](std::size_t part) {
      f(part);
      draw();
    });
  }

  /// Ends the line of a bar that was drawn.
  void finish() {
    if (drawn_) std::fputc('\n', stderr);
    drawn_ = false;
  }
  ~ProgressExecutor() { finish(); }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kWidth = 40;

  void draw() {
    const std::lock_guard lock(mutex_);
    ++done_;
    const Clock::time_point now = Clock::now();
    if (!terminal_ || now - start_ < std::chrono::milliseconds(500) || (now < next_ && done_ < total_)) return;
    next_ = now + std::chrono::milliseconds(50);
    const std::size_t filled = kWidth * done_ / total_;
    std::fprintf(stderr, "\r%s [%s%s] %3zu%%", title_.c_str(), std::string(filled, '#').c_str(),
                 std::string(kWidth - filled, '.').c_str(), 100 * done_ / total_);
    std::fflush(stderr);
    drawn_ = true;
  }

  const std::string title_;
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  const Clock::time_point start_ = Clock::now();
  std::mutex mutex_;  // guards all below
  Clock::time_point next_{};
  std::size_t done_ = 0, total_ = 0;
  bool drawn_ = false;
};
