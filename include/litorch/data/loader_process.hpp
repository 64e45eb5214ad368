// SPDX-License-Identifier: MIT
// A worker of a loader that is a process: for datasets that threads cannot share, or that may end the process they run in.
#pragma once

#include <litorch/data/sample_loader.hpp>
#include <litorch/ipc/shared_tensor.hpp>
#include <litorch/ipc/worker.hpp>
#include <litorch/posix/ready_set.hpp>

namespace litorch::detail {

/// Where a worker process is in its batch, told to the thread that waits for it.
class SampleProgress {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr Index kNowhere = -1;  // between samples

  void enter(Index place) const {
    since().store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed);
    at().store(place, std::memory_order_release);
  }
  /// The place of the sample under way, and since when it is.
  std::pair<Index, Clock::time_point> read() const {
    const Index place = at().load(std::memory_order_acquire);
    return {place, Clock::time_point(Clock::duration(since().load(std::memory_order_relaxed)))};
  }

 private:
  std::atomic_ref<Index> at() const { return std::atomic_ref(shared_.tensor()(0)); }
  std::atomic_ref<Index> since() const { return std::atomic_ref(shared_.tensor()(1)); }

  SharedTensor<Index> shared_{{2}};
};

/// What comes back from a process with a batch behind it.
using BatchReport = std::tuple<std::vector<std::pair<Index, std::string>>, std::vector<Index>, Index>;

/// Belongs to one thread, which waits while the process works; the process is forked when it is needed, and again after it
/// has died.
template <class D, class Collate>
class LoaderProcess {
  using Assembly = BatchAssembly<D, Collate>;
  using Batch = typename Assembly::Batch;
  using Clock = SampleProgress::Clock;

 public:
  LoaderProcess(const D& dataset, const DataLoaderOptions& options, const Collate& collate)
      : loader_(dataset, options), options_(options), collate_(collate) {}

  /// Makes a batch of what is claimed, all of it. A sample in which the process ends, or which takes too long, is treated
  /// as `on_error` says, and the rest of its batch is made by another process. Throws WorkerException, WorkerDied and
  /// IoError for what is no matter of one sample.
  MadeBatch<Batch> make(Claim& claim) {
    try {
      ++order_;
      return attempt(claim);
    } catch (const WorkerException&) {
      throw;
    } catch (...) {
      if (worker_.process.pid() >= 0) dismiss();  // what it may still answer is to another order
      throw;
    }
  }

  /// By any thread: ends the process. make() fails soon, and whenever it is called again.
  void stop() {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    worker_.process.kill();
  }

 private:
  static constexpr const char* kCall = "DataLoader";

  MadeBatch<Batch> attempt(Claim& claim) {
    for (std::vector<Index> given_up;;) {
      start();
      std::exception_ptr end;
      if (ask(claim, given_up, end)) return take(claim, given_up);
      const Index place = progress_.read().first;
      const bool in_sample = place >= 0 && place < static_cast<Index>(claim.indices.size());
      if (!in_sample || std::find(given_up.begin(), given_up.end(), place) != given_up.end())
        std::rethrow_exception(end);
      claim.fail(claim.indices[static_cast<std::size_t>(place)], end);
      if (options_.on_error == OnError::raise) {
        claim.missing.push_back(place);
        return {};
      }
      given_up.push_back(place);
    }
  }

  /// The child's side.
  struct Job {
    const LoaderProcess& owner;
    Assembly assembly{owner.collate_};
    std::vector<Index> indices{}, given_up{};
    Claim claim{};
    MadeBatch<Batch> made{};

    bool begin(Index place) const {
      if (std::find(given_up.begin(), given_up.end(), place) != given_up.end()) return false;
      owner.progress_.enter(place);
      return true;
    }
    bool may_write() const { return true; }

    void make(std::size_t, ResultReader& reader) {
      made = {};
      claim.place.epoch = reader.value<std::uint64_t>();
      claim.place.batch = reader.value<Index>();
      ResultCodec<std::vector<Index>>::read_into(reader, indices);
      ResultCodec<std::vector<Index>>::read_into(reader, given_up);
      claim.indices = indices;
      claim.failures.clear();
      claim.missing.clear();
      const Index size = static_cast<Index>(indices.size());
      assembly.begin(size);
      if constexpr (Assembly::kWhole) owner.progress_.enter(0);  // one call for all of them
      owner.loader_.load(claim, assembly, *this);
      for (const Index place : std::exchange(given_up, {}))
        if (owner.options_.on_error != OnError::replace || !owner.loader_.replace(claim, assembly, *this, place))
          claim.missing.push_back(place);
      owner.progress_.enter(SampleProgress::kNowhere);
      made = owner.loader_.finish(assembly, size, claim.missing);
    }
    void write(Parcel& parcel) const {
      BatchReport report;
      for (const SampleFailure& failure : claim.failures)
        std::get<0>(report).emplace_back(failure.sample, text(failure));
      std::get<1>(report) = claim.missing;
      std::get<2>(report) = made.samples;
      ResultCodec<BatchReport>::write(parcel, report);
      if (made.batch) ResultCodec<Batch>::write(parcel, *made.batch);
    }
    static std::string text(const SampleFailure& failure) {
      try {
        std::rethrow_exception(failure.error);
      } catch (const std::exception& error) {
        return error.what();
      } catch (...) {
        return kUnknownException;
      }
    }
  };

