// SPDX-License-Identifier: MIT
// The engine of a DataLoader: workers load samples into a ring of batches, and the consumer takes the batches out.
#pragma once

#include <litorch/data/batch_slot.hpp>
#include <litorch/data/loader_process.hpp>

#include <condition_variable>
#include <thread>

namespace litorch::detail {

/// Not movable: its threads know where it is. All but the constructor and the destructor is for one thread at a time, the
/// consumer. Neither used nor destroyed where its workers are lost.
template <class D, class Collate>
class LoaderEngine : public Abandoned {
  using Clock = std::chrono::steady_clock;
  using Assembly = BatchAssembly<D, Collate>;
  using Slot = BatchSlot<Assembly>;
  using State = typename Slot::State;
  using Lock = std::unique_lock<std::mutex>;
  static constexpr bool kSendable = Sendable<typename Assembly::Batch>;
  struct NoProcess {};
  using Process = std::conditional_t<kSendable, LoaderProcess<D, Collate>, NoProcess>;

 public:
  using Batch = typename Assembly::Batch;

  LoaderEngine(D dataset, DataLoaderOptions options, AnyBatchSampler batches, Collate collate)
      : dataset_(std::move(dataset)),
        options_(std::move(options)),
        batches_(std::move(batches)),
        collate_(std::move(collate)) {
    if (!kSendable && options_.workers == Workers::processes)
      fail<Error>(
          "DataLoader(): batches of this type cannot leave the process that made them; use threads, or give a "
          "collate function that makes tensors, numbers, texts, and structures, tuples, vectors and maps of them");
    const std::size_t workers = options_.num_workers;
    for (std::size_t i = 0; i < std::max<std::size_t>(1, workers * options_.prefetch_factor); ++i)
      slots_.push_back(std::make_unique<Slot>(collate_));
    if (workers == 0) workers_.push_back(std::make_unique<Worker>());
    try {
      while (workers_.size() < workers) hire();
    } catch (const std::system_error& error) {
      const std::size_t started = workers_.size() - 1;
      shut_down();
      fail_io(error.code().value(), "DataLoader(): only ", started, " of ", workers,
              " workers could be started; ask for fewer or raise the limit on processes");
    }
  }
  LoaderEngine(const LoaderEngine&) = delete;
  LoaderEngine& operator=(const LoaderEngine&) = delete;
  ~LoaderEngine() { shut_down(); }

  /// In a forked child, which has none of the threads and perhaps their locks.
  bool lost_its_workers() const noexcept { return options_.num_workers > 0 && generation_ != fork_generation(); }

  const D& dataset() const noexcept { return dataset_; }
  const DataLoaderOptions& options() const noexcept { return options_; }
  Index batches(std::uint64_t epoch) const { return batches_.size(epoch); }
  /// Of the data, and of four of the `count` batches of an epoch: of the order in which samples are read.
  std::uint64_t fingerprint(std::uint64_t epoch, Index count) const {
    std::uint64_t all = fingerprint_of(dataset_);
    std::vector<Index> indices;
    for (Index part = 0; part < std::min<Index>(count, 4); ++part) {
      try {
        batches_.batch(epoch, count <= 4 ? part : (count - 1) / 3 * part, indices);
      } catch (...) {  // next() tells who asks for it
        indices.clear();
      }
      for (const Index index : indices) all = stream_key(all, static_cast<std::uint64_t>(index), 0);
    }
    return all;
  }

  /// Makes next() go on with batch `from` of its epoch, and leave out those in `ahead`. Keeps what was made for that.
  void seek(BatchPlace from, std::vector<Index> ahead) {
    const Lock lock(mutex_);
    delivered_ = Deliveries(from, std::move(ahead));
    const BatchPlace want = delivered_.next();
    const bool known = next_ == want || std::any_of(slots_.begin(), slots_.end(), [&](const auto& slot) {
                         return slot->state != State::free && !slot->dropped && slot->place == want;
                       });
    for (const auto& slot : slots_)
      if (!known || slot->place < want) drop(*slot);
    if (!known) next_ = want;
    started_ = true;
    ended_ = false;
    work_.notify_all();
  }
  /// The next batch of the epoch, or null at its end. Throws SampleError.
  const Batch* next() {
    const auto called = Clock::now();
    if (batch_) stats_of_consumer_.consumer_work += called - returned_;
    batch_.reset();
    Lock lock(mutex_);
    try {
      advance(lock);
    } catch (...) {
      note_return(called);
      throw;
    }
    note_return(called);
    ended_ = !batch_;
    return batch_ ? &*batch_ : nullptr;
  }
  /// Whether next() has said that the epoch is at its end.
  bool ended() const noexcept { return ended_; }
  const Batch* current() const noexcept { return batch_ ? &*batch_ : nullptr; }

