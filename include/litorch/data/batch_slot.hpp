// SPDX-License-Identifier: MIT
// A batch on its way through a DataLoader.
#pragma once

#include <litorch/data/sample_loader.hpp>

namespace litorch::detail {

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
