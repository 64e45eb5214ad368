// SPDX-License-Identifier: MIT
// What a DataLoader can be told, and what it tells: options, position, times and failures.
#pragma once

#include <litorch/data/batch_sampler.hpp>

#include <charconv>
#include <chrono>
#include <exception>
#include <string>

namespace litorch {

/// What a loader does about a sample that cannot be had.
enum class OnError {
  raise,  ///< throws a SampleError in place of its batch; the next batch comes as if nothing had happened
  skip,   ///< delivers the batch without it; a batch of none is left out
  replace,  ///< puts another sample in its place, drawn at random, the same in each run; raises where a thread took too long
};

/// What the workers of a loader are.
enum class Workers {
  threads,    ///< they share the dataset
  processes,  ///< for a dataset that is not safe to share, or may end its process. A worker has a copy as it was when it
  ///< was forked, and makes whole batches; they are copied once. What get() throws comes as a WorkerException.
  ///< A process that ends, or takes too long, is a failure of the sample it was at; another takes its place
};

struct DataLoaderOptions {
  Index batch_size = 1;
  bool shuffle = false;             ///< a new order each epoch, from `seed`
  AnySampler sampler{};             ///< instead of the order of the dataset; not together with `shuffle`
  AnyBatchSampler batch_sampler{};  ///< instead of all above and `drop_last`
  /// With 0 the thread that asks for a batch makes it; rows of a TensorDataset or NpyDataset it copies on num_threads()
  /// threads.
  std::size_t num_workers = 0;
  Workers workers = Workers::threads;
  std::size_t prefetch_factor = 2;      ///< batches a worker that are made before they are asked for
  bool drop_last = false;               ///< leaves out a last batch that is not full
  std::uint64_t seed = 0;               ///< of the order, and of the generators that samples are given
  bool in_order = true;                 ///< false: batches as they get ready
  std::chrono::nanoseconds timeout{0};  ///< of one sample; 0 for none. Without workers there is none
  OnError on_error = OnError::raise;
};

/// A sample that a loader could not get.
struct SampleFailure {
  std::uint64_t epoch = 0;
  Index batch = 0;
  Index sample = -1;  ///< its index in the dataset; -1 where the batch as a whole failed
  std::size_t worker = 0;
  std::exception_ptr error;
};

/// What OnError::raise throws; nested in it is what the dataset threw.
class SampleError : public Error {
 public:
  SampleError(const std::string& message, SampleFailure failure) : Error(message), failure_(std::move(failure)) {}

  const SampleFailure& failure() const noexcept { return failure_; }
  std::uint64_t epoch() const noexcept { return failure_.epoch; }
  Index batch() const noexcept { return failure_.batch; }
  Index sample() const noexcept { return failure_.sample; }
  std::size_t worker() const noexcept { return failure_.worker; }

 private:
  SampleFailure failure_;
};

namespace detail {

inline Timeout late_sample(Index sample, std::size_t worker, std::chrono::nanoseconds timeout) {
  const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  return Timeout(to_text("litorch::DataLoader: get(", sample, ") on worker ", worker, " took over ", limit, " ms"),
                 sample);
}

[[noreturn]] inline void throw_sample_error(const SampleFailure& failure) {
  const auto text = [&](const char* what) {
    const std::string whose = failure.sample < 0 ? std::string("the batch") : to_text("sample ", failure.sample);
    return to_text("litorch::DataLoader: ", whose, " failed (epoch ", failure.epoch, ", batch ", failure.batch,
                   ", worker ", failure.worker, "): ", what);
  };
  try {
    std::rethrow_exception(failure.error);
  } catch (const std::exception& error) {
    std::throw_with_nested(SampleError(text(error.what()), failure));
  } catch (...) {
    std::throw_with_nested(SampleError(text("an exception that is not a std::exception"), failure));
  }
}

}  // namespace detail

/// Where a loader is: which batches of which epoch were delivered. Also as a line of text.
struct LoaderState {
  static constexpr std::uint64_t kVersion = 2;

  std::uint64_t epoch = 0;
  Index delivered = 0;       ///< batches of it, from the first on
  std::vector<Index> ahead;  ///< batches delivered beyond them, where `in_order` is false
  Index samples = 0;         ///< of the dataset
  Index batches = 0;         ///< of the epoch
  Index batch_size = 0;      ///< 0 with a batch sampler
  std::uint64_t seed = 0;
  std::uint64_t fingerprint = 0;  ///< of the data and of the order of the epoch

