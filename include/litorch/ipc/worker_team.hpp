// SPDX-License-Identifier: MIT
// The parent's side of a process pool: hands out tasks, and notices whoever answers, dies or takes too long.
#pragma once

#include <litorch/ipc/worker.hpp>
#include <litorch/posix/ready_set.hpp>

#include <exception>

namespace litorch::detail {

/// What run() needs to know of the options of a pool.
struct TeamLimits {
  std::size_t processes = 1;
  std::chrono::nanoseconds timeout{0};  ///< of a task; 0 for none
  std::size_t retries = 0;              ///< of a task whose worker died
};

/// Worker processes forked for one call. `job.make(task)` and `job.write(reply)` run in a worker; in the parent,
/// `accept(task, reader)` takes the result, `refuse(task, exception_ptr)` the failure: one of them, once, for each task.
template <class Job, class Accept, class Refuse>
class WorkerTeam {
  using Clock = std::chrono::steady_clock;

 public:
  WorkerTeam(const char* call, const TeamLimits& limits, std::size_t tasks, Job& job, Accept& accept, Refuse& refuse)
      : call_(call), limits_(limits), tasks_(tasks), deaths_(tasks), job_(job), accept_(accept), refuse_(refuse) {
    for (std::size_t task = tasks; task-- > 0;) waiting_.push_back(task);
  }

  /// Returns when each task was accepted or refused. Throws IoError where no worker can be started, and what accept()
  /// throws; no worker is left then either.
  void run() {
    while (settled_ < tasks_) {
      hire();
      hand_out();
      watch();
    }
  }

 private:
  struct Worker : WorkerProcess {
    std::optional<std::size_t> task{};
    Clock::time_point deadline = Clock::time_point::max();
    bool asked_again = false;  // for the result of its task, which could not be read
  };

  void hire() {
    if (workers_.size() >= limits_.processes || idle() >= waiting_.size()) return;
    const MappingCache::Withheld withheld;
    while (workers_.size() < limits_.processes && idle() < waiting_.size()) {
      try {
        workers_.push_back({WorkerProcess::start(call_, [&](posix::Channel& channel) {
          for (Worker& other : workers_) other.channel.close();
          return serve(call_, channel, job_);
        })});
      } catch (const IoError&) {
        if (workers_.empty()) throw;
        return;  // fewer do it too
      }
    }
  }
  std::size_t idle() const {
    std::size_t count = 0;
    for (const Worker& worker : workers_) count += !worker.task;
    return count;
  }

  void hand_out() {
    for (Worker& worker : workers_) {
      if (worker.task || waiting_.empty()) continue;
      if (!send_order(worker, waiting_.back())) continue;  // its end will be seen
      worker.task = waiting_.back();
      waiting_.pop_back();
      worker.asked_again = false;
      worker.deadline = limits_.timeout.count() > 0 ? Clock::now() + limits_.timeout : Clock::time_point::max();
    }
  }

  bool send_order(const Worker& worker, std::size_t task) const {
    const Order order{task, lend_ ? std::uint64_t{1} : 0};  // one at a time: only who reads none can be full of them
    return worker.channel.send(call_, std::as_bytes(std::span(&order, 1)), -1, posix::Channel::WhenFull::fail);
  }

  /// Waits until something happens, and deals with it.
  void watch() {
    posix::ReadySet events;
    auto next = Clock::time_point::max();
    for (const Worker& worker : workers_) {
      events.add(worker.channel.fd());
      events.add(worker.process.pidfd());
      next = std::min(next, worker.deadline);
    }
    events.wait(call_, next);
    const auto now = Clock::now();
    for (std::size_t i = workers_.size(); i-- > 0;) {
      const bool ended = events.ready(2 * i + 1);
      bool silent = events.ready(2 * i) && !listen(workers_[i]);
      while (ended && !silent && posix::is_readable(workers_[i].channel.fd())) silent = !listen(workers_[i]);
      if (silent || ended)
        bury(i);
      else if (workers_[i].task && workers_[i].deadline <= now)
        stop(i);
    }
  }

  /// Takes one message; false where there will be no more.
  bool listen(Worker& worker) {
    posix::Message message;
    if (!worker.channel.receive(call_, message)) return false;
    const auto head = Parcel::head<ReplyHead>(message);
    if (!worker.task || head.task != *worker.task) fail<Error>(call_, "(): a worker answered what it was not asked");
    try {
      settle(*worker.task, head.kind, Parcel::reader(call_, message, worker.process.pid()));
    } catch (const UnreadableResult& result) {
      if (worker.asked_again || (result.error != EPERM && result.error != ENOSYS)) return false;
      lend_ = false;
      worker.asked_again = true;
      return send_order(worker, *worker.task);
    }
    worker.task.reset();
    worker.deadline = Clock::time_point::max();
    ++settled_;
    return true;
  }
  void settle(std::size_t task, ReplyKind kind, ResultReader reader) {
    if (kind == ReplyKind::result) return accept_(task, reader);
    refuse_(task, std::make_exception_ptr(task_threw(call_, task, reader.rest())));
  }

  void bury(std::size_t i) {
    const int pid = workers_[i].process.pid();
    workers_[i].process.kill();  // it may have closed its channel and go on
    const posix::ProcessEnd end = workers_[i].process.wait();
    const std::optional<std::size_t> task = workers_[i].task;
    dismiss(i);
    if (!task) {  // nothing was lost, unless they all end like that
      constexpr std::size_t kIdleDeaths = 100;
      if (++idle_deaths_ > kIdleDeaths) throw died("workers end before they get a task: the last one", -1, pid, end);
    } else if (deaths_[*task]++ < limits_.retries) {
      waiting_.push_back(*task);
    } else {
      ++settled_;
      const std::string whose = to_text("the worker of task ", *task);
      refuse_(*task, std::make_exception_ptr(died(whose.c_str(), static_cast<Index>(*task), pid, end)));
    }
  }
  WorkerDied died(const char* who, Index task, int pid, const posix::ProcessEnd& end) const {
    const std::string text = to_text("litorch::", call_, "(): ", who, ", process ", pid, ", ", describe(end));
    return WorkerDied(text, task, pid, end.signal, end.exit_code);
  }
  void stop(std::size_t i) {
    const std::size_t task = *workers_[i].task;
    const int pid = workers_[i].process.pid();
    dismiss(i);
    ++settled_;
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(limits_.timeout).count();
    refuse_(task, std::make_exception_ptr(Timeout(to_text("litorch::", call_, "(): task ", task, " took over ", limit,
                                                          " ms; its worker, process ", pid, ", was ended"),
                                                  static_cast<Index>(task))));
  }
  void dismiss(std::size_t i) { workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(i)); }

  const char* call_;
  TeamLimits limits_;
  std::size_t tasks_, settled_ = 0, idle_deaths_ = 0;
  bool lend_ = true;                  // workers lend large tensors, and the system lets them be read
  std::vector<std::size_t> deaths_;   // of workers, by task
  std::vector<std::size_t> waiting_;  // the next one last
  std::vector<Worker> workers_;
  Job& job_;
  Accept& accept_;
  Refuse& refuse_;
};

}  // namespace litorch::detail
