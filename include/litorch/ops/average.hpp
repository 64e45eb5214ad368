// SPDX-License-Identifier: MIT
// The mean of many tensors, element by element: what workers that trained the same model do with their parameters.
#pragma once

#include <litorch/base/aggregate.hpp>
#include <litorch/ops/concat_plan.hpp>
#include <litorch/ops/folds.hpp>
#include <litorch/ops/reduction.hpp>
#include <litorch/ops/tensor_list.hpp>

namespace litorch {
namespace detail {

template <class T, Executor E>
auto average_inputs(const StridedSpan<const ErasedView>& inputs, E&& executor, const Tuning& tuning = {}) {
  using Fold = MeanFold<T>;
  const ConcatPlan plan = plan_stack("average", inputs.each(&ErasedView::layout), 0);
  auto result = Tensor<typename Fold::Result>::uninitialized("average", inputs[0].layout.shape);
  auto* const out = result.data();
  std::vector<RowMajorReader<T>> readers;
  readers.reserve(static_cast<std::size_t>(inputs.size()));
  for (Index i = 0; i < inputs.size(); ++i)
    readers.emplace_back(TensorView<const T>(reinterpret_cast<const T*>(inputs[i].data), inputs[i].layout));
  const Index count = result.numel(), item = static_cast<Index>(sizeof(*out));
  const Index read_bytes = plan.numel() * static_cast<Index>(sizeof(T));
  for_each_range(executor, count, item, {read_bytes}, erased(result).data, tuning, [&](Index first, Index last) {
    T buffer[static_cast<std::size_t>(RowMajorReader<T>::kMost)];
    for (Index at = first; at < last; at += kRowWidth) {
      const Index width = std::min(kRowWidth, last - at);
      const auto row_of = [&](Index i) { return readers[static_cast<std::size_t>(i)].read(at, at + width, buffer); };
      const auto sums = fold_rows(Fold(), row_of, 1, width, 0, inputs.size());
      for (Index i = 0; i < width; ++i) out[at + i] = Fold().finish(sums[static_cast<std::size_t>(i)], inputs.size());
    }
  });
  return result;
}

/// The average of what get(worker) gives, which is parameter `parameter` of each.
template <class T, class Get, Executor E>
auto average_parameter(Index parameter, Index workers, const Get& get, E&& executor) {
  std::vector<TensorView<const T>> inputs;
  inputs.reserve(static_cast<std::size_t>(workers));
  for (Index worker = 0; worker < workers; ++worker) {
    inputs.emplace_back(get(worker));
    if (inputs.back().shape() != inputs.front().shape())
      fail_input<ShapeError>(worker, "average", " has shape ", inputs.back().shape(), " as parameter ", parameter,
                             ", expected ", inputs.front().shape(), " as in input 0");
  }
  const TensorList<const std::vector<TensorView<const T>>> list(inputs);
  return average_inputs<T>(list.views(), executor);
}

template <class... Tensors, Executor E>
auto average_parameters(const std::vector<std::tuple<Tensors...>>& inputs, E&& executor) {
  const auto average_at = [&]<std::size_t kAt>(std::integral_constant<std::size_t, kAt>) {
    using T = typename std::tuple_element_t<kAt, std::tuple<Tensors...>>::value_type;
    const auto get = [&](Index worker) -> const auto& {
      return std::get<kAt>(inputs[static_cast<std::size_t>(worker)]);
    };
    return average_parameter<T>(Index{kAt}, static_cast<Index>(inputs.size()), get, executor);
  };
  return [&]<std::size_t... kAt>(std::index_sequence<kAt...>) {
    return std::tuple{average_at(std::integral_constant<std::size_t, kAt>())...};
  }
  (std::index_sequence_for<Tensors...>());
}

template <class Parameters, Executor E>
auto average_parameters(const std::vector<Parameters>& inputs, E&& executor) {
  const auto count_of = [&](std::size_t worker) { return static_cast<Index>(std::ranges::size(inputs[worker])); };
  for (std::size_t worker = 1; worker < inputs.size(); ++worker)
    if (count_of(worker) != count_of(0))
      fail_input<ShapeError>(static_cast<Index>(worker), "average", " has ", count_of(worker), " parameters, expected ",
                             count_of(0), " as in input 0");
  using T = ElementOf<const Parameters&>;
  std::vector<Tensor<typename MeanFold<T>::Result>> results;
  for (Index at = 0; at < count_of(0); ++at) {
    const auto get = [&](Index worker) -> const auto& {
      return std::ranges::begin(inputs[static_cast<std::size_t>(worker)])[at];
    };
    results.push_back(average_parameter<T>(at, static_cast<Index>(inputs.size()), get, executor));
  }
  return results;
}

template <class P>
inline constexpr bool is_tensor_tuple = false;
template <class... Parts>
inline constexpr bool is_tensor_tuple<std::tuple<Parts...>> = sizeof...(Parts) > 0 && (TensorLike<Parts> && ...);

}  // namespace detail

/// What one worker has of a model: a std::tuple of Tensor or TensorView, or a std::vector, std::array, std::span of them.
template <class P>
concept ParameterSet = detail::is_tensor_tuple<P> ||
    (TensorRange<const P&>&& std::ranges::random_access_range<const P&>&& std::ranges::sized_range<const P&>);

/// A range of such, one for each worker; it may be one that can be read only once.
template <class R>
concept ParameterSetRange =
    std::ranges::input_range<R> && ParameterSet<std::remove_cvref_t<std::ranges::range_reference_t<R>>>;

/// The element-wise mean of tensors of one shape, as a new row-major tensor: mean(stack(inputs), 0), bit by bit, without
/// the stacked tensor. So it depends on the order of the inputs, not on their strides or the number of threads. Of
/// integers it is double; Float16 is added up as float.
///
/// `inputs`: as those of cat(). Throws ShapeError for an empty list and for shapes that differ, std::bad_alloc. Reads
/// each input once and writes the output once, in one parallel region on `executor`. Thread-safe.
template <TensorRange Inputs, Executor E = DefaultExecutor>
auto average(Inputs&& inputs, E&& executor = {}) {
  const detail::TensorList<Inputs> list(inputs);
  return detail::average_inputs<detail::ElementOf<Inputs>>(list.views(), executor);
}
template <class T, Executor E = DefaultExecutor>
auto average(std::initializer_list<Tensor<T>> inputs, E&& executor = {}) {
  return average(std::span(inputs), executor);
}

/// The averages of the workers' parameters, each as above: a std::tuple where the workers have tuples, whose tensors may
/// be of different types, else a std::vector. So the bits depend on the order of the workers, and not on which thread or
/// process made what.
///
/// Throws ShapeError for an empty list, and for a worker, which input() is, with another number of parameters than the
/// first or one of another shape, which the message names; std::bad_alloc. Reads each input once and writes each output
/// once, in one parallel region a parameter on `executor`. Thread-safe.
template <ParameterSetRange Workers, Executor E = DefaultExecutor>
auto average(Workers&& workers, E&& executor = {}) {
  std::vector<std::remove_cvref_t<std::ranges::range_reference_t<Workers>>> inputs;
  for (auto&& worker : workers) inputs.push_back(std::forward<decltype(worker)>(worker));
  if (inputs.empty())
    detail::fail<ShapeError>("average(): the list of inputs is empty; give the parameters of at least one worker");
  return detail::average_parameters(inputs, executor);
}
template <ParameterSet P, Executor E = DefaultExecutor>
auto average(std::initializer_list<P> workers, E&& executor = {}) {
  return average(std::span(workers), executor);
}

}  // namespace litorch