  /// What comes next, and what has been delivered beyond that.
  std::pair<BatchPlace, std::vector<Index>> position() const {
    const Lock lock(mutex_);
    return {delivered_.next(), delivered_.ahead()};
  }
  LoaderStats stats() const {
    const Lock lock(mutex_);
    LoaderStats all = stats_;
    all.consumer_wait = stats_of_consumer_.consumer_wait;
    all.consumer_work = stats_of_consumer_.consumer_work;
    for (const auto& slot : slots_) all.ready += slot->state == State::ready && !slot->dropped;
    return all;
  }
  const std::vector<SampleFailure>& failures() const noexcept { return failures_; }

 private:
  struct Worker {
    std::thread thread{};
    Slot* slot = nullptr;  // what it loads, and since when
    Index k = 0;           // the first of them
    std::vector<Index> indices{};
    Clock::time_point since{};
    bool writing = false;              // it has the sample
    std::atomic<bool> retired{false};  // it took too long, and somebody else has its place
    std::stop_source stop{};           // of the samples that it is at
    double seconds_per_sample = 0;
    std::unique_ptr<Process> process{};
  };
  /// What SampleLoader asks a thread.
  struct Pace {
    LoaderEngine& engine;
    Worker& worker;

    bool begin(Index) const { return !worker.retired; }
    bool may_write() const { return engine.may_write(worker); }
  };

  bool forks() const noexcept { return options_.workers == Workers::processes && options_.num_workers > 0; }
  bool timed() const noexcept { return options_.timeout.count() > 0 && options_.num_workers > 0 && !forks(); }
  void shut_down() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    work_.notify_all();
    for (const auto& worker : workers_) {
      worker->stop.request_stop();
      if constexpr (kSendable)
        if (worker->process) worker->process->stop();
    }
    for (const auto& worker : workers_)
      if (worker->thread.joinable()) worker->thread.join();
  }
  void hire() {
    workers_.push_back(std::make_unique<Worker>());
    if constexpr (kSendable)
      if (forks()) workers_.back()->process = std::make_unique<Process>(dataset_, options_, collate_);
    workers_.back()->thread = std::thread([this, number = workers_.size() - 1, worker = workers_.back().get()] {
      inside_region = true;  // operations of the dataset start no more threads
      stop_of_sample = worker->stop.get_token();
      Lock lock(mutex_);
      while (!stop_ && !worker->retired)
        if (!step(lock, *worker, number)) {
          const auto start = Clock::now();
          work_.wait(lock);
          stats_.worker_wait += Clock::now() - start;
        }
    });
  }

  // --- what a worker does ------------------------------------------------------------------------------------------
  /// One piece of work, if there is any.
  bool step(Lock& lock, Worker& worker, std::size_t number) {
    Slot* oldest = nullptr;
    Slot* unused = nullptr;
    for (const auto& slot : slots_) {
      if (slot->state == State::free) unused = slot.get();
      const bool wanting = slot->state == State::loading && (slot->claimed < slot->size() || slot->complete());
      if (wanting && (oldest == nullptr || slot->place < oldest->place)) oldest = slot.get();
    }
    if (oldest != nullptr && oldest->complete())
      finish(lock, *oldest, number);
    else if (oldest != nullptr)
      load(lock, *oldest, worker, number);
    else if (unused == nullptr || !open(lock, *unused, number))
      return false;
    return true;
  }

