// SPDX-License-Identifier: MIT
// How long calls tell their callers how far they are.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

namespace litorch {

/// Calls any callable of (done, in all), in tasks or bytes, as the call that takes it says. Copies share the callable.
class ProgressCallback {
 public:
  ProgressCallback() = default;
  template <std::invocable<std::size_t, std::size_t> F>
  ProgressCallback(F callable)
      : callable_(std::make_shared<F>(std::move(callable))),
        call_([](void* f, std::size_t done, std::size_t total) { (*static_cast<F*>(f))(done, total); }) {}

  explicit operator bool() const noexcept { return callable_ != nullptr; }
  void operator()(std::size_t done, std::size_t total) const { call_(callable_.get(), done, total); }

 private:
  std::shared_ptr<void> callable_;
  void (*call_)(void*, std::size_t, std::size_t) = nullptr;
};

}  // namespace litorch
