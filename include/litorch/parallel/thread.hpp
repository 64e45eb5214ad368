// SPDX-License-Identifier: MIT
// One thread that runs one function once, and hands what it threw to whoever joins it.
#pragma once

#include <litorch/base/error.hpp>
#include <litorch/parallel/fork_generation.hpp>

#include <concepts>
#include <exception>
#include <memory>
#include <system_error>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>

namespace litorch {
namespace detail {

/// What std::thread could run as well: copies of the arguments, moved into the call of a copy of the callable.
template <class F, class... Args>
concept ThreadBody = std::invocable<std::decay_t<F>, std::decay_t<Args>...>;

}  // namespace detail

/// A function and its arguments, to be run on a thread of their own. Nothing runs before start().
///
///     Thread reader(read_shard, path);
///     reader.start();
///     reader.join();  // rethrows what read_shard threw
///
/// Callable and arguments are copied or moved in as std::thread does (std::ref for a reference), moved into the call,
/// and destroyed on the thread as soon as the call has ended. Move-only, also while the thread runs. The destructor
/// joins a thread that was started, and swallows its exception.
/// Thread safety: one thread at a time may use a Thread; it need not be the one that started it.
class Thread {
 public:
  /// Throws what copying the callable and the arguments throws.
  template <class F, class... Args>
  requires detail::ThreadBody<F, Args...>
  explicit Thread(F&& f, Args&&... args)
      : state_(std::make_unique<State>(std::make_unique<BodyOf<std::decay_t<F>, std::decay_t<Args>...>>(
            std::forward<F>(f), std::forward<Args>(args)...))) {}

  Thread(Thread&&) noexcept = default;
  /// Joins the thread it runs before, and swallows its exception.
  Thread& operator=(Thread&& other) noexcept {
    if (this == &other) return *this;
    finish();
    state_ = std::move(other.state_);
    return *this;
  }
  ~Thread() { finish(); }

  /// Starts the thread. Throws Error when it was started before, IoError when the system has no thread to give; the
  /// call may then be repeated.
  void start() {
    if (state_ == nullptr) detail::fail<Error>("Thread::start(): the thread was moved from; start the one it moved to");
    if (state_->phase != Phase::created)
      detail::fail<Error>("Thread::start(): started before; a Thread runs once, make a new one for each run");
    try {
      state_->thread = std::thread([state = state_.get()]() noexcept { state->run(); });
    } catch (const std::system_error& error) {
      detail::fail_io(error.code().value(),
                      "Thread::start(): no thread to be had; join others first or raise the limit on processes");
    }
    state_->phase = Phase::running;
    state_->generation = detail::fork_generation();
  }

  /// Waits until the body has ended, and rethrows what it threw. Throws Error without start(), after another join() and
  /// on the thread itself, ForkSafetyError in a forked child, where the thread does not exist.
  void join() {
    if (state_ == nullptr) detail::fail<Error>("Thread::join(): the thread was moved from; join the one it moved to");
    if (state_->phase == Phase::created) detail::fail<Error>("Thread::join(): not started; call start() first");
    if (state_->phase == Phase::joined) detail::fail<Error>("Thread::join(): joined before; join once after start()");
    if (state_->thread.get_id() == std::this_thread::get_id())
      detail::fail<Error>("Thread::join(): the thread would wait for itself; join it from another thread");
    if (state_->generation != detail::fork_generation())
      detail::fail<ForkSafetyError>("Thread::join(): threads do not survive fork(); join it in the parent process");
    state_->thread.join();
    state_->phase = Phase::joined;
    if (state_->error) std::rethrow_exception(state_->error);
  }

  /// Started and not joined yet.
  bool joinable() const noexcept { return state_ != nullptr && state_->phase == Phase::running; }

 private:
  enum class Phase { created, running, joined };

  struct Body {
    virtual ~Body() = default;
    virtual void call() = 0;
  };

  template <class F, class... Args>
  struct BodyOf final : Body {
    template <class Given, class... Parts>
    explicit BodyOf(Given&& f, Parts&&... parts)
        : function(std::forward<Given>(f)), arguments(std::forward<Parts>(parts)...) {}
    void call() override { std::apply(std::move(function), std::move(arguments)); }

    F function;
    std::tuple<Args...> arguments;
  };

  struct State {
    explicit State(std::unique_ptr<Body> given) : body(std::move(given)) {}

    void run() noexcept {
      const std::unique_ptr<Body> mine = std::move(body);
      try {
        mine->call();
      } catch (...) {
        error = std::current_exception();
      }
    }

    std::unique_ptr<Body> body;
    std::exception_ptr error;
    std::thread thread;
    Phase phase = Phase::created;
    std::uint64_t generation = 0;
  };

  void finish() noexcept {
    if (!joinable()) return;
    if (state_->generation == detail::fork_generation())
      state_->thread.join();
    else
      static_cast<void>(state_.release());  // in a forked child: its std::thread can be neither joined nor destroyed
  }

  std::unique_ptr<State> state_;
};

}  // namespace litorch
