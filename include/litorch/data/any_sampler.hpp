// SPDX-License-Identifier: MIT
// One type for all samplers, as an option of a loader needs it.
#pragma once

#include <litorch/data/sampler.hpp>

#include <memory>

namespace litorch {

/// A share in a sampler of any type, or none. Made from any Sampler and from any range of integers, which becomes a
/// SubsetSampler (see there for what is copied). Copies are cheap and share the sampler; const members are thread-safe
/// and, but for the conversion to bool, need one.
class AnySampler {
 public:
  AnySampler() = default;
  template <class S>
  AnySampler(S sampler) requires(!std::same_as<S, AnySampler> && Sampler<S>)
      : model_(std::make_shared<const Model<S>>(std::move(sampler))) {}
  template <class R>
  AnySampler(R indices) requires(!std::same_as<R, AnySampler> && !Sampler<R> && detail::IntegerRange<R>)
      : AnySampler(SubsetSampler(std::move(indices))) {}

  explicit operator bool() const noexcept { return model_ != nullptr; }

  Index size() const { return model().size(); }
  Index size(std::uint64_t epoch) const { return model().size(epoch); }
  Index index(std::uint64_t epoch, Index position) const { return model().index(epoch, position); }
  /// The indices at the out.size() positions from `first` on: faster than one after the other.
  void indices(std::uint64_t epoch, Index first, std::span<Index> out) const { model().indices(epoch, first, out); }

 private:
  struct Interface {
    virtual ~Interface() = default;
    virtual Index size() const = 0;
    virtual Index size(std::uint64_t epoch) const = 0;
    virtual Index index(std::uint64_t epoch, Index position) const = 0;
    virtual void indices(std::uint64_t epoch, Index first, std::span<Index> out) const = 0;
  };

  template <class S>
  struct Model final : Interface {
    explicit Model(S&& held) : sampler(std::move(held)) {}
    Index size() const override { return static_cast<Index>(sampler.size()); }
    Index size(std::uint64_t epoch) const override { return detail::size_in(sampler, epoch); }
    Index index(std::uint64_t epoch, Index position) const override {
      return static_cast<Index>(sampler.index(epoch, position));
    }
    void indices(std::uint64_t epoch, Index first, std::span<Index> out) const override {
      if constexpr (requires { sampler.indices(epoch, first, out); })
        sampler.indices(epoch, first, out);
      else
        for (Index& index : out) index = static_cast<Index>(sampler.index(epoch, first++));
    }

    S sampler;
  };

  const Interface& model() const noexcept {
    LITORCH_ASSERT(model_ != nullptr);
    return *model_;
  }

  std::shared_ptr<const Interface> model_;
};

}  // namespace litorch
