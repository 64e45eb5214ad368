// SPDX-License-Identifier: MIT
// What runs a parallel region, and the serial one that others are measured against.
#pragma once

#include <litorch/base/config.hpp>

#include <concepts>

namespace litorch {

/// Runs n independent calls. The contract of `executor.run(n, f)`:
/// - f(i) is called exactly once for each i in [0, n), in any order, on any thread, several at a time; f itself is
///   neither copied nor moved.
/// - run() returns when all calls have ended; what they wrote is visible to the caller.
/// - When a call throws, no further index is handed out. The calls under way end first, then the first exception is
///   rethrown to the caller.
/// `executor.size()` is how many calls may be under way at once, the caller's own included: at least 1.
template <class E>
concept Executor = requires(E& executor, std::size_t n, void (&f)(std::size_t)) {
  { executor.size() } -> std::convertible_to<std::size_t>;
  executor.run(n, f);
};

/// Calls f(0), f(1), ... in order on the calling thread. Thread-safe: it has no state.
class InlineExecutor {
 public:
  std::size_t size() const noexcept { return 1; }

  template <class F>
  void run(std::size_t n, F&& f) const {
    for (std::size_t i = 0; i < n; ++i) f(i);
  }
};

}  // namespace litorch
