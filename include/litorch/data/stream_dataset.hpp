// SPDX-License-Identifier: MIT
// Sources of samples that have no index and can be read once: sockets, logs, generators.
#pragma once

#include <litorch/base/config.hpp>

#include <concepts>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

namespace litorch {
namespace detail {

template <class X>
inline constexpr bool is_optional = false;
template <class X>
inline constexpr bool is_optional<std::optional<X>> = true;

}  // namespace detail

/// `next()` is a std::optional of the next sample, empty at the end and ever after. Called by one thread at a time.
template <class S>
concept StreamDataset = requires(S& stream) {
  requires detail::is_optional<decltype(stream.next())>;
};

/// The type of a stream's samples.
template <StreamDataset S>
using StreamSampleOf = typename decltype(std::declval<S&>().next())::value_type;

/// A range as a stream. A range given as an rvalue is moved in; an lvalue is referred to and must outlive the stream. It
/// is advanced when the next sample is asked for, not before.
template <class R>
class RangeStream {
  using Range = std::remove_reference_t<R>;
  static_assert(std::ranges::input_range<Range>, "litorch::RangeStream: a range of samples is needed");

 public:
  explicit RangeStream(R&& range) {
    if constexpr (std::is_lvalue_reference_v<R>) {
      range_ = &range;
    } else {
      owned_ = std::make_unique<Range>(std::move(range));
      range_ = owned_.get();
    }
  }

  std::optional<std::ranges::range_value_t<Range>> next() {
    if (!at_)
      at_.emplace(std::ranges::begin(*range_));
    else if (*at_ != std::ranges::end(*range_))
      ++*at_;
    if (*at_ == std::ranges::end(*range_)) return std::nullopt;
    return **at_;
  }

 private:
  std::unique_ptr<Range> owned_;  // not a member: iterators must stay valid when the stream is moved
  Range* range_;
  std::optional<std::ranges::iterator_t<Range>> at_;
};

template <class R>
RangeStream(R&&) -> RangeStream<R>;

}  // namespace litorch