  /// How many positions of the order `world` replicas that are all here have consumed: for a RemainingSampler. The last
  /// batch may have been shorter. Throws Error where batches have no fixed size or came out of order.
  Index consumed(Index world = 1) const {
    if (batch_size == 0 || !ahead.empty())
      detail::fail<Error>("LoaderState::consumed(): ",
                          batch_size == 0 ? "a batch sampler made the batches" : "batches were delivered out of order",
                          "; the position in the order of samples is known with batch_size and in_order alone");
    return delivered * batch_size * world;
  }

  std::string to_string() const {
    std::string text = detail::to_text("litorch-loader ", kVersion, " epoch ", epoch, " delivered ", delivered,
                                       " samples ", samples, " batches ", batches, " batch_size ", batch_size, " seed ",
                                       seed, " fingerprint ", fingerprint, " ahead ", ahead.size());
    for (const Index batch : ahead) text += detail::to_text(" ", batch);
    return text;
  }
  /// Throws Error for what to_string() does not give, or another version of it gave.
  static LoaderState parse(const std::string& text);

  friend bool operator==(const LoaderState&, const LoaderState&) = default;
};

/// Times over all epochs so far. load, collate and worker_wait are sums over the workers.
struct LoaderStats {
  Index batches = 0;                          ///< delivered
  Index samples = 0;                          ///< in them
  Index failed = 0;                           ///< samples that could not be had
  Index ready = 0;                            ///< batches that are made and wait for the consumer, now
  std::chrono::nanoseconds consumer_wait{0};  ///< of who asks for batches
  std::chrono::nanoseconds consumer_work{0};  ///< the same from one batch to the next
  std::chrono::nanoseconds load{0};           ///< in get(), and writing samples to their places
  std::chrono::nanoseconds collate{0};        ///< what is left to do when all samples of a batch are there
  std::chrono::nanoseconds worker_wait{0};    ///< for somebody to take a batch

  /// The share of its time that the consumer waited, 0 to 1.
  double wait_share() const noexcept {
    const auto all = consumer_wait + consumer_work;
    return all.count() == 0 ? 0 : static_cast<double>(consumer_wait.count()) / static_cast<double>(all.count());
  }
  /// A line on where the time goes.
  std::string hint() const {
    const int share = static_cast<int>(100 * wait_share());
    if (share < 20) return detail::to_text("the consumer waited ", share, " % of its time: loading is not the limit");
    return detail::to_text("the consumer waited ", share, " % of its time: the loop is bound by loading, ",
                           load >= collate ? "mostly get(); raise num_workers, or make get() faster"
                                           : "mostly the collate function; raise num_workers, or make it faster");
  }
};

inline LoaderState LoaderState::parse(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char letter : text)
    if (letter == ' ')
      words.emplace_back();
    else
      words.back() += letter;
  const auto bad = [&](const char* why) {
    detail::fail<Error>("LoaderState::parse(): ", why, ": '", text.substr(0, 200), "'");
  };
  if (words.size() < 18 || words[0] != "litorch-loader") bad("this is no state of a loader");
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    const std::string& word = words[at];
    const auto read = std::from_chars(word.data(), word.data() + word.size(), value);
    if (read.ec != std::errc() || read.ptr != word.data() + word.size()) bad("a number is expected");
    return value;
  };
  const auto named = [&](std::size_t at, const char* name) {
    if (words[at] != name) bad("a word is missing");
    return number(at + 1);
  };
  if (number(1) != kVersion) bad("it is of another version");
  LoaderState state;
  state.epoch = named(2, "epoch");
  state.delivered = static_cast<Index>(named(4, "delivered"));
  state.samples = static_cast<Index>(named(6, "samples"));
  state.batches = static_cast<Index>(named(8, "batches"));
  state.batch_size = static_cast<Index>(named(10, "batch_size"));
  state.seed = named(12, "seed");
  state.fingerprint = named(14, "fingerprint");
  if (named(16, "ahead") != words.size() - 18) bad("it is cut off");
  for (std::size_t at = 18; at < words.size(); ++at) state.ahead.push_back(static_cast<Index>(number(at)));
  return state;
}

}  // namespace litorch
