// SPDX-License-Identifier: MIT
// Batches of a stream, which is read once and in order, by one thread at a time; what is done to its samples, and making
// batches of them, is the work of several.
#pragma once

#include <litorch/data/sample_loader.hpp>
#include <litorch/data/stream_dataset.hpp>

#include <condition_variable>
#include <functional>
#include <thread>

namespace litorch {

struct StreamLoaderOptions {
  Index batch_size = 1;
  std::size_t num_workers = 0;      ///< threads; with 0 the thread that asks for a batch makes it
  std::size_t prefetch_factor = 2;  ///< batches a worker that are made before they are asked for
  bool drop_last = false;           ///< leaves out a last batch that is not full
  std::uint64_t seed = 0;           ///< of the generators that samples are given
};

namespace detail {

/// fn(raw) or, for augmentation, fn(raw, random).
template <class F, class Raw>
decltype(auto) transformed(const F& fn, Raw&& raw, [[maybe_unused]] SampleRandom& random) {
  if constexpr (std::invocable<const F&, Raw, SampleRandom&>)
    return fn(std::forward<Raw>(raw), random);
  else
    return fn(std::forward<Raw>(raw));
}

/// What the samples would be as a dataset: for its type.
template <class S, class F>
struct StreamedSamples {
  using Sample = std::remove_cvref_t<decltype(transformed(std::declval<const F&>(), std::declval<StreamSampleOf<S>>(),
                                                          std::declval<SampleRandom&>()))>;
  Index size() const { return count; }
  const Sample& get(Index i) const { return first[i]; }

  const Sample* first = nullptr;
  Index count = 0;
};

/// What a StreamLoader does. Not movable: its threads know where it is. Neither used nor destroyed where they are lost.
template <StreamDataset S, class F, class Collate>
class StreamEngine : public Abandoned {
  using Raw = StreamSampleOf<S>;
  using Assembly = BatchAssembly<StreamedSamples<S, F>, Collate>;
  using Lock = std::unique_lock<std::mutex>;

 public:
  using Batch = typename Assembly::Batch;

  StreamEngine(S stream, StreamLoaderOptions options, F fn, Collate collate)
      : stream_(std::move(stream)), options_(options), fn_(std::move(fn)), collate_(std::move(collate)) {
    if (options_.batch_size < 1)
      fail<ShapeError>("StreamLoader(): batch size ", options_.batch_size, "; give 1 or more");
    if (options_.prefetch_factor < 1)
      fail<Error>("StreamLoader(): prefetch_factor is 0; give 1 batch a worker or more");
    const std::size_t slots = std::max<std::size_t>(1, options_.num_workers * options_.prefetch_factor);
    while (slots_.size() < slots) slots_.push_back(std::make_unique<Slot>(collate_));
    try {
      for (std::size_t worker = 0; worker < options_.num_workers; ++worker)
        threads_.emplace_back([this, worker] {
          inside_region = true;  // operations of `fn` start no more threads
          stop_of_sample = stop_of_samples_.get_token();
          while (step(worker)) {}
        });
    } catch (...) {
      shut_down();
      throw;
    }
  }
  StreamEngine(const StreamEngine&) = delete;
  StreamEngine& operator=(const StreamEngine&) = delete;
  ~StreamEngine() { shut_down(); }

  /// In a forked child, which has none of the threads and perhaps their locks.
  bool lost_its_workers() const noexcept { return !threads_.empty() && generation_ != fork_generation(); }
  const Batch* next() {
    batch_.reset();
    if (options_.num_workers == 0) step(0);
    Lock lock(mutex_);
    ready_.wait(lock, [this] { return taken_ < read_ ? slot(taken_).ready : ended_; });
    if (taken_ == read_) return nullptr;
    Slot& made = slot(taken_);
    made.ready = false;
    batch_ = std::exchange(made.batch, std::nullopt);
    const SampleFailure failure{0, taken_, -1, made.worker, std::exchange(made.error, nullptr)};
    ++taken_;
    lock.unlock();
    room_.notify_one();
    if (failure.error) throw_sample_error(failure);
    return &*batch_;
  }
  const Batch* current() const noexcept { return batch_ ? &*batch_ : nullptr; }

 private:
  struct Slot {
    explicit Slot(const Collate& collate) : assembly(collate) {}

    std::vector<Raw> raw;
    Assembly assembly;
    std::optional<Batch> batch;
    std::exception_ptr error;
    std::size_t worker = 0;
    bool ready = false;
  };

  Slot& slot(Index k) { return *slots_[static_cast<std::size_t>(k) % slots_.size()]; }
  void shut_down() {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    room_.notify_all();
    stop_of_samples_.request_stop();
    for (std::thread& thread : threads_) thread.join();
  }

