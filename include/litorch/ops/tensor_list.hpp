// SPDX-License-Identifier: MIT
// The inputs of a concatenation, whatever range they come in, as the untyped list that the engine takes.
#pragma once

#include <litorch/base/strided_span.hpp>
#include <litorch/tensor/tensor.hpp>

#include <initializer_list>
#include <iterator>
#include <memory>
#include <span>
#include <vector>

namespace litorch {

/// A range of Tensor or TensorView of one element type: a vector, a span, a list, a view, a loader. It may be one that
/// can be read only once.
template <class R>
concept TensorRange = std::ranges::input_range<R> && TensorLike<std::remove_cvref_t<std::ranges::range_reference_t<R>>>;

namespace detail {

template <TensorRange R>
using HandleOf = std::remove_cvref_t<std::ranges::range_reference_t<R>>;

/// The element type of the tensors in a range, without const.
template <TensorRange R>
using ElementOf = typename HandleOf<R>::value_type;

/// Looks at the tensors where they are if they lie in an array; collects handles to them first otherwise.
template <class Inputs>
class TensorList {
  using Handle = HandleOf<Inputs>;
  static constexpr bool kInPlace =
      std::ranges::contiguous_range<Inputs> && std::is_lvalue_reference_v<std::ranges::range_reference_t<Inputs>>;

 public:
  explicit TensorList(Inputs& inputs) {
    if constexpr (kInPlace) {
      handles_ = {std::ranges::data(inputs), std::ranges::size(inputs)};
    } else {
      for (auto&& input : inputs) kept_.push_back(std::forward<decltype(input)>(input));
      handles_ = kept_;
    }
  }
  TensorList(const TensorList&) = delete;
  TensorList& operator=(const TensorList&) = delete;

  StridedSpan<const ErasedView> views() const {
    if (handles_.empty()) return {};
    return {&erased(handles_.front()), sizeof(Handle), static_cast<Index>(handles_.size())};
  }
  std::span<const Handle> handles() const { return handles_; }

 private:
  std::vector<Handle> kept_;
  std::span<const Handle> handles_;
};

}  // namespace detail
}  // namespace litorch
