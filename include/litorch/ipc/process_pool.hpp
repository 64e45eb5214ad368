// SPDX-License-Identifier: MIT
// Work in processes: a task that crashes, hangs or is killed costs its own result and nothing else.
#pragma once

#include <litorch/ipc/worker_team.hpp>
#include <litorch/ops/cat.hpp>

#include <memory>

namespace litorch {

/// What map() does about tasks that fail.
enum class OnTaskError {
  raise,    ///< throws the error of the first one, after all others are done
  collect,  ///< gives R() in their places; failures() tells
};

/// Calls any callable of (tasks done, tasks in all). Copies share the callable.
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

struct ProcessPoolOptions {
  std::size_t processes = 0;            ///< at once; 0 for available_cpus()
  std::chrono::nanoseconds timeout{0};  ///< of one task, after which its worker is killed; 0 for none
  std::size_t retries = 0;              ///< of a task whose worker died, in a new worker each time
  OnTaskError on_error = OnTaskError::raise;
  ProgressCallback progress{};  ///< called in the parent after each task
};

/// A task without a result.
struct TaskFailure {
  std::size_t task;
  std::exception_ptr error;  ///< a WorkerException, WorkerDied or Timeout
};

/// Calls functions in forked processes. Workers are forked at the call, so functions and inputs are simply there, and
/// only results are sent: tensors, numbers, std::string, trivially copyable structures, and pairs, tuples and vectors
/// of these, of any size. A call hands out tasks one by one, forks a new worker for one that died, and returns when each
/// task has a result or an error; no process, descriptor or mapping is left behind.
///
/// A task fails with WorkerException when the function throws (the text is kept), with WorkerDied when its process ends,
/// and with Timeout. Calls from a worker run inline. Not thread-safe: one call at a time; a call may be made while other
/// threads run, whose locks the workers do not touch unless the function does. Workers end with the parent.
class ProcessPool {
 public:
  explicit ProcessPool(ProcessPoolOptions options = {}) : options_(std::move(options)) {
    if (options_.processes == 0) options_.processes = available_cpus();
    if (options_.timeout.count() < 0) detail::fail<Error>("ProcessPool(): a negative timeout; give 0 for none");
  }

  std::size_t processes() const noexcept { return options_.processes; }
  /// Of the last call.
  const std::vector<TaskFailure>& failures() const noexcept { return failures_; }

  /// {fn(x) for each x of inputs}, in this order. Large tensors arrive in memory that the worker wrote: no second copy.
  /// Throws WorkerException, WorkerDied or Timeout as `on_error` says, and IoError where no worker can be started.
  template <class F, std::ranges::forward_range Inputs>
  auto map(const F& fn, const Inputs& inputs) {
    using R = std::remove_cvref_t<std::invoke_result_t<const F&, std::ranges::range_reference_t<const Inputs>>>;
    const auto places = places_of(inputs);
    std::vector<R> results(places.size());
    run(
        "ProcessPool::map", places.size(),
        [&](std::size_t task, auto& reply) { detail::WholeResultCodec<R>::write(reply, fn(*places[task])); },
        [&](std::size_t task, detail::ResultReader& reader) {
          results[task] = detail::WholeResultCodec<R>::read(reader);
        });
    return results;
  }

  /// fn(x) for each x of inputs, for what it does outside of the process. Throws as map().
  template <class F, std::ranges::forward_range Inputs>
  void for_each(const F& fn, const Inputs& inputs) {
    const auto places = places_of(inputs);
    run(
        "ProcessPool::for_each", places.size(), [&](std::size_t task, auto&) { fn(*places[task]); },
        [](std::size_t, detail::ResultReader&) {});
  }

  /// cat(map(fn, inputs), dim), consuming: pieces of whole pages that follow one another in the result become it without
  /// a copy in this process; of others no more is there at any time than the result and a few. `fn` returns a tensor.
  /// Throws as map() and cat() do; with OnTaskError::collect, tasks that failed bring nothing.
  template <class F, std::ranges::forward_range Inputs>
  auto map_cat(const F& fn, const Inputs& inputs, Index dim = 0) {
    return cat(map(fn, inputs), dim);
  }

 private:
  template <class Inputs>
  static auto places_of(const Inputs& inputs) {
    std::vector<std::ranges::iterator_t<const Inputs>> places;
    for (auto place = std::ranges::begin(inputs); place != std::ranges::end(inputs); ++place) places.push_back(place);
    return places;
  }

  template <class Job, class Accept>
  void run(const char* call, std::size_t tasks, Job job, Accept accept) {
    failures_.clear();
    std::size_t done = 0;
    const auto count = [&] {
      if (options_.progress) options_.progress(++done, tasks);
    };
    const auto accepted = [&](std::size_t task, detail::ResultReader& reader) {
      accept(task, reader);
      count();
    };
    const auto refused = [&](std::size_t task, std::exception_ptr error) {
      failures_.push_back({task, std::move(error)});
      count();
    };
    if (detail::in_worker_process) {
      detail::run_inline(call, tasks, job, accepted, refused);
    } else {
      const detail::TeamLimits limits{std::min(options_.processes, tasks), options_.timeout, options_.retries};
      detail::WorkerTeam(call, limits, tasks, job, accepted, refused).run();
    }
    const auto earlier = [](const TaskFailure& a, const TaskFailure& b) { return a.task < b.task; };
    std::sort(failures_.begin(), failures_.end(), earlier);
    if (options_.on_error == OnTaskError::raise && !failures_.empty()) std::rethrow_exception(failures_[0].error);
  }

  ProcessPoolOptions options_;
  std::vector<TaskFailure> failures_;
};

}  // namespace litorch
