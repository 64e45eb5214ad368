// SPDX-License-Identifier: MIT
// Concatenation along a new dim, and NumPy's named forms of both.
#pragma once

#include <litorch/ops/cat.hpp>

namespace litorch {

/// The inputs side by side along a new dim before `dim`, -rank - 1 to rank: shapes (3, 4) stacked along dim 0 become
/// (n, 3, 4). All shapes must be equal. Otherwise as cat().
template <TensorRange Inputs, Executor E = DefaultExecutor>
auto stack(Inputs&& inputs, Index dim = 0, E&& executor = {}) {
  const detail::TensorList<Inputs> list(inputs);
  return detail::join_fresh<detail::ElementOf<Inputs>>("stack", detail::plan_stack, list.views(), dim, executor);
}
template <class T, Executor E = DefaultExecutor>
auto stack(std::initializer_list<Tensor<T>> inputs, Index dim = 0, E&& executor = {}) {
  return stack(std::span(inputs), dim, executor);
}
template <class T, Executor E = DefaultExecutor>
auto stack(std::initializer_list<TensorView<const T>> inputs, Index dim = 0, E&& executor = {}) {
  return stack(std::span(inputs), dim, executor);
}
/// stack() of pieces that are not needed any more, as cat() of such.
template <class T, Executor E = DefaultExecutor>
auto stack(std::vector<Tensor<T>>&& inputs, Index dim = 0, E&& executor = {}) {
  return detail::join_consuming("stack", detail::plan_stack, inputs, dim, executor);
}

/// stack() into memory that is there already, as cat_into().
template <TensorLike Out, TensorRange Inputs, Executor E = DefaultExecutor>
void stack_into(const Out& out, Inputs&& inputs, Index dim = 0, E&& executor = {}) {
  const detail::TensorList<Inputs> list(inputs);
  using T = detail::OutputElement<Out, Inputs>;
  detail::join_into("stack_into", detail::plan_stack, erased(out), list.views(), dim, sizeof(T), executor);
}
template <TensorLike Out, class T, Executor E = DefaultExecutor>
void stack_into(const Out& out, std::initializer_list<Tensor<T>> inputs, Index dim = 0, E&& executor = {}) {
  stack_into(out, std::span(inputs), dim, executor);
}
template <TensorLike Out, Executor E = DefaultExecutor>
void stack_into(const Out& out, std::initializer_list<TensorView<const typename Out::value_type>> inputs, Index dim = 0,
                E&& executor = {}) {
  stack_into(out, std::span(inputs), dim, executor);
}

namespace detail {

/// `layout` with dims of extent 1 added until it has `rank` dims, each at the place that `at` gives for the rank so far.
template <class At>
Layout raised(Layout layout, Index rank, At at) {
  while (layout.shape.rank() < rank) layout = unsqueeze("unsqueeze", layout, at(layout.shape.rank()));
  return layout;
}
inline Layout as_rows(const Layout& layout) {
  return raised(layout, 2, [](Index) { return Index{0}; });
}
/// (), (n), (m, n) become (1, 1, 1), (1, n, 1), (m, n, 1).
inline Layout as_planes(const Layout& layout) {
  return raised(layout, 3, [](Index rank) { return rank == 1 ? Index{0} : rank; });
}
inline Layout as_columns(const Layout& layout) {
  return raised(layout, 2, [](Index rank) { return rank; });
}
inline Layout as_vector(const Layout& layout) {
  return raised(layout, 1, [](Index) { return Index{0}; });
}

/// cat() of the inputs after `form` has raised their rank.
template <class Inputs>
auto cat_raised(const char* call, Inputs&& inputs, Index dim, Layout (*form)(const Layout&)) {
  const TensorList<Inputs> list(inputs);
  std::vector<ErasedView> raised;
  for (const auto& handle : list.handles()) raised.push_back({erased(handle).data, form(handle.layout())});
  const StridedSpan<const ErasedView> views(raised.data(), sizeof(ErasedView), static_cast<Index>(raised.size()));
  return join_fresh<ElementOf<Inputs>>(call, plan_cat, views, dim, DefaultExecutor());
}

}  // namespace detail

/// Along dim 1, or along dim 0 where the first input has one dim; scalars count as vectors of one element.
template <TensorRange Inputs>
auto hstack(Inputs&& inputs) {
  const detail::TensorList<Inputs> list(inputs);
  const bool vectors = list.handles().empty() || list.handles().front().rank() <= 1;
  return detail::cat_raised("hstack", list.handles(), vectors ? 0 : 1, detail::as_vector);
}
/// Along dim 0; vectors are rows.
template <TensorRange Inputs>
auto vstack(Inputs&& inputs) {
  return detail::cat_raised("vstack", inputs, 0, detail::as_rows);
}
/// Along dim 2; (n) counts as (1, n, 1) and (m, n) as (m, n, 1).
template <TensorRange Inputs>
auto dstack(Inputs&& inputs) {
  return detail::cat_raised("dstack", inputs, 2, detail::as_planes);
}
/// Along dim 1; vectors are columns.
template <TensorRange Inputs>
auto column_stack(Inputs&& inputs) {
  return detail::cat_raised("column_stack", inputs, 1, detail::as_columns);
}
template <class T>
auto hstack(std::initializer_list<Tensor<T>> inputs) {
  return hstack(std::span(inputs));
}
template <class T>
auto vstack(std::initializer_list<Tensor<T>> inputs) {
  return vstack(std::span(inputs));
}
template <class T>
auto dstack(std::initializer_list<Tensor<T>> inputs) {
  return dstack(std::span(inputs));
}
template <class T>
auto column_stack(std::initializer_list<Tensor<T>> inputs) {
  return column_stack(std::span(inputs));
}

}  // namespace litorch
