// SPDX-License-Identifier: MIT
// The engine of ThreadPool: worker threads that sleep until there is a parallel region to take part in. A region in
// which nobody has to be woken costs a few passes of cache lines from one CPU to the other: no lock, nothing to allocate.
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
///
/// One word says it all: how many workers may still join the region, and how many are in it. Opening a region stores it
/// (release), joining takes it by compare-exchange (acquire), leaving gives it back (release), and the region ends when
/// nobody is left in it (acquire). The mutex is only for sleeping: who goes to sleep says so and looks at the word once
/// more, who changes the word looks for sleepers afterwards. All four are sequentially consistent, so one sees the other.
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
  static constexpr std::uint64_t kInside = 0xffff'ffff;            // workers that are in the region
  static constexpr std::uint64_t kPlace = std::uint64_t{1} << 32;  // one of those that may still join
  static constexpr std::uint64_t kPlaces = 0x7fff'ffff * kPlace;
  static constexpr std::uint64_t kDismissed = std::uint64_t{1} << 63;

  void work();
  bool join();
  void leave();
  void take_part();
  void wake(std::size_t wanted);
  void wait_for_all();
  void dismiss() noexcept;

  const std::uint64_t generation_ = fork_generation();
  std::vector<std::thread> workers_;
  std::atomic<std::uint64_t> regions_{0};
  std::atomic<std::uint64_t> suppressed_{0};
  std::atomic<bool> busy_{false};

  alignas(kCacheLine) std::atomic<std::uint64_t> region_{0};
  Drain drain_ = nullptr;  // constant while anybody is in the region, as the two below
  void* context_ = nullptr;
  std::size_t count_ = 0;
  alignas(kCacheLine) std::atomic<std::size_t> next_{0};  // only hands out numbers: relaxed everywhere

  alignas(kCacheLine) std::mutex mutex_;  // guards error_, and sleeping
  std::condition_variable work_;
  std::condition_variable done_;
  std::atomic<std::size_t> sleepers_{0};
  std::atomic<bool> caller_sleeps_{false};
  std::exception_ptr error_;
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
    region_.fetch_or(kDismissed);
  }
  work_.notify_all();
  for (std::thread& worker : workers_) worker.join();
  workers_.clear();
}

inline void Crew::work() {
  inside_region = true;
  const auto called = [this] { return (region_.load() & (kPlaces | kDismissed)) != 0; };
  for (;;) {
    spin_until(called);
    if (!called()) {
      std::unique_lock lock(mutex_);
      sleepers_.fetch_add(1);
      work_.wait(lock, called);
      sleepers_.fetch_sub(1);
    }
    if ((region_.load(std::memory_order_relaxed) & kDismissed) != 0) return;
    if (!join()) continue;
    take_part();
    leave();
  }
}

inline bool Crew::join() {
  std::uint64_t seen = region_.load(std::memory_order_relaxed);
  while ((seen & kPlaces) != 0)
    if (region_.compare_exchange_weak(seen, seen - kPlace + 1, std::memory_order_acquire, std::memory_order_relaxed))
      return true;
  return false;
}

inline void Crew::leave() {
  if ((region_.fetch_sub(1) & kInside) != 1 || !caller_sleeps_.load()) return;
  { const std::lock_guard lock(mutex_); }
  done_.notify_one();
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

/// Wakes as many sleepers as are missing. Who is awake joins without being called.
inline void Crew::wake(std::size_t wanted) {
  const std::size_t asleep = sleepers_.load(), awake = workers_.size() - std::min(asleep, workers_.size());
  if (asleep == 0 || wanted <= awake) return;
  { const std::lock_guard lock(mutex_); }
  if (wanted == workers_.size())
    work_.notify_all();
  else
    for (std::size_t i = awake; i < wanted; ++i) work_.notify_one();
}

inline void Crew::wait_for_all() {
  const auto alone = [this] { return (region_.load() & kInside) == 0; };
  spin_until(alone);
  if (alone()) return;
  std::unique_lock lock(mutex_);
  caller_sleeps_.store(true);
  done_.wait(lock, alone);
  caller_sleeps_.store(false, std::memory_order_relaxed);
}

inline bool Crew::try_run(Drain drain, void* context, std::size_t count) {
  if (busy_.load(std::memory_order_relaxed) || busy_.exchange(true, std::memory_order_acquire)) return false;
  const std::size_t wanted = std::min(count - 1, workers_.size());
  drain_ = drain;
  context_ = context;
  count_ = count;
  next_.store(0, std::memory_order_relaxed);
  regions_.fetch_add(1, std::memory_order_relaxed);
  region_.store(wanted * kPlace);
  wake(wanted);

  inside_region = true;
  take_part();
  inside_region = false;

  region_.fetch_and(~kPlaces, std::memory_order_relaxed);  // who has not joined by now is too late
  wait_for_all();
  const std::exception_ptr error = std::exchange(error_, nullptr);
  busy_.store(false, std::memory_order_release);
  if (error) std::rethrow_exception(error);
  return true;
}

}  // namespace litorch::detail
