// SPDX-License-Identifier: MIT
// The output first, the pieces later: each worker has a part of the output that nobody else writes, and whoever waits
// gets the whole when the last part is there.
#pragma once

#include <litorch/ops/cat.hpp>

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>

namespace litorch {

/// A concatenation whose pieces arrive in any order, from any threads. Slot i is the part of the output that piece i
/// becomes; slots are disjoint, so they are written without a lock. All members are thread-safe but the destructor, which
/// must come after the last call; handles to slots may outlive it.
template <class T>
class Assembly {
 public:
  /// Pieces of these shapes along `dim`, as in cat(). Throws as cat() does for such inputs.
  explicit Assembly(std::span<const Shape> shapes, Index dim = 0) : Assembly({}, shapes, dim, true) {}
  explicit Assembly(std::initializer_list<Shape> shapes, Index dim = 0) : Assembly(std::span(shapes), dim) {}
  /// The same in memory that is there already, as cat_into(): a shared tensor, say.
  Assembly(Tensor<T> output, std::span<const Shape> shapes, Index dim = 0)
      : Assembly(std::move(output), shapes, dim, false) {}
  Assembly(Tensor<T> output, std::initializer_list<Shape> shapes, Index dim = 0)
      : Assembly(std::move(output), std::span(shapes), dim) {}
  Assembly(const Assembly&) = delete;
  Assembly& operator=(const Assembly&) = delete;

  std::size_t size() const noexcept { return slots_.size(); }

  /// The part of the output of piece i, to be written and then reported by done(i). Throws IndexError.
  Tensor<T> slot(std::size_t i) const { return slots_[checked("slot", i)].part; }

  /// Copies `piece` into slot i and completes it. Throws IndexError; Error where the slot is taken; ShapeError and
  /// OverlapError as copy_() does, after which the slot is open again.
  template <TensorLike Piece>
  void put(std::size_t i, const Piece& piece) {
    Slot& slot = slots_[checked("put", i)];
    change("put", i, State::open, State::writing);
    try {
      if (piece.shape() != slot.part.shape())
        detail::fail_input<ShapeError>(static_cast<Index>(i), "Assembly::put", " has shape ", piece.shape(),
                                       ", expected ", slot.part.shape());
      slot.part.copy_(piece);
    } catch (...) {
      change("put", i, State::writing, State::open);
      throw;
    }
    change("put", i, State::writing, State::complete);
  }

  /// Reports that slot i has been written. Throws IndexError, and Error where the slot is taken.
  void done(std::size_t i) { change("done", checked("done", i), State::open, State::complete); }

  /// Reports that piece i will not come, and why; whoever waits is told. Throws as done().
  void fail(std::size_t i, std::exception_ptr reason) {
    checked("fail", i);
    const std::lock_guard lock(mutex_);
    step("fail", i, State::open, State::failed);
    if (!reason_) reason_ = reason ? std::move(reason) : std::make_exception_ptr(Error("no reason was given"));
    changed_.notify_all();
  }

  /// The output as soon as all slots are complete. Throws WorkerException as soon as one has failed, which names the
  /// slots that failed and those that are missing, and has the first reason nested in it.
  Tensor<T> wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return settled(); });
    return result();
  }
  /// The same; throws Timeout, which names the slots that are missing, when `limit` has passed.
  template <class Rep, class Period>
  Tensor<T> wait_for(const std::chrono::duration<Rep, Period>& limit) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, limit, [this] { return settled(); }))
      detail::fail<Timeout>("Assembly::wait_for(): ", missing(), " not complete after ",
                            std::chrono::duration_cast<std::chrono::milliseconds>(limit).count(), " ms");
    return result();
  }

 private:
  enum class State : unsigned char { open, writing, complete, failed };
  struct Slot {
    Tensor<T> part;
    State state = State::open;  // guarded by mutex_
  };

  Assembly(Tensor<T> output, std::span<const Shape> shapes, Index dim, bool allocate) : output_(std::move(output)) {
    using namespace detail;
    std::vector<Layout> pieces;
    for (const Shape& shape : shapes) pieces.push_back(row_major(shape));
    const StridedSpan<const Layout> list(pieces.data(), sizeof(Layout), static_cast<Index>(pieces.size()));
    const ConcatPlan plan = plan_cat("Assembly", list, dim);
    if (allocate)
      output_ = Tensor<T>::uninitialized("Assembly", plan.shape);
    else
      check_output("Assembly", erased(output_), plan, {}, sizeof(T));
    Index start = 0;
    for (const Shape& shape : shapes) {
      const Index extent = plan.extent_of(shape);
      const bool neutral = ConcatPlan::skips(shape);
      slots_.push_back({neutral ? Tensor<T>() : output_.narrow(plan.dim, start, extent)});
      start += extent;
    }
  }

  std::size_t checked(const char* call, std::size_t i) const {
    if (i >= size()) detail::fail<IndexError>("Assembly::", call, "(): slot ", i, " of ", size());
    return i;
  }

  void change(const char* call, std::size_t i, State from, State to) {
    const std::lock_guard lock(mutex_);
    step(call, i, from, to);
    if (complete_ == size()) changed_.notify_all();
  }
  void step(const char* call, std::size_t i, State from, State to) {
    Slot& slot = slots_[i];
    if (slot.state != from) {
      const char* const what = slot.state == State::writing    ? " is being written"
                               : slot.state == State::complete ? " is complete already"
                                                               : " has failed already";
      detail::fail<Error>("Assembly::", call, "(): slot ", i, what, "; each slot is filled once");
    }
    slot.state = to;
    complete_ += to == State::complete;
    failed_ += to == State::failed;
  }

  bool settled() const { return failed_ > 0 || complete_ == size(); }
  Tensor<T> result() const {
    if (failed_ == 0) return output_;
    try {
      std::rethrow_exception(reason_);
    } catch (const std::exception& first) {
      std::throw_with_nested(WorkerException(failure(first.what())));
    } catch (...) {
      std::throw_with_nested(WorkerException(failure("an exception that is not a std::exception")));
    }
  }
  std::string failure(const char* reason) const {
    const std::string failed = named([](State state) { return state == State::failed; });
    std::string text = detail::to_text("litorch::Assembly::wait(): ", failed, " failed: ", reason);
    if (complete_ + failed_ < size()) text += detail::to_text("; ", missing(), " missing");
    return text;
  }
  std::string missing() const {
    return named([](State state) { return state == State::open || state == State::writing; });
  }
  /// "2 of 5 slots (1, 3)", and no more than the first ten of them.
  template <class Select>
  std::string named(Select select) const {
    constexpr std::size_t kMost = 10;
    std::string list;
    std::size_t count = 0;
    for (std::size_t i = 0; i < size(); ++i)
      if (select(slots_[i].state) && count++ < kMost) list += detail::to_text(count == 1 ? "" : ", ", i);
    return detail::to_text(count, " of ", size(), " slots (", list, count > kMost ? ", ...)" : ")");
  }

  Tensor<T> output_;
  std::vector<Slot> slots_;
  std::mutex mutex_;  // guards all states and what is below
  std::condition_variable changed_;
  std::size_t complete_ = 0, failed_ = 0;
  std::exception_ptr reason_;  // of the first failure
};

}  // namespace litorch
