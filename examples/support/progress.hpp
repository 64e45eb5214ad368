// SPDX-License-Identifier: MIT
// A progress bar.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

/// Draws how much is done: on standard error, if that is a terminal, once the work has taken longer than `patience`.
/// Called by one thread at a time.
class ProgressBar {
 public:
  enum class AtEnd { stays, goes };

  explicit ProgressBar(std::string title, std::chrono::milliseconds patience = std::chrono::milliseconds(500),
                       AtEnd at_end = AtEnd::stays)
      : title_(std::move(title)), patience_(patience), at_end_(at_end) {}
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar() {
    if (drawn_) std::fputs(at_end_ == AtEnd::stays ? "\n" : "\r\x1b[K", stderr);
  }

  /// Steps of any kind.
  void show(std::size_t done, std::size_t total) {
    if (due(done, total)) draw(part_of(done, total), "");
  }
  /// Bytes, with their rate and the time left.
  void show_bytes(std::size_t done, std::size_t total) {
    if (!due(done, total)) return;
    const double part = part_of(done, total), seconds = elapsed();
    char rate[64];
    std::snprintf(rate, sizeof(rate), " %7.0f MB/s, %4.0f s left", static_cast<double>(done) / 1e6 / seconds,
                  seconds / part - seconds);
    draw(part, rate);
  }
  /// Seconds since it was made.
  double elapsed() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kWidth = 40;

  static double part_of(std::size_t done, std::size_t total) {
    return static_cast<double>(done) / static_cast<double>(total);
  }
  bool due(std::size_t done, std::size_t total) {
    const Clock::time_point now = Clock::now();
    if (!terminal_ || now - start_ < patience_ || (now < next_ && done < total)) return false;
    next_ = now + std::chrono::milliseconds(50);
    return true;
  }
  void draw(double part, const char* note) {
    const auto filled = static_cast<std::size_t>(part * kWidth);
    std::fprintf(stderr, "\r%s [%s%s] %3.0f%%%s", title_.c_str(), std::string(filled, '#').c_str(),
                 std::string(kWidth - filled, '.').c_str(), 100 * part, note);
    std::fflush(stderr);
    drawn_ = true;
  }

  const std::string title_;
  const std::chrono::milliseconds patience_;
  const AtEnd at_end_;
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  const Clock::time_point start_ = Clock::now();
  Clock::time_point next_{};
  bool drawn_ = false;
};
