// SPDX-License-Identifier: MIT
// Batches of a dataset, made by worker threads while the last batch is looked at.
#pragma once

#include <litorch/data/loader_engine.hpp>

#include <iterator>

namespace litorch {
namespace detail {

/// What the options ask for. Throws ShapeError and Error as DataLoader() does.
inline AnyBatchSampler batches_of(Index samples, const DataLoaderOptions& options) {
  constexpr const char* kCall = "DataLoader(): ";
  if (options.batch_sampler) {
    if (options.sampler || options.shuffle || options.drop_last)
      fail<Error>(kCall, "batch_sampler says all that sampler, shuffle and drop_last do; give one or the others");
    return options.batch_sampler;
  }
  if (options.sampler && options.shuffle)
    fail<Error>(kCall, "sampler and shuffle contradict each other; give ShuffledSampler or SubsetSampler(range, seed)");
  if (options.prefetch_factor < 1) fail<Error>(kCall, "prefetch_factor is 0; give 1 batch a worker or more");
  if (options.timeout.count() < 0) fail<Error>(kCall, "a negative timeout; give 0 for none");
  AnySampler sampler = options.sampler;
  if (!sampler && options.shuffle) sampler = ShuffledSampler(samples, options.seed);
  if (!sampler) sampler = SequentialSampler(samples);
  return FixedBatchSampler(std::move(sampler), options.batch_size, options.drop_last);
}

}  // namespace detail

/// A range of batches, one epoch each time that it is iterated:
///
///     DataLoader loader(dataset, {.batch_size = 256, .shuffle = true, .num_workers = 4});
///     for (const auto& [images, labels] : loader) ...
///
/// All workers share the one dataset, which is used as const and never copied. Samples are written straight to their
/// place in the batch; its memory is used again once nobody holds the batch. What a batch contains depends on the seed,
/// the epoch and its number alone, whatever the number of workers. Batches of the next epoch are begun when the last one
/// of this epoch is. begin() starts an epoch: the first, the one after the last that was started, or where restore() or
/// set_epoch() say.
///
/// Thread safety: one thread at a time. Ends when the samples under way are loaded; sample_stop_token() tells them so. In a
/// forked child a loader with workers can be destroyed, and nothing else: its threads and processes are the parent's.
template <Dataset D, class Collate = DefaultCollate>
class DataLoader {
  using Engine = detail::LoaderEngine<D, Collate>;

 public:
  using Batch = typename Engine::Batch;

  /// A position in the epoch under way; all iterators of a loader share it.
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
    friend DataLoader;
    explicit Iterator(Engine& engine) : engine_(&engine) {}
    Engine* engine_ = nullptr;
  };

  /// Throws ShapeError for a batch size below 1, Error for options that contradict each other, IoError where a thread
  /// cannot be started.
  explicit DataLoader(D dataset, DataLoaderOptions options = {}, Collate collate = {}) {
    AnyBatchSampler batches = detail::batches_of(detail::size_of(dataset), options);
    engine_.reset(new Engine(std::move(dataset), std::move(options), std::move(batches), std::move(collate)));
  }

  /// Batches in the epoch under way, or in the first.
  Index size() const { return engine_->batches(epoch()); }
  const D& dataset() const noexcept { return engine_->dataset(); }
  std::uint64_t epoch() const { return usable().position().first.epoch; }

  /// Starts an epoch. Throws as next().
  Iterator begin() {
    usable();
    start();
    engine_->next();
    return Iterator(*engine_);
  }
  std::default_sentinel_t end() const noexcept { return {}; }

  /// The next batch of the epoch, which is started if none is; null at its end, and then the next call starts another.
  /// Valid until the next call. Throws SampleError in place of a batch; the call after that gives the batch behind it.
  const Batch* next() {
    usable();
    if (!running()) start();
    return engine_->next();
  }

  /// The next begin() starts this epoch.
  void set_epoch(std::uint64_t epoch) {
    from_ = {epoch, 0};
    ahead_.clear();
    running_ = false;
  }

  /// Which batches have been delivered, the one that is looked at included. O(1), or O(batches under way) where they come
  /// in any order.
  LoaderState state() const {
    const auto [place, ahead] = running() ? usable().position() : std::pair(from_, ahead_);
    LoaderState state = identity(place.epoch);
    state.delivered = place.batch;
    state.ahead = ahead;
    return state;
  }
  /// The next begin() goes on behind `state`, whatever the number of workers was. O(1). Throws Error where the dataset,
  /// the batches, their order or the seed are not those that the state is of.
  void restore(const LoaderState& state) {
    const LoaderState own = identity(state.epoch);
    const auto check = [](const char* what, auto was, auto is) {
      if (was != is)
        detail::fail<Error>("DataLoader::restore(): the state has ", what, " ", was, ", this loader ", is,
                            "; restore it in a loader of the same data and options");
    };
    check("samples", state.samples, own.samples);
    check("batch size", state.batch_size, own.batch_size);
    check("batches", state.batches, own.batches);
    check("seed", state.seed, own.seed);
    check("the fingerprint of other data or of another order,", state.fingerprint, own.fingerprint);
    if (state.delivered < 0 || state.delivered > own.batches)
      detail::fail<Error>("DataLoader::restore(): the state has ", state.delivered, " batches delivered of ",
                          own.batches);
    from_ = {state.epoch, state.delivered};
    ahead_ = state.ahead;
    if (state.delivered == own.batches) set_epoch(state.epoch + 1);
    running_ = false;
  }

  LoaderStats stats() const { return usable().stats(); }
  /// Samples that could not be had, of the batches delivered so far; the first 10,000.
  const std::vector<SampleFailure>& failures() const noexcept { return engine_->failures(); }

 private:
  /// Whether an epoch was started whose end nobody has seen.
  bool running() const noexcept { return running_ && !engine_->ended(); }
  Engine& usable() const {
    if (engine_->lost_its_workers())
      detail::fail<ForkSafetyError>("DataLoader: its workers did not survive fork(); make the loader in the child");
    return *engine_;
  }
  void start() {
    engine_->seek(from_, std::move(ahead_));
    ahead_.clear();
    from_ = {from_.epoch + 1, 0};
    running_ = true;
  }
  LoaderState identity(std::uint64_t epoch) const {
    const DataLoaderOptions& options = engine_->options();
    LoaderState state;
    state.epoch = epoch;
    state.samples = detail::size_of(dataset());
    state.batches = engine_->batches(epoch);
    state.batch_size = options.batch_sampler ? 0 : options.batch_size;
    state.seed = options.seed;
    if (!fingerprint_ || fingerprint_->first != epoch)
      fingerprint_.emplace(epoch, engine_->fingerprint(epoch, state.batches));
    state.fingerprint = fingerprint_->second;
    return state;
  }

  std::unique_ptr<Engine, detail::EndOfEngine> engine_;
  mutable std::optional<std::pair<std::uint64_t, std::uint64_t>> fingerprint_;  // of this epoch
  detail::BatchPlace from_{};                                                   // of the next epoch to be started
  std::vector<Index> ahead_;
  bool running_ = false;
};

}  // namespace litorch