  bool open(Lock& lock, Slot& slot, std::size_t number) {
    if (!started_) return false;
    while (delivered_.is_ahead(next_)) ++next_.batch;
    if (next_.batch >= batches_.size(next_.epoch)) {
      if (options_.num_workers == 0 || batches_.size(next_.epoch + 1) == 0) return false;
      next_ = {next_.epoch + 1, 0};  // nobody has asked for it yet
    }
    slot.reset(State::opening, next_);
    ++next_.batch;
    lock.unlock();
    std::exception_ptr error;
    try {
      batches_.batch(slot.place.epoch, slot.place.batch, slot.indices);
      slot.assembly.begin(slot.size());
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    if (error) slot.fail_whole(number, error);
    become(slot, error ? State::ready : State::loading);
    work_.notify_all();
    if (error) ready_.notify_one();
    return true;
  }

  void load(Lock& lock, Slot& slot, Worker& worker, std::size_t number) {
    const Index first = slot.claimed, count = chunk(slot, worker);
    slot.claimed += count;
    worker.slot = &slot;
    worker.k = first;
    worker.since = Clock::now();
    const auto share =
        std::span(slot.indices).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
    Claim claim{slot.place, first, share, number};
    if (timed()) {  // the slot may be given to others while this worker is still at it
      worker.indices.assign(share.begin(), share.end());
      claim.indices = worker.indices;
    }
    lock.unlock();
    MadeBatch<Batch> made;
    std::exception_ptr error;
    if (worker.process)
      error = make(claim, *worker.process, made);
    else
      loader_.load(claim, slot.assembly, Pace{*this, worker});
    const auto time = Clock::now() - worker.since;
    lock.lock();
    if (worker.retired) return;
    worker.slot = nullptr;
    worker.writing = false;
    worker.seconds_per_sample = std::chrono::duration<double>(time).count() / static_cast<double>(count);
    stats_.load += time;
    for (SampleFailure& failure : claim.failures) slot.failures.push_back(std::move(failure));
    slot.failed.insert(slot.failed.end(), claim.missing.begin(), claim.missing.end());
    slot.done += count;
    if (worker.process)
      deliver(slot, std::move(made), number, error);
    else if (slot.dropped && slot.complete())
      become(slot, State::free);
  }
  /// A whole batch, by a process. Returns what went wrong with it as a whole.
  std::exception_ptr make([[maybe_unused]] Claim& claim, [[maybe_unused]] Process& process,
                          [[maybe_unused]] MadeBatch<Batch>& made) {
    try {
      if constexpr (kSendable) made = process.make(claim);
    } catch (...) {
      return std::current_exception();
    }
    return nullptr;
  }
  /// How many samples to load in one go: about 50 microseconds' worth.
  Index chunk(const Slot& slot, const Worker& worker) const {
    const Index left = slot.size() - slot.claimed;
    if (Assembly::kWhole || options_.num_workers == 0 || forks()) return left;
    if (timed() || worker.seconds_per_sample <= 0) return 1;
    return std::clamp<Index>(static_cast<Index>(50e-6 / worker.seconds_per_sample), 1, left);
  }
  /// False for a worker whose place has been given to others; else it keeps its place until it is done.
  bool may_write(Worker& worker) {
    if (!timed()) return true;
    const Lock lock(mutex_);
    worker.writing = !worker.retired;
    return worker.writing;
  }
  void finish(Lock& lock, Slot& slot, std::size_t number) {
    slot.state = State::finishing;
    lock.unlock();
    const auto start = Clock::now();
    MadeBatch<Batch> made;
    std::exception_ptr error;
    try {
      made = loader_.finish(slot.assembly, slot.size(), slot.failed);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    stats_.collate += Clock::now() - start;
    deliver(slot, std::move(made), number, error);
  }
  void deliver(Slot& slot, MadeBatch<Batch> made, std::size_t number, const std::exception_ptr& error) {
    slot.batch = std::move(made.batch);
    slot.samples = made.samples;
    if (error) slot.fail_whole(number, error);
    become(slot, State::ready);
    ready_.notify_one();
  }

  // --- what the consumer does --------------------------------------------------------------------------------------
  void advance(Lock& lock) {
    while (delivered_.next().batch < batches_.size(delivered_.next().epoch)) {
      Slot* const slot = deliverable();
      if (slot == nullptr) {
        wait(lock);
        continue;
      }
      delivered_.add(slot->place.batch);
      stats_.failed += static_cast<Index>(slot->failures.size());
      std::vector<SampleFailure> failures = std::move(slot->failures);
      const bool missing = !slot->failed.empty() || slot->failed_whole, whole = slot->failed_whole;
      batch_ = std::move(slot->batch);
      stats_.samples += slot->samples;
      stats_.batches += batch_ ? 1 : 0;
      become(*slot, State::free);
      work_.notify_one();
      for (const SampleFailure& failure : failures)
        if (failures_.size() < kFailuresKept) failures_.push_back(failure);
      if (missing && options_.on_error != OnError::skip) {
        batch_.reset();
        lock.unlock();
        throw_sample_error(whole ? failures.back() : failures.front());
      }
      if (batch_) return;
    }
  }
  Slot* deliverable() {
    Slot* found = nullptr;
    const BatchPlace want = delivered_.next();
    for (const auto& slot : slots_) {
      if (slot->state != State::ready || slot->dropped || slot->place.epoch != want.epoch) continue;
      if (options_.in_order ? slot->place == want : found == nullptr || slot->place < found->place) found = slot.get();
    }
    return found;
  }
  void wait(Lock& lock) {
    if (options_.num_workers == 0) {
      step(lock, *workers_.front(), 0);
    } else if (!timed()) {
      ready_.wait(lock);
    } else {
      auto next = Clock::now() + options_.timeout;
      for (const auto& worker : workers_)
        if (worker->slot != nullptr && !worker->retired && !worker->writing)
          next = std::min(next, worker->since + options_.timeout);
      if (ready_.wait_until(lock, next) == std::cv_status::timeout) retire_late(lock);
    }
  }
  /// Gives up the samples that take too long, and hires others for the workers that are at them.
  void retire_late(Lock& lock) {
    const auto now = Clock::now();
    for (std::size_t i = 0, all = workers_.size(); i < all; ++i) {
      Worker& worker = *workers_[i];
      if (worker.slot == nullptr || worker.retired || worker.writing || worker.since + options_.timeout > now) continue;
      Slot& slot = *worker.slot;
      const Index index = worker.indices.front(), count = static_cast<Index>(worker.indices.size());
      const auto error = std::make_exception_ptr(late_sample(index, i, options_.timeout));
      slot.failures.push_back({slot.place.epoch, slot.place.batch, index, i, error});
      for (Index k = worker.k; k < worker.k + count; ++k) slot.failed.push_back(k);
      slot.done += count;
      worker.retired = true;
      if (slot.dropped && slot.complete()) become(slot, State::free);
      hire();
    }
    work_.notify_all();
    lock.unlock();  // what it calls is the dataset's
    for (const auto& worker : workers_)
      if (worker->retired) worker->stop.request_stop();
    lock.lock();
  }
  void drop(Slot& slot) {
    slot.dropped = true;
    if (slot.state == State::loading) {
      slot.done += slot.size() - slot.claimed;
      slot.claimed = slot.size();
    }
    if (slot.state == State::ready || (slot.state == State::loading && slot.complete())) become(slot, State::free);
  }
  void become(Slot& slot, State state) {
    slot.state = slot.dropped ? State::free : state;
    if (slot.state == State::free) slot.batch.reset();
  }
  void note_return(Clock::time_point called) {
    returned_ = Clock::now();
    stats_of_consumer_.consumer_wait += returned_ - called;
  }

  static constexpr std::size_t kFailuresKept = 10'000;

  const D dataset_;
  const DataLoaderOptions options_;
  const AnyBatchSampler batches_;
  const Collate collate_;
  const SampleLoader<D, Collate> loader_{dataset_, options_};
  const std::uint64_t generation_ = fork_generation();

  mutable std::mutex mutex_;  // guards what follows, up to what is the consumer's
  std::condition_variable work_, ready_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<std::unique_ptr<Worker>> workers_;
  BatchPlace next_{};  // to be opened
  Deliveries delivered_;
  LoaderStats stats_;
  bool started_ = false, stop_ = false;

  std::optional<Batch> batch_;
  std::vector<SampleFailure> failures_;
  LoaderStats stats_of_consumer_;
  Clock::time_point returned_{};
  bool ended_ = false;
};

}  // namespace litorch::detail
