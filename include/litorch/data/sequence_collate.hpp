// SPDX-License-Identifier: MIT
// Collate functions for sequences of unequal length: filled up to the longest of their batch, or one behind the other.
#pragma once

#include <litorch/data/collator.hpp>
#include <litorch/ops/pad.hpp>

namespace litorch {
namespace detail {

/// Joins the tensors at one place of all samples by `join`; what else there is of a sample is collated as without a
/// collate function. Structures and tuples give tuples, pairs give pairs.
template <class Join>
class SequenceCollate {
 public:
  explicit SequenceCollate(Join join) : join_(join) {}

  /// Throws what `join` throws, as ShapeError for sequences whose other dims differ.
  template <class S>
  auto operator()(const std::vector<S>& samples) const {
    if constexpr (TensorLike<S>) {
      return join_(samples);
    } else if constexpr (is_tuple<S>) {
      return columns<S>([&]<std::size_t kAt>(std::integral_constant<std::size_t, kAt>) {
        return column(
            samples, [](const S& sample) -> const auto& { return std::get<kAt>(sample); });
      });
    } else if constexpr (Aggregate<S>) {
      return columns<MembersOf<S>>([&]<std::size_t kAt>(std::integral_constant<std::size_t, kAt>) {
        return column(
            samples, [](const S& sample) -> const auto& { return std::get<kAt>(members_of(sample)); });
      });
    } else {
      Collator<S> collator;
      const Index count = static_cast<Index>(samples.size());
      collator.open(samples.front(), count);
      for (Index k = 0; k < count; ++k) collator.put(k, samples[static_cast<std::size_t>(k)]);
      return collator.take(count);
    }
  }
  template <class A, class B>
  auto operator()(const std::vector<std::pair<A, B>>& samples) const {
    using Pair = std::pair<A, B>;
    return std::pair(column(
                         samples, [](const Pair& sample) -> const auto& { return sample.first; }),
                     column(
                         samples, [](const Pair& sample) -> const auto& { return sample.second; }));
  }

 private:
  template <class S, class Part>
  auto column(const std::vector<S>& samples, Part part) const {
    std::vector<std::remove_cvref_t<decltype(part(samples.front()))>> values;
    values.reserve(samples.size());
    for (const S& sample : samples) values.push_back(part(sample));
    return (*this)(values);
  }
  template <class Tuple, class Column>
  static auto columns(Column column) {
    return [&]<std::size_t... kAt>(std::index_sequence<kAt...>) {
      return std::tuple{column(std::integral_constant<std::size_t, kAt>())...};
    }
    (std::make_index_sequence<std::tuple_size_v<Tuple>>());
  }

  Join join_;
};

}  // namespace detail

/// For DataLoader(dataset, options, pad_collate(value)): samples (length, ...) become a Padded batch, filled up with
/// `value`, as by pad_sequence().
inline auto pad_collate(double value = 0) {
  return detail::SequenceCollate([value](const auto& sequences) {
    using T = typename std::remove_cvref_t<decltype(sequences)>::value_type::value_type;
    return pad_sequence(sequences, static_cast<T>(value));
  });
}

/// For DataLoader(dataset, options, ragged_collate()): samples (length, ...) become a Ragged batch, as by cat_ragged().
inline auto ragged_collate() {
  return detail::SequenceCollate([](const auto& sequences) { return cat_ragged(sequences); });
}

}  // namespace litorch
