// SPDX-License-Identifier: MIT
// Memory of what comes again and again in about the same size, batches say: what nobody holds any more is filled again.
#pragma once

#include <litorch/tensor/storage.hpp>

#include <vector>

namespace litorch::detail {

/// Of one thing at a time. Not thread-safe; shares in what it gave may end anywhere.
class RecycledMemory {
 public:
  /// At least `bytes`, not set: what was taken before, unless somebody else has a share in it. Throws std::bad_alloc.
  Storage take(std::size_t bytes) {
    for (const Kept& kept : kept_)
      if (kept.storage.use_count() == 1 && kept.bytes >= bytes) return kept.storage;
    if (kept_.size() == kMost) kept_.erase(kept_.begin());
    kept_.reserve(kMost);
    do kept_.push_back({Storage::allocate(bytes), bytes});
    while (kept_.size() < 2);  // while one is looked at, the other is filled
    return kept_.back().storage;
  }

 private:
  static constexpr std::size_t kMost = 3;  // one may be kept for a while

  struct Kept {
    Storage storage;
    std::size_t bytes;
  };
  std::vector<Kept> kept_;
};

/// The same for things of several parts: each part has its own.
class RecycledParts {
 public:
  /// The next take() is for the first part.
  void restart() noexcept { next_ = 0; }
  Storage take(std::size_t bytes) {
    if (next_ == parts_.size()) parts_.emplace_back();
    return parts_[next_++].take(bytes);
  }

 private:
  std::vector<RecycledMemory> parts_;
  std::size_t next_ = 0;
};

}  // namespace litorch::detail
