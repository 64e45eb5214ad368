// SPDX-License-Identifier: MIT
// Which samples make up which batch: as pure as a Sampler, and for the same reasons.
#pragma once

#include <litorch/data/any_sampler.hpp>

namespace litorch {

/// `size(epoch)` batches, and the indices of batch k, 0 <= k < size(epoch), which replace what is in `indices` and
/// allocate nothing where its capacity is enough. Both depend on their arguments alone and may be called by many threads
/// at once.
template <class B>
concept BatchSampler = requires(const B& batches, std::uint64_t epoch, Index k, std::vector<Index>& indices) {
  { batches.size(epoch) } -> std::convertible_to<Index>;
  batches.batch(epoch, k, indices);
};

namespace detail {

/// `batch_size` itself. Throws ShapeError below 1.
inline Index checked_batch_size(const char* call, Index batch_size) {
  if (batch_size < 1) fail<ShapeError>(call, "(): batch size ", batch_size, "; give 1 or more");
  return batch_size;
}

/// In how many batches `samples` come.
constexpr Index batch_count(Index samples, Index batch_size, bool drop_last) noexcept {
  return samples / batch_size + (!drop_last && samples % batch_size != 0);
}

}  // namespace detail

/// Batches of `batch_size` neighbours in a sampler's order. The last one is shorter where the numbers do not divide, or
/// left out with `drop_last`.
class FixedBatchSampler {
 public:
  /// Throws ShapeError for a batch size below 1, Error without a sampler.
  FixedBatchSampler(AnySampler sampler, Index batch_size, bool drop_last = false)
      : sampler_(std::move(sampler)),
        batch_size_(detail::checked_batch_size("FixedBatchSampler", batch_size)),
        drop_last_(drop_last) {
    if (!sampler_) detail::fail<Error>("FixedBatchSampler(): there is no sampler; give SequentialSampler(n)");
  }

  Index size(std::uint64_t epoch) const { return detail::batch_count(sampler_.size(epoch), batch_size_, drop_last_); }
  void batch(std::uint64_t epoch, Index k, std::vector<Index>& indices) const {
    LITORCH_ASSERT(k >= 0 && k < size(epoch));
    const Index first = k * batch_size_;
    indices.resize(static_cast<std::size_t>(std::min(batch_size_, sampler_.size(epoch) - first)));
    sampler_.indices(epoch, first, indices);
  }

 private:
  AnySampler sampler_;
  Index batch_size_;
  bool drop_last_;
};

/// A share in a batch sampler of any type, or none: to BatchSampler what AnySampler is to Sampler.
class AnyBatchSampler {
 public:
  AnyBatchSampler() = default;
  template <class B>
  AnyBatchSampler(B batches) requires(!std::same_as<B, AnyBatchSampler> && BatchSampler<B>)
      : model_(std::make_shared<const Model<B>>(std::move(batches))) {}

  explicit operator bool() const noexcept { return model_ != nullptr; }

  Index size(std::uint64_t epoch) const { return model().size(epoch); }
  void batch(std::uint64_t epoch, Index k, std::vector<Index>& indices) const { model().batch(epoch, k, indices); }

 private:
  struct Interface {
    virtual ~Interface() = default;
    virtual Index size(std::uint64_t epoch) const = 0;
    virtual void batch(std::uint64_t epoch, Index k, std::vector<Index>& indices) const = 0;
  };

  template <class B>
  struct Model final : Interface {
    explicit Model(B&& held) : batches(std::move(held)) {}
    Index size(std::uint64_t epoch) const override { return static_cast<Index>(batches.size(epoch)); }
    void batch(std::uint64_t epoch, Index k, std::vector<Index>& indices) const override {
      batches.batch(epoch, k, indices);
    }

    B batches;
  };

  const Interface& model() const noexcept {
    LITORCH_ASSERT(model_ != nullptr);
    return *model_;
  }

  std::shared_ptr<const Interface> model_;
};

}  // namespace litorch
