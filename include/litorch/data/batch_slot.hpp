// SPDX-License-Identifier: MIT
// A batch on its way through a DataLoader.
#pragma once

#include <litorch/data/sample_loader.hpp>

namespace litorch::detail {

/// How far the batches of an epoch have been delivered: all before `next`, and those in `ahead`.
class Deliveries {
 public:
  Deliveries() = default;
  Deliveries(BatchPlace next, std::vector<Index> ahead) : next_(next), ahead_(std::move(ahead)) { close_up(); }

  BatchPlace next() const noexcept { return next_; }
  const std::vector<Index>& ahead() const noexcept { return ahead_; }
  /// Whether it was delivered ahead of others.
  bool is_ahead(BatchPlace place) const {
    return place.epoch == next_.epoch && std::find(ahead_.begin(), ahead_.end(), place.batch) != ahead_.end();
  }
  /// One more of the epoch.
  void add(Index batch) {
    if (batch == next_.batch)
      ++next_.batch;
    else
      ahead_.push_back(batch);
    close_up();
  }

 private:
  void close_up() {
    const auto find_next = [this] { return std::find(ahead_.begin(), ahead_.end(), next_.batch); };
    for (auto found = find_next(); found != ahead_.end(); found = find_next()) {
      ahead_.erase(found);
      ++next_.batch;
    }
  }

  BatchPlace next_{};
  std::vector<Index> ahead_;
};

/// The state of one, guarded by the lock of its engine; the assembly is for whoever has claimed some of the samples.
template <class Assembly>
struct BatchSlot {
  enum class State { free, opening, loading, finishing, ready };

  template <class Collate>
  explicit BatchSlot(const Collate& collate) : assembly(collate) {}

  State state = State::free;
  BatchPlace place{};
  bool dropped = false;          // nobody wants it any more
  bool failed_whole = false;     // not for one of its samples
  Index claimed = 0, done = 0;   // samples
  Index samples = 0;             // in the batch
  std::vector<Index> indices{};  // of the samples in the dataset
  std::vector<Index> failed{};   // which of them are missing
  std::vector<SampleFailure> failures{};
  Assembly assembly;
  std::optional<typename Assembly::Batch> batch{};

  Index size() const noexcept { return static_cast<Index>(indices.size()); }
  bool complete() const noexcept { return done == size(); }

  void reset(State to, BatchPlace where) {
    state = to;
    place = where;
    dropped = failed_whole = false;
    claimed = done = samples = 0;
    indices.clear();
    failed.clear();
    failures.clear();
    batch.reset();
  }
  void fail_whole(std::size_t worker, std::exception_ptr error) {
    failed_whole = true;
    failures.push_back({place.epoch, place.batch, -1, worker, std::move(error)});
    batch.reset();
  }
};

}  // namespace litorch::detail
