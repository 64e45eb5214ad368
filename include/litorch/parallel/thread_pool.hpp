// SPDX-License-Identifier: MIT
// Fork-join parallelism: a pool of threads that take part in one region at a time, and the pool that the library uses
// unless it is given another executor. No queue, no futures.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/parallel/cpu_count.hpp>
#include <litorch/parallel/crew.hpp>
#include <litorch/parallel/executor.hpp>
#include <litorch/parallel/fork_generation.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>

namespace litorch {
namespace detail {

/// `threads`, or an Error in the name of `call` when no pool can have that many.
inline std::size_t checked_threads(const char* call, std::size_t threads) {
  if (threads < 1 || threads > static_cast<std::size_t>(kMaxThreads))
    fail<Error>(call, ": ", threads, " threads, expected 1 to ", kMaxThreads,
                "; available_cpus() tells what suits this machine");
  return threads;
}

}  // namespace detail

/// An Executor of `threads` threads: the one that calls run(), and threads - 1 workers, which look for the next
/// region for 20 microseconds after the last and then wait without using the CPU.
///
/// run() calls everything on the calling thread, in order, when there is nobody to share the work with or no right to:
/// for n < 2, with one thread, inside a region of any pool (nested parallelism adds no threads), while another thread
/// has a region of this pool under way (it does not wait), and in a forked child, which has none of the workers.
///
/// Thread safety: all members but the destructor may be called from any thread at any time. The destructor joins the
/// workers; no run() may be under way, and a call must not destroy the pool that runs it. In a forked child it leaves
/// the parent's threads, locks and memory alone.
class ThreadPool {
 public:
  /// Throws Error unless 1 <= threads <= 4096, IoError when the system refuses a thread (all others are joined then).
  explicit ThreadPool(std::size_t threads) : size_(detail::checked_threads("ThreadPool()", threads)) {
    if (threads > 1) crew_ = std::make_unique<detail::Crew>(threads - 1);
  }
  ~ThreadPool() {
    if (crew_ != nullptr && crew_->in_forked_child()) detail::abandon(crew_.release());
  }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t size() const noexcept { return size_; }

  /// Calls f(i) for each i in [0, n) as the Executor contract says. Allocates nothing, wakes at most n - 1 workers.
  /// Throws what f throws; ForkSafetyError in a child that f forked and that returned from f.
  template <class F>
  void run(std::size_t n, F&& f) {
    auto drain = [](void* context, std::atomic<std::size_t>& next, std::size_t count) {
      auto& function = *static_cast<std::remove_reference_t<F>**>(context);
      for (;;) {
        const std::size_t i = next.fetch_add(1, std::memory_order_relaxed);
        if (i >= count) return;
        (*function)(i);
      }
    };
    auto* function = std::addressof(f);
    if (n < 2 || crew_ == nullptr || detail::inside_region || crew_->in_forked_child() ||
        !crew_->try_run(drain, &function, n))
      InlineExecutor().run(n, f);
  }

  /// Calls of run() so far that called on the workers instead of running inline.
  std::uint64_t parallel_runs() const noexcept { return crew_ == nullptr ? 0 : crew_->regions(); }
  /// Exceptions so far that run() did not rethrow, because another came first in the same region.
  std::uint64_t suppressed_exceptions() const noexcept { return crew_ == nullptr ? 0 : crew_->suppressed(); }

 private:
  std::size_t size_;
  std::unique_ptr<detail::Crew> crew_;
};

namespace detail {

/// The pool of the process. Never freed; its threads are joined when the program ends.
struct DefaultPool : Abandoned {
  const std::uint64_t generation = fork_generation();
  std::mutex mutex;  // guards both below
  std::shared_ptr<ThreadPool> pool;
  bool closed = false;  // the program is ending
};

inline std::atomic<DefaultPool*> default_pool_slot{nullptr};
inline std::atomic<std::size_t> default_pool_size{0};  // 0 until somebody asks

/// The one of this process, made at first use. A forked child makes its own: a thread of the parent may have held the
/// lock of the old one.
inline DefaultPool& default_pool_state() {
  DefaultPool* found = default_pool_slot.load(std::memory_order_acquire);  // pairs with the exchange below
  while (found == nullptr || found->generation != fork_generation()) {
    auto made = std::make_unique<DefaultPool>();
    DefaultPool* const old = found;
    if (!default_pool_slot.compare_exchange_strong(found, made.get(), std::memory_order_acq_rel)) continue;
    if (old != nullptr) abandon(old);
    found = made.release();
  }
  return *found;
}

struct DefaultPoolCloser {
  ~DefaultPoolCloser() {
    DefaultPool& state = default_pool_state();
    std::shared_ptr<ThreadPool> pool;  // ends after the lock
    const std::lock_guard lock(state.mutex);
    state.closed = true;
    pool = std::move(state.pool);
  }
};
inline constinit DefaultPoolCloser default_pool_closer;

}  // namespace detail

/// How many threads parallel_for() and the tensor operations may use: what set_num_threads() said, else
/// default_num_threads(), asked once. Starts no thread. Throws Error when LITORCH_NUM_THREADS makes no sense.
inline std::size_t num_threads() {
  std::size_t size = detail::default_pool_size.load(std::memory_order_relaxed);
  if (size == 0) {
    const std::size_t found = default_num_threads();
    if (detail::default_pool_size.compare_exchange_strong(size, found, std::memory_order_relaxed)) size = found;
  }
  return size;
}

/// Takes effect with the next region; regions under way end with the threads they have. Thread-safe.
/// Throws Error unless 1 <= threads <= 4096.
inline void set_num_threads(std::size_t threads) {
  detail::checked_threads("set_num_threads()", threads);
  detail::DefaultPool& state = detail::default_pool_state();
  std::shared_ptr<ThreadPool> old;  // ends after the lock
  const std::lock_guard lock(state.mutex);
  detail::default_pool_size.store(threads, std::memory_order_relaxed);
  if (state.pool != nullptr && state.pool->size() != threads) old = std::move(state.pool);
}

namespace detail {

/// The pool of num_threads() threads that everybody shares, made at first use. Throws as ThreadPool() does.
inline std::shared_ptr<ThreadPool> default_pool() {
  DefaultPool& state = default_pool_state();
  const std::lock_guard lock(state.mutex);
  if (state.closed) return std::make_shared<ThreadPool>(1);
  if (state.pool == nullptr) state.pool = std::make_shared<ThreadPool>(num_threads());
  return state.pool;
}

}  // namespace detail

/// The Executor that operations use when they are given none: the default pool of num_threads() threads. No state.
class DefaultExecutor {
 public:
  /// num_threads(); 1 inside a region, where nothing is left to share. Throws as num_threads() does.
  std::size_t size() const { return detail::inside_region ? 1 : num_threads(); }

  template <class F>
  void run(std::size_t n, F&& f) const {
    if (n < 2 || size() == 1)
      InlineExecutor().run(n, f);
    else
      detail::default_pool()->run(n, f);
  }
};

/// Calls f(i) for each i in [0, n), on up to num_threads() threads; the Executor contract holds.
template <class F>
void parallel_for(std::size_t n, F&& f) {
  DefaultExecutor().run(n, f);
}

}  // namespace litorch
