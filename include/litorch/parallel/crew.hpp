// SPDX-License-Identifier: MIT
// The engine of ThreadPool: worker threads that sleep until there is a parallel region to take part in. One mutex, one
// atomic counter, nothing to allocate.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/parallel/fork_generation.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace litorch::detail {

/// Looks for up to `kSpin` whether `ready()`, without giving up the CPU: a thread that parks takes from 1 to 50
/// microseconds to wake. Short enough that nobody notices it where the CPU is wanted by others.
template <class Ready>
void spin_until(Ready ready) {
  constexpr std::chrono::microseconds kSpin{20};
  constexpr int kLooks = 64;  // a look costs some nanoseconds, the clock 20 of them
  const auto end = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int look = 0; look < kLooks; ++look) {
      if (ready()) return;
      LITORCH_PAUSE();
    }
  } while (std::chrono::steady_clock::now() < end);
}

/// True on a thread that takes part in a region of any pool.
inline constinit thread_local bool inside_region = false;

/// A forked child cannot free what threads of its parent may use or hold locked. It keeps the memory reachable instead.
struct Abandoned {
  Abandoned* next = nullptr;
};
inline std::atomic<Abandoned*> abandoned_memory{nullptr};
inline void abandon(Abandoned* memory) noexcept {
  memory->next = abandoned_memory.exchange(memory, std::memory_order_relaxed);  // nobody reads the list
}

/// The threads of one pool and the region they work on. Who has nothing to do looks around for a moment, then sleeps.
class Crew : public Abandoned {
 public:
  /// Hands out the indices below `count` from `next` and calls the function at `context` with each.
  using Drain = void (*)(void* context, std::atomic<std::size_t>& next, std::size_t count);

  explicit Crew(std::size_t workers);
  ~Crew() { dismiss(); }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  /// False when another thread has a region under way: nothing has been called then.
  bool try_run(Drain drain, void* context, std::size_t count);

  bool in_forked_child() const noexcept { return generation_ != fork_generation(); }
  std::uint64_t regions() const noexcept { return regions_.load(std::memory_order_relaxed); }
  std::uint64_t suppressed() const noexcept { return suppressed_.load(std::memory_order_relaxed); }

 private:
  void work();
  void take_part();
  void dismiss() noexcept;

  const std::uint64_t generation_ = fork_generation();
  std::vector<std::thread> workers_;
  std::atomic<std::uint64_t> regions_{0};
  std::atomic<std::uint64_t> suppressed_{0};
  std::atomic<bool> calling_{
      false};  // a region wants workers, or none is wanted any more: only ends the looking around

  std::mutex mutex_;  // guards all below but next_, and publishes what the calls read and wrote
  std::condition_variable work_;
  std::condition_variable done_;
  bool busy_ = false;
  bool dismissed_ = false;
  std::size_t wanted_ = 0;              // workers that may still join the region
  std::atomic<std::size_t> active_{0};  // workers that have joined it and not left; changed under the mutex
  Drain drain_ = nullptr;               // constant while busy, as the two below
  void* context_ = nullptr;
  std::size_t count_ = 0;
  std::exception_ptr error_;
  alignas(kCacheLine) std::atomic<std::size_t> next_{0};  // only hands out numbers: relaxed everywhere
};

inline Crew::Crew(std::size_t workers) {
  workers_.reserve(workers);
  try {
    while (workers_.size() < workers) workers_.emplace_back([this] { work(); });
  } catch (const std::system_error& error) {
    const std::size_t started = workers_.size();
    dismiss();
    fail_io(error.code().value(), "ThreadPool(): only ", started, " of ", workers,
            " workers could be started; ask for fewer threads or raise the limit on processes");
  } catch (...) {
    dismiss();
    throw;
  }
}

inline void Crew::dismiss() noexcept {
  {
    const std::lock_guard lock(mutex_);
    dismissed_ = true;
    calling_.store(true, std::memory_order_relaxed);
  }
  work_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

inline void Crew::work() {
  inside_region = true;
  std::unique_lock lock(mutex_);
  for (;;) {
    work_.wait(lock, [this] { return wanted_ > 0 || dismissed_; });
    if (dismissed_) return;
    if (--wanted_ == 0) calling_.store(false, std::memory_order_relaxed);
    active_.fetch_add(1, std::memory_order_relaxed);
    lock.unlock();
    take_part();
    lock.lock();
    if (active_.fetch_sub(1, std::memory_order_relaxed) == 1) done_.notify_one();
    lock.unlock();
    spin_until([this] { return calling_.load(std::memory_order_relaxed); });
    lock.lock();
  }
}

inline void Crew::take_part() {
  try {
    drain_(context_, next_, count_);
  } catch (...) {
    next_.store(count_, std::memory_order_relaxed);
    if (!in_forked_child()) {
      const std::lock_guard lock(mutex_);
      if (error_)
        suppressed_.fetch_add(1, std::memory_order_relaxed);
      else
        error_ = std::current_exception();
    }
  }
  if (in_forked_child())
    fail<ForkSafetyError>("ThreadPool::run(): a child forked inside a parallel region came back to it; end it there");
}

inline bool Crew::try_run(Drain drain, void* context, std::size_t count) {
  {
    const std::lock_guard lock(mutex_);
    if (busy_) return false;
    busy_ = true;
    wanted_ = std::min(count - 1, workers_.size());
    calling_.store(true, std::memory_order_relaxed);
    drain_ = drain;
    context_ = context;
    count_ = count;
    next_.store(0, std::memory_order_relaxed);
    regions_.fetch_add(1, std::memory_order_relaxed);
  }
  if (count > workers_.size())
    work_.notify_all();
  else
    for (std::size_t i = 1; i < count; ++i) work_.notify_one();

  inside_region = true;
  take_part();
  inside_region = false;

  std::unique_lock lock(mutex_);
  wanted_ = 0;  // who has not woken by now is too late
  calling_.store(dismissed_, std::memory_order_relaxed);
  if (active_.load(std::memory_order_relaxed) > 0) {
    lock.unlock();
    spin_until([this] { return active_.load(std::memory_order_relaxed) == 0; });
    lock.lock();
  }
  done_.wait(lock, [this] { return active_.load(std::memory_order_relaxed) == 0; });
  busy_ = false;
  const std::exception_ptr error = std::exchange(error_, nullptr);
  lock.unlock();
  if (error) std::rethrow_exception(error);
  return true;
}

}  // namespace litorch::detail
