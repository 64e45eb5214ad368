// SPDX-License-Identifier: MIT
// Waiting for several descriptors at once.
#pragma once

#include <litorch/base/error.hpp>

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <vector>

namespace litorch::posix {

/// Descriptors, numbered from 0 in the order they were added; -1 is never ready.
class ReadySet {
 public:
  using Clock = std::chrono::steady_clock;

  void clear() noexcept { events_.clear(); }
  void add(int fd) { events_.push_back({fd, POLLIN, 0}); }

  /// Waits until one can be read or is at its end, or `deadline` has passed, or a signal came. Throws IoError.
  void wait(const char* call, Clock::time_point deadline) {
    if (::poll(events_.data(), events_.size(), milliseconds_to(deadline)) >= 0) return;
    for (::pollfd& event : events_) event.revents = 0;
    if (errno != EINTR) detail::fail_io(errno, call, "(): cannot wait for other processes");
  }
  bool ready(std::size_t i) const noexcept { return events_[i].revents != 0; }

 private:
  static int milliseconds_to(Clock::time_point deadline) {
    if (deadline == Clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, 60'000));
  }

  std::vector<::pollfd> events_;
};

/// Whether a descriptor can be read now.
inline bool is_readable(int fd) noexcept {
  ::pollfd event{fd, POLLIN, 0};
  return ::poll(&event, 1, 0) > 0 && (event.revents & POLLIN) != 0;
}

}  // namespace litorch::posix