  /// Reads what makes a batch, and makes it. False at the end.
  bool step(std::size_t worker) {
    Lock reading(reading_);
    {
      Lock lock(mutex_);
      room_.wait(lock, [this] { return stop_ || ended_ || read_ < taken_ + static_cast<Index>(slots_.size()); });
      if (stop_ || ended_) return false;
    }
    const Index number = read_;  // only who reads changes it
    Slot& to = slot(number);
    const bool more = read(to);
    {
      const std::lock_guard lock(mutex_);
      ended_ = !more;
      if (to.raw.empty() && !to.error) {
        ready_.notify_one();
        return false;
      }
      ++read_;
    }
    reading.unlock();
    to.worker = worker;
    if (!to.error) make(to, number);
    const std::lock_guard lock(mutex_);
    to.ready = true;
    ready_.notify_one();
    return more;
  }
  /// False where the stream is at its end.
  bool read(Slot& to) {
    const auto wanted = static_cast<std::size_t>(options_.batch_size);
    to.raw.clear();
    try {
      while (to.raw.size() < wanted) {
        std::optional<Raw> sample = stream_.next();
        if (!sample) {
          if (options_.drop_last) to.raw.clear();
          return false;
        }
        to.raw.push_back(std::move(*sample));
      }
    } catch (...) {
      to.error = std::current_exception();
      return false;
    }
    return true;
  }
  void make(Slot& to, Index number) {
    const Index count = static_cast<Index>(to.raw.size());
    try {
      to.assembly.begin(count);
      for (Index k = 0; k < count; ++k) {
        SampleRandom random(options_.seed, 0, number * options_.batch_size + k);
        to.assembly.put(k, transformed(fn_, std::move(to.raw[static_cast<std::size_t>(k)]), random));
      }
      to.batch.emplace(to.assembly.finish(count));
    } catch (...) {
      to.error = std::current_exception();
    }
  }

  std::mutex reading_;  // for the stream; taken before the other
  S stream_;
  const StreamLoaderOptions options_;
  const F fn_;
  const Collate collate_;
  std::vector<std::unique_ptr<Slot>> slots_;

  std::mutex mutex_;  // guards the slots' `ready`, and what follows
  std::condition_variable room_, ready_;
  Index read_ = 0, taken_ = 0;  // batches
  bool ended_ = false, stop_ = false;

  std::optional<Batch> batch_;  // the consumer's
  const std::uint64_t generation_ = fork_generation();
  std::stop_source stop_of_samples_;
  std::vector<std::thread> threads_;
};

}  // namespace detail

/// A range of the batches of a stream, in its order, once:
///
///     StreamLoader loader(RangeStream(lines), {.batch_size = 32, .num_workers = 4}, decode);
///     for (const Tensor<float>& batch : loader) ...
///
/// `fn` makes samples of what the stream gives, and is called by several threads at once; with a SampleRandom& as second
/// argument it gets the generator of the sample's number. Batches are collated as by DataLoader, and do not depend on the
/// number of workers.
///
/// Thread safety: one thread at a time. Ends when the stream's next() and the calls of `fn` under way return;
/// sample_stop_token() tells them so. In a forked child a loader with workers can be destroyed, and nothing else.
template <StreamDataset S, class F = std::identity, class Collate = DefaultCollate>
class StreamLoader {
  using Engine = detail::StreamEngine<S, F, Collate>;

 public:
  using Batch = typename Engine::Batch;

  class Iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Batch;
    using difference_type = std::ptrdiff_t;

    Iterator() = default;
    const Batch& operator*() const noexcept { return *engine_->current(); }
    const Batch* operator->() const noexcept { return engine_->current(); }
    /// Throws SampleError; after that it is at no batch, and can be advanced to the one behind.
    Iterator& operator++() {
      engine_->next();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return it.engine_->current() == nullptr; }

   private:
    friend StreamLoader;
    explicit Iterator(Engine& engine) : engine_(&engine) {}
    Engine* engine_ = nullptr;
  };

  /// Throws ShapeError for a batch size below 1, Error for a prefetch factor of 0.
  explicit StreamLoader(S stream, StreamLoaderOptions options = {}, F fn = {}, Collate collate = {})
      : engine_(new Engine(std::move(stream), options, std::move(fn), std::move(collate))) {}

  /// The next batch, or null at the end of the stream; valid until the next call. Throws SampleError, in which what the
  /// stream, `fn` or the collate function threw is nested: in place of its batch; a stream that throws is at its end.
  const Batch* next() {
    if (engine_->lost_its_workers())
      detail::fail<ForkSafetyError>("StreamLoader: its workers did not survive fork(); make the loader in the child");
    return engine_->next();
  }
  Iterator begin() {
    next();
    return Iterator(*engine_);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

 private:
  std::unique_ptr<Engine, detail::EndOfEngine> engine_;
};

}  // namespace litorch
