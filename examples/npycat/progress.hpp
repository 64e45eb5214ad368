// SPDX-License-Identifier: MIT
// A progress bar with rate and time left.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

/// Draws how many bytes are done: on standard error, if that is a terminal, once the work has taken longer than half a
/// second. Called by one thread at a time.
class ProgressBar {
 public:
  explicit ProgressBar(std::string title) : title_(std::move(title)) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() {
    if (drawn_) std::fputc('\n', stderr);
  }

  void show(std::size_t done, std::size_t total) {
    const Clock::time_point now = Clock::now();
    if (!terminal_ || now - start_ < std::chrono::milliseconds(500) || (now < next_ && done < total)) return;
    next_ = now + std::chrono::milliseconds(50);
    const double part = static_cast<double>(done) / static_cast<double>(total), seconds = elapsed();
    const auto filled = static_cast<std::size_t>(part * kWidth);
    std::fprintf(stderr, "\r%s [%s%s] %3.0f%% %7.0f MB/s, %4.0f s left", title_.c_str(),
                 std::string(filled, '#').c_str(), std::string(kWidth - filled, '.').c_str(), 100 * part,
                 static_cast<double>(done) / 1e6 / seconds, seconds / part - seconds);
    std::fflush(stderr);
    drawn_ = true;
  }
  /// Seconds since it was made.
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kWidth = 40;

  const std::string title_;
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point next_{};
  bool drawn_ = false;
};
