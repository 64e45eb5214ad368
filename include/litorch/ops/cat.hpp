// SPDX-License-Identifier: MIT
// Concatenation: the pieces become one tensor. The output exists first, each worker fills a range of it that no other
// worker touches, and so nothing is locked.
#pragma once

#include <litorch/ops/consume.hpp>
#include <litorch/ops/ordered_join.hpp>
#include <litorch/ops/tensor_list.hpp>

namespace litorch {
namespace detail {

/// Checks that `out` can take the result. Everything is checked before the first write.
inline void check_output(const char* call, const ErasedView& out, const ConcatPlan& plan,
                         const StridedSpan<const ErasedView>& inputs, std::size_t item_size) {
  if (out.layout.shape != plan.shape)
    fail<ShapeError>(call, "(): the output has shape ", out.layout.shape, ", expected ", plan.shape, " from ",
                     inputs.size(), " inputs along dim ", plan.dim);
  const Index bytes = plan.numel() * static_cast<Index>(item_size);
  if (bytes == 0) return;
  const bool gapless = is_contiguous(out.layout);
  if (!gapless) require_own_elements(call, out.layout);
  const auto begin = reinterpret_cast<std::uintptr_t>(out.data), end = begin + static_cast<std::uintptr_t>(bytes);
  const Index step = plan.rows * plan.inner * static_cast<Index>(item_size);
  for (Index i = 0; i < inputs.size(); ++i) {
    if (gapless && plan.dense) {  // intervals, for which two comparisons tell
      const auto first = reinterpret_cast<std::uintptr_t>(inputs[i].data);
      const Index extent = plan.each >= 0 ? plan.each : plan.extent_of(inputs[i].layout.shape);
      if (first >= end || first + static_cast<std::uintptr_t>(extent * step) <= begin) continue;
    }
    if (share_bytes(out, inputs[i], item_size))
      fail_input<OverlapError>(i, call, " (shape ", inputs[i].layout.shape, ") shares memory with the output (shape ",
                               out.layout.shape, "); clone() the input or give another output");
  }
}

using MakePlan = ConcatPlan (*)(const char*, const StridedSpan<const Layout>&, Index);

template <class T, Executor E>
Tensor<T> join_fresh(const char* call, MakePlan make_plan, const StridedSpan<const ErasedView>& inputs, Index dim,
                     E&& executor, const Tuning& tuning = {}) {
  const ConcatPlan plan = make_plan(call, inputs.each(&ErasedView::layout), dim);
  Tensor<T> out = Tensor<T>::uninitialized(call, plan.shape);
  join(executor, erased(out), plan, inputs, sizeof(T), tuning);
  return out;
}

/// join_fresh() that leaves `pieces` empty. Nothing is consumed by a call that is refused.
template <class T, Executor E>
Tensor<std::remove_const_t<T>> join_consuming(const char* call, MakePlan make_plan, std::vector<Tensor<T>>& pieces,
                                              Index dim, E&& executor, const Tuning& tuning = {},
                                              const Storage& slots = {}) {
  const TensorList<std::vector<Tensor<T>>> list(pieces);
  const ConcatPlan plan = make_plan(call, list.views().each(&ErasedView::layout), dim);
  if (plan.numel() > 0) {
    byte_count(call, plan.shape, sizeof(T));
    return ConsumingJoin<T>(plan, pieces, tuning, slots).run(call, executor);
  }
  auto out = join_fresh<std::remove_const_t<T>>(call, make_plan, list.views(), dim, executor, tuning);
  pieces.clear();
  return out;
}

template <Executor E>
void join_into(const char* call, MakePlan make_plan, const ErasedView& out, const StridedSpan<const ErasedView>& inputs,
               Index dim, std::size_t item_size, E&& executor, const Tuning& tuning = {}) {
  const ConcatPlan plan = make_plan(call, inputs.each(&ErasedView::layout), dim);
  check_output(call, out, plan, inputs, item_size);
  join(executor, out, plan, inputs, item_size, tuning);
}

/// The element type that `Out` and `Inputs` have in common.
template <class Out, class Inputs>
requires(std::same_as<typename Out::element_type, ElementOf<Inputs>>) using OutputElement = ElementOf<Inputs>;

}  // namespace detail

/// The inputs one after another along `dim`, as a new row-major tensor.
///
/// `inputs`: a list in braces, or any range of Tensor or TensorView of one element type. Shapes must agree outside of
/// `dim`. Inputs of shape (0,) are skipped, whatever the others are. Throws ShapeError (empty list, shapes that do not
/// fit, over 2^63 - 1 bytes), IndexError (dim out of range), std::bad_alloc. Reads and writes each byte of the output
/// once, in one parallel region on `executor`. Thread-safe.
template <TensorRange Inputs, Executor E = DefaultExecutor>
auto cat(Inputs&& inputs, Index dim = 0, E&& executor = {}) {
  const detail::TensorList<Inputs> list(inputs);
  return detail::join_fresh<detail::ElementOf<Inputs>>("cat", detail::plan_cat, list.views(), dim, executor);
}
template <class T, Executor E = DefaultExecutor>
auto cat(std::initializer_list<Tensor<T>> inputs, Index dim = 0, E&& executor = {}) {
  return cat(std::span(inputs), dim, executor);
}
/// Inputs of several owners, named by their element type: cat<float>({tensor, view_of(vector), map_npy<float>(path)}).
template <class T, Executor E = DefaultExecutor>
auto cat(std::initializer_list<TensorView<const T>> inputs, Index dim = 0, E&& executor = {}) {
  return cat(std::span(inputs), dim, executor);
}
/// cat() of pieces that are not needed any more: `inputs` is empty afterwards. It takes little more memory than the
/// result. Where the pieces follow one another in the output (dim 0, or extents of 1 before `dim`), a piece of whole pages
/// that has its memory for itself gives its pages to the result without a copy, if such pieces are at least half of it.
/// Of all others up to 4 MiB are copied at a time, and freed; but strided ones, and slices under 64 KiB of pieces that
/// lie side by side, are freed at the end. Memory that other handles share stays. A call that throws ShapeError or
/// IndexError consumes nothing.
template <class T, Executor E = DefaultExecutor>
auto cat(std::vector<Tensor<T>>&& inputs, Index dim = 0, E&& executor = {}) {
  return detail::join_consuming("cat", detail::plan_cat, inputs, dim, executor);
}

/// cat() into memory that is there already: `out` may be any view that names each element once. Everything is checked
/// before the first write; a refused call leaves `out` as it was. Throws as cat() does, ShapeError where `out` has
/// another shape, OverlapError where it shares memory with an input or with itself. Allocates nothing for inputs that
/// lie in an array.
template <TensorLike Out, TensorRange Inputs, Executor E = DefaultExecutor>
void cat_into(const Out& out, Inputs&& inputs, Index dim = 0, E&& executor = {}) {
  const detail::TensorList<Inputs> list(inputs);
  using T = detail::OutputElement<Out, Inputs>;
  if (dim == 0 && detail::join_in_order(erased(out), list.views(), sizeof(T), {})) return;
  detail::join_into("cat_into", detail::plan_cat, erased(out), list.views(), dim, sizeof(T), executor);
}
template <TensorLike Out, class T, Executor E = DefaultExecutor>
void cat_into(const Out& out, std::initializer_list<Tensor<T>> inputs, Index dim = 0, E&& executor = {}) {
  cat_into(out, std::span(inputs), dim, executor);
}
template <TensorLike Out, Executor E = DefaultExecutor>
void cat_into(const Out& out, std::initializer_list<TensorView<const typename Out::value_type>> inputs, Index dim = 0,
              E&& executor = {}) {
  cat_into(out, std::span(inputs), dim, executor);
}

}  // namespace litorch