  void start() {
    if (worker_.process.pid() < 0) {
      const MappingCache::Withheld withheld;
      WorkerProcess started = WorkerProcess::start(kCall, [this](posix::Channel& channel) {
        Job job{*this};
        return serve(kCall, channel, job);
      });
      const std::lock_guard lock(mutex_);
      worker_ = std::move(started);
    }
    const std::lock_guard lock(mutex_);
    if (stopped_) fail<Cancelled>("DataLoader: the loader ends");
  }
  /// Gets the answer to an order; or false and, in `end`, why there is none.
  bool ask(const Claim& claim, const std::vector<Index>& given_up, std::exception_ptr& end) {
    progress_.enter(SampleProgress::kNowhere);
    parcel_.begin(false);
    parcel_.write(&claim.place.epoch, sizeof claim.place.epoch);
    parcel_.write(&claim.place.batch, sizeof claim.place.batch);
    ResultCodec<std::vector<Index>>::write(parcel_, claim.indices);
    ResultCodec<std::vector<Index>>::write(parcel_, given_up);
    parcel_.finish();
    if (!parcel_.send(worker_.channel, Order{order_, lend_ ? std::uint64_t{1} : 0})) return bury(claim, end);
    return answer(claim, end);
  }

  bool answer(const Claim& claim, std::exception_ptr& end) {
    for (;;) {
      const auto [place, since] = progress_.read();
      const bool timed = options_.timeout.count() > 0;
      if (timed && place >= 0 && since + options_.timeout <= Clock::now()) return give_up(claim, place, end);
      events_.clear();
      events_.add(worker_.channel.fd());
      events_.add(worker_.process.pidfd());
      events_.wait(kCall, !timed       ? Clock::time_point::max()
                          : place >= 0 ? since + options_.timeout
                                       : Clock::now() + options_.timeout);
      if (events_.ready(0) || (events_.ready(1) && posix::is_readable(worker_.channel.fd())))
        return worker_.channel.receive(kCall, message_) || bury(claim, end);
      if (events_.ready(1)) return bury(claim, end);
    }
  }

  bool bury(const Claim& claim, std::exception_ptr& end) {
    const int pid = worker_.process.pid();
    const posix::ProcessEnd how = dismiss();
    const std::string text =
        to_text("litorch::DataLoader: worker ", claim.worker, ", process ", pid, ", ", describe(how));
    end = std::make_exception_ptr(WorkerDied(text, claim.place.batch, pid, how.signal, how.exit_code));
    return false;
  }
  bool give_up(const Claim& claim, Index place, std::exception_ptr& end) {
    dismiss();
    progress_.enter(place);
    const Index sample = claim.indices[static_cast<std::size_t>(place)];
    end = std::make_exception_ptr(late_sample(sample, claim.worker, options_.timeout));
    return false;
  }
  posix::ProcessEnd dismiss() {
    const std::lock_guard lock(mutex_);
    worker_.process.kill();  // it may have closed its channel and go on
    worker_.channel.close();
    return worker_.process.wait();
  }

  MadeBatch<Batch> take(Claim& claim, const std::vector<Index>& given_up) {
    try {
      return read(claim);
    } catch (const UnreadableResult& result) {
      if (!lend_ || (result.error != EPERM && result.error != ENOSYS)) throw garbled();
    }
    lend_ = false;
    std::exception_ptr end;
    if (!ask(claim, given_up, end)) std::rethrow_exception(end);
    return read(claim);
  }
  MadeBatch<Batch> read(Claim& claim) {
    const auto head = Parcel::head<ReplyHead>(message_);
    ResultReader reader = Parcel::reader(kCall, message_, worker_.process.pid());
    memory_.restart();
    reader.recycle(memory_);
    if (head.task != order_) throw garbled();
    if (head.kind == ReplyKind::error) throw WorkerException(std::string(reader.rest()), claim.place.batch);
    const auto [failures, missing, samples] = ResultCodec<BatchReport>::read(reader);
    MadeBatch<Batch> made;
    if (samples > 0) made = {ResultCodec<Batch>::read(reader), samples};
    for (const auto& [sample, text] : failures)
      claim.fail(sample, std::make_exception_ptr(WorkerException(text, sample)));
    claim.missing = missing;
    return made;
  }
  static Error garbled() { return Error("litorch::DataLoader: a worker process sent what is no batch"); }

  const SampleLoader<D, Collate> loader_;
  const DataLoaderOptions& options_;
  const Collate& collate_;
  SampleProgress progress_;
  Parcel parcel_{kCall};
  posix::Message message_;
  posix::ReadySet events_;
  RecycledParts memory_;  // of the batches
  std::uint64_t order_ = 0;
  bool lend_ = true;  // the process lends large tensors, and the system lets them be read
  WorkerProcess worker_;
  std::mutex mutex_;  // guards what follows, and the process against a change while it is stopped
  bool stopped_ = false;
};

}  // namespace litorch::detail
