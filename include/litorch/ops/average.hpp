// SPDX-License-Identifier: MIT
// The mean of many tensors, element by element: what workers that trained the same model do with their parameters.
#pragma once

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

}  // namespace detail

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

}  // namespace litorch
