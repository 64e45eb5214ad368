// SPDX-License-Identifier: MIT
// Work in processes: a task that crashes, hangs or is killed costs its own result and nothing else.
#pragma once

#include <litorch/base/progress.hpp>
#include <litorch/ipc/joined_results.hpp>
#include <litorch/ipc/worker_team.hpp>

#include <memory>

namespace litorch {

/// What map() does about tasks that fail.
enum class OnTaskError {
  raise,    ///< throws the error of the first one, after all others are done
  collect,  ///< gives R() in their places; failures() tells
};

struct ProcessPoolOptions {
  std::size_t processes = 0;            ///< at once; 0 for available_cpus()
  std::chrono::nanoseconds timeout{0};  ///< of one task, after which its worker is killed; 0 for none
  std::size_t retries = 0;              ///< of a task whose worker died, in a new worker each time
  OnTaskError on_error = OnTaskError::raise;
  ProgressCallback progress{};  ///< called in the parent after each task, with numbers of tasks
};

/// A task without a result.
struct TaskFailure {
  std::size_t task;
  std::exception_ptr error;  ///< a WorkerException, WorkerDied or Timeout
};

/// Calls functions in forked processes. Workers are forked at the call, so functions and inputs are simply there, and
/// only results are sent: tensors, numbers, std::string, trivially copyable structures, and pairs, tuples, vectors, maps
/// and plain structures of these, of any size. A call hands out tasks one by one, forks a new worker for one that died, and returns when each
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

  /// {fn(x) for each x of inputs}, in this order. Large tensors are read out of the memory of the worker: one copy, and
  /// no second one here. Throws WorkerException, WorkerDied or Timeout as `on_error` says, and IoError where no worker can
  /// be started.
  template <class F, std::ranges::forward_range Inputs>
  auto map(const F& fn, const Inputs& inputs) {
    const auto places = places_of(inputs);
    using R = ResultOf<F, Inputs>;
    std::vector<R> results(places.size());
    run("ProcessPool::map", places.size(), Job<R, F, decltype(places)>{fn, places},
        [&](std::size_t task, detail::ResultReader& reader) { results[task] = detail::ResultCodec<R>::read(reader); });
    return results;
  }

  /// fn(x) for each x of inputs, for what it does outside of the process. Throws as map().
  template <class F, std::ranges::forward_range Inputs>
  void for_each(const F& fn, const Inputs& inputs) {
    const auto places = places_of(inputs);
    run("ProcessPool::for_each", places.size(), Job<void, F, decltype(places)>{fn, places},
        [](std::size_t, detail::ResultReader&) {});
  }

  /// cat(map(fn, inputs), dim), where `fn` returns a tensor. Each piece is read out of the memory of its worker to where
  /// it belongs in the result, as soon as it is made: one copy in all, and no other memory here. That holds as long as no
  /// piece is larger along `dim` than the first to arrive; otherwise they are joined by a consuming cat(). Throws as map()
  /// and cat() do; with OnTaskError::collect, tasks that failed bring nothing.
  template <class F, std::ranges::forward_range Inputs>
  auto map_cat(const F& fn, const Inputs& inputs, Index dim = 0) {
    const auto places = places_of(inputs);
    using Piece = ResultOf<F, Inputs>;
    detail::JoinedResults<typename Piece::value_type> joined(places.size(), dim);
    run("ProcessPool::map_cat", places.size(), Job<Piece, F, decltype(places)>{fn, places},
        [&](std::size_t task, detail::ResultReader& reader) { joined.accept(task, reader); });
    return std::move(joined).join();
  }

 private:
  template <class F, class Inputs>
  using ResultOf = std::remove_cvref_t<std::invoke_result_t<const F&, std::ranges::range_reference_t<const Inputs>>>;

  /// What a worker does, and what it has to show for it until the next task.
  template <class R, class F, class Places>
  struct Job {
    static_assert(detail::Sendable<R>,
                  "litorch::ProcessPool: results are tensors, numbers, std::string, trivially copyable structures, and "
                  "pairs, tuples, vectors, maps and plain structures of these; anything else cannot leave the process "
                  "that made it");
    const F& fn;
    const Places& places;
    std::optional<R> result{};

    void make(std::size_t task, detail::ResultReader&) {
      result.reset();
      result.emplace(fn(*places[task]));
    }
    template <class Sink>
    void write(Sink& sink) const {
      detail::ResultCodec<R>::write(sink, *result);
    }
  };
  template <class F, class Places>
  struct Job<void, F, Places> {
    const F& fn;
    const Places& places;

    void make(std::size_t task, detail::ResultReader&) { fn(*places[task]); }
    template <class Sink>
    void write(Sink&) const {}
  };

  template <class Inputs>
  static auto places_of(const Inputs& inputs) {
    std::vector<std::ranges::iterator_t<const Inputs>> places;
    for (auto place = std::ranges::begin(inputs); place != std::ranges::end(inputs); ++place) places.push_back(place);
    return places;
  }

  template <class AnyJob, class Accept>
  void run(const char* call, std::size_t tasks, AnyJob job, Accept accept) {
    failures_.clear();
    std::size_t done = 0;
    const auto count = [&] {
      if (options_.progress) options_.progress(++done, tasks);
    };
    auto accepted = [&](std::size_t task, detail::ResultReader& reader) {
      accept(task, reader);
      count();
    };
    auto refused = [&](std::size_t task, std::exception_ptr error) {
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
