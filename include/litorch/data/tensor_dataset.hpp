// SPDX-License-Identifier: MIT
// Tensors as a dataset: sample i is row i.
#pragma once

#include <litorch/data/dataset.hpp>
#include <litorch/tensor/tensor.hpp>

#include <tuple>

namespace litorch {

/// Sample i is the view of index i of dim 0: a Tensor for one tensor, a tuple of them for several, as for features and
/// labels. Shares the elements of the tensors and copies none.
template <class... T>
class TensorDataset {
  static_assert(sizeof...(T) > 0, "litorch::TensorDataset: at least one tensor is needed");

 public:
  /// Throws ShapeError for a scalar, and where the sizes of dim 0 differ.
  explicit TensorDataset(Tensor<T>... tensors) : tensors_(std::move(tensors)...) {
    std::apply(
        [](const auto& first, const auto&... others) {
          Index input = 0;
          check(input, first.shape(), first.shape());
          (check(++input, others.shape(), first.shape()), ...);
        },
        tensors_);
  }

  Index size() const noexcept { return std::get<0>(tensors_).shape()[0]; }
  /// O(rank). Throws IndexError.
  auto get(Index i) const {
    detail::checked_sample("TensorDataset::get", i, size());
    return std::apply(
        [i](const auto&... tensors) {
          if constexpr (sizeof...(T) == 1)
            return (tensors[i], ...);
          else
            return std::tuple<Tensor<T>...>(tensors[i]...);
        },
        tensors_);
  }
  /// Of the types and shapes, not of the elements.
  std::uint64_t fingerprint() const {
    std::uint64_t all = sizeof...(T);
    const auto add = [&](Index value) { all = detail::stream_key(all, static_cast<std::uint64_t>(value), 0); };
    const auto add_tensor = [&](const auto& tensor) {
      add(static_cast<Index>(sizeof *tensor.data()));
      for (const Index extent : tensor.shape()) add(extent);
    };
    std::apply([&](const auto&... tensors) { (add_tensor(tensors), ...); }, tensors_);
    return all;
  }
  /// The whole tensors, for who gathers many rows at once.
  const std::tuple<Tensor<T>...>& tensors() const noexcept { return tensors_; }

 private:
  static void check(Index input, const Shape& shape, const Shape& first) {
    if (shape.rank() == 0)
      detail::fail_input<ShapeError>(input, "TensorDataset", " is a scalar, which has no rows; use unsqueeze(0)");
    if (shape[0] != first[0])
      detail::fail_input<ShapeError>(input, "TensorDataset", " has size ", shape[0], " in dim 0, expected ", first[0],
                                     " as in input 0 (shapes ", shape, " and ", first, ")");
  }

  std::tuple<Tensor<T>...> tensors_;
};

template <class... T>
inline constexpr bool detail::kPlainRows<TensorDataset<T...>> = true;

}  // namespace litorch
