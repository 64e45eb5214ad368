// SPDX-License-Identifier: MIT
// What the system is asked once in a process.
#pragma once

#include <litorch/base/config.hpp>

#include <atomic>

namespace litorch::detail {

/// The number, not below zero, that `kAsk` gives: asked at the first call, and then kept. Unlike a static variable of a
/// function it can be had in a child that was forked while another thread was asking: nobody waits, and several may ask
/// at the same time.
template <auto kAsk>
Index asked_once() {
  static constinit std::atomic<Index> kept{-1};
  Index number = kept.load(std::memory_order_relaxed);
  if (number < 0) {
    number = static_cast<Index>(kAsk());
    kept.store(number, std::memory_order_relaxed);
  }
  return number;
}

}  // namespace litorch::detail
