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

/// Worker processes forked for one call. `work.job(task, reply)` runs in a worker. In the parent, `work.accept(task,
/// reader)` takes its result, `work.refuse(task, exception_ptr)` its failure: one of them, once, for each task; and
/// `work.answer(reader)` is yes or no to a question of the job.
template <class Work>
class WorkerTeam {
  using Clock = std::chrono::steady_clock;

 public:
  WorkerTeam(const char* call, const TeamLimits& limits, std::size_t tasks, Work& work)
      : call_(call), limits_(limits), tasks_(tasks), deaths_(tasks), work_(work) {
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
  struct Worker {
    posix::ChildProcess process;
    posix::Channel channel;
    std::optional<std::size_t> task;
    Clock::time_point deadline = Clock::time_point::max();
  };

  void hire() {
    while (workers_.size() < limits_.processes && idle() < waiting_.size()) {
      try {
        auto [ours, theirs] = posix::Channel::make_pair(call_);
        auto process = posix::ChildProcess::start(call_, [&, &mine = ours, &channel = theirs] {
          for (Worker& other : workers_) other.channel.close();
          mine.close();
          return serve(call_, channel, work_.job);
        });
        workers_.push_back({std::move(process), std::move(ours), {}, {}});
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
      const auto task = static_cast<std::uint64_t>(waiting_.back());
      if (!tell(worker, task)) continue;  // its end will be seen
      waiting_.pop_back();
      worker.task = static_cast<std::size_t>(task);
      worker.deadline = limits_.timeout.count() > 0 ? Clock::now() + limits_.timeout : Clock::time_point::max();
    }
  }

  bool tell(const Worker& worker, std::uint64_t number) const {
    return worker.channel.send(call_, std::as_bytes(std::span(&number, 1)));
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
    std::optional<posix::Message> message = worker.channel.receive(call_);
    if (!message) return false;
    ResultReader reader(message->bytes.data(), message->bytes.size());
    const auto head = reader.value<ReplyHead>();
    if (!worker.task || head.task != *worker.task) fail<Error>(call_, "(): a worker answered what it was not asked");
    if (head.kind == ReplyKind::question) {
      tell(worker, work_.answer(reader) ? 1 : 0);
      return true;
    }
    worker.deadline = Clock::time_point::max();
    const std::size_t task = *std::exchange(worker.task, std::nullopt);
    ++settled_;
    if (message->descriptor) {
      posix::MappedRegion region = posix::MemoryFile(call_, std::move(message->descriptor)).map();
      std::byte* const data = region.data();
      const std::size_t size = region.size();
      JoinedPages pages(std::move(region), JoinedPages::Origin::file);
      settle(task, head.kind, ResultReader(data, size, Storage::mapped(std::move(pages))), size);
    } else {
      settle(task, head.kind, reader, message->bytes.size() - sizeof head);
    }
    return true;
  }
  void settle(std::size_t task, ReplyKind kind, ResultReader reader, std::size_t size) {
    if (kind == ReplyKind::result) return work_.accept(task, reader);
    const std::string_view text(reinterpret_cast<const char*>(reader.take(size)), size);
    work_.refuse(task, std::make_exception_ptr(task_threw(call_, task, text)));
  }

  void bury(std::size_t i) {
    const int pid = workers_[i].process.pid();
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
      work_.refuse(*task, std::make_exception_ptr(died(whose.c_str(), static_cast<Index>(*task), pid, end)));
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
    work_.refuse(task, std::make_exception_ptr(Timeout(to_text("litorch::", call_, "(): task ", task, " took over ",
                                                               limit, " ms; its worker, process ", pid, ", was ended"),
                                                       static_cast<Index>(task))));
  }
  void dismiss(std::size_t i) { workers_.erase(workers_.begin() + static_cast<std::ptrdiff_t>(i)); }

  const char* call_;
  TeamLimits limits_;
  std::size_t tasks_, settled_ = 0, idle_deaths_ = 0;
  std::vector<std::size_t> deaths_;   // of workers, by task
  std::vector<std::size_t> waiting_;  // the next one last
  std::vector<Worker> workers_;
  Work& work_;
};

}  // namespace litorch::detail
