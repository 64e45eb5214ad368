// SPDX-License-Identifier: MIT
// Concatenation that converts while it copies, also from inputs of different element types.
#pragma once

#include <litorch/base/aggregate.hpp>
#include <litorch/ops/casting.hpp>
#include <litorch/ops/cat.hpp>

namespace litorch {
namespace detail {

/// Converts positions [first, last) of a nest whose `a` is the output.
using ConvertPositions = void (*)(const LoopNest&, std::byte* to, const std::byte* from, Index first, Index last);

template <class U, class T>
void convert_positions(const LoopNest& nest, std::byte* to, const std::byte* from, Index first, Index last) {
  const std::size_t inner = nest.depth - 1, outer = nest.depth - 2;
  const Index to_step = nest.a[inner], from_step = nest.b[inner], to_row = nest.a[outer], from_row = nest.b[outer];
  // Inputs that lie closer together down the columns are read a few lines at a time, and each line as a whole.
  constexpr Index kTile = 16;
  const Index tile = magnitude(from_row) < magnitude(from_step) ? kTile : nest.inner_extent();
  visit_blocks(nest, first, last, [&](Index to_at, Index from_at, Index rows, Index columns) {
    U* const out = reinterpret_cast<U*>(to) + to_at;
    const T* const in = reinterpret_cast<const T*>(from) + from_at;
    if (to_step == 1 && from_step == 1) {
      for (Index row = 0; row < rows; ++row) convert_run(out + row * to_row, in + row * from_row, columns);
      return;
    }
    for (Index left = 0; left < columns; left += tile)
      for (Index row = 0; row < rows; ++row)
        for (Index column = left, end = std::min(columns, left + tile); column < end; ++column)
          out[row * to_row + column * to_step] = convert<U>(in[row * from_row + column * from_step]);
  });
}

/// Throws TypeError where input `at`, of type `from`, would have to be converted with loss.
inline void check_casting(Index at, DType from, DType to, Casting casting) {
  if (casting == Casting::safe && !can_cast(from, to))
    fail_input<TypeError>(at, "cat_as", " is ", name(from), ", which ", name(to),
                          " cannot hold without loss; choose a wider type, or pass Casting::unsafe");
}

/// join() by way of `convert_of(i)`, which converts input i.
template <class U, Executor E, class ConvertOf>
void join_converted(E&& executor, const TensorView<U>& out, const ConcatPlan& plan,
                    const StridedSpan<const ErasedView>& inputs, ConvertOf convert_of, const Tuning& tuning = {}) {
  const Index count = plan.numel(), item = static_cast<Index>(sizeof(U));
  if (count == 0) return;
  const Dims order = memory_order(out.layout());
  const JoinedDim joined(plan.shape, plan.dim, order);
  const Strides& strides = out.strides();
  const Index runs = plan.dense ? bytes_for(joined.rows() * inputs.size(), Cost::run) : bytes_for(count, Cost::element);
  fill_in_parts(executor, plan, joined, inputs.size(), item, count * item + runs, erased(out).data, tuning,
                [&](Positions range) {
                  visit_parts(plan, joined, inputs, range, [&](Index i, Index start, Positions part) {
                    const Layout& input = inputs[i].layout;
                    std::byte* const to = erased(out).data + start * strides[plan.dim] * item;
                    convert_of(i)(loop_nest(input.shape, strides, input.strides, order), to, inputs[i].data, part.first,
                                  part.last);
                  });
                });
}

template <class U, Executor E, class ConvertOf>
Tensor<U> cat_converted(E&& executor, const StridedSpan<const ErasedView>& inputs, Index dim, ConvertOf convert_of) {
  const ConcatPlan plan = plan_cat("cat_as", inputs.each(&ErasedView::layout), dim);
  Tensor<U> out = Tensor<U>::uninitialized("cat_as", plan.shape);
  join_converted(executor, out.view(), plan, inputs, convert_of);
  return out;
}

}  // namespace detail

/// cat() as elements of type U, converted while they are copied: no converted input is ever stored.
///
/// With Casting::safe, types alone decide whether values could be lost, as NumPy's can_cast does: int16 to float32 is
/// safe, int32 to float32 is not, nor is any type but bool to bool. With Casting::unsafe, integers wrap, floating-point
/// values are clamped to an integer type with NaN as 0, and the imaginary part is dropped where U is real. Types are
/// checked also where no elements are. Throws as cat() does, and TypeError for an input that needs Casting::unsafe.
/// Reads each element once and writes each once, in one parallel region on `executor`. Thread-safe.
template <NamedElement U, TensorRange Inputs, Executor E = DefaultExecutor>
Tensor<U> cat_as(Inputs&& inputs, Index dim = 0, Casting casting = Casting::safe, E&& executor = {}) {
  using T = detail::ElementOf<Inputs>;
  static_assert(NamedElement<T>, "litorch::cat_as(): only numbers and booleans can be converted");
  const detail::TensorList<Inputs> list(inputs);
  detail::check_casting(0, dtype_of<T>, dtype_of<U>, casting);
  if constexpr (std::is_same_v<T, U>)
    return detail::join_fresh<U>("cat_as", detail::plan_cat, list.views(), dim, executor);
  else
    return detail::cat_converted<U>(executor, list.views(), dim, [](Index) { return detail::convert_positions<U, T>; });
}
template <NamedElement U, class T, Executor E = DefaultExecutor>
Tensor<U> cat_as(std::initializer_list<Tensor<T>> inputs, Index dim = 0, Casting casting = Casting::safe,
                 E&& executor = {}) {
  return cat_as<U>(std::span(inputs), dim, casting, executor);
}
/// The same for inputs of different element types: cat_as<double>(std::tuple{ints, floats}, 1).
template <NamedElement U, class Inputs, Executor E = DefaultExecutor>
requires detail::is_tuple<std::remove_cvref_t<Inputs>> Tensor<U> cat_as(Inputs&& inputs, Index dim = 0,
                                                                        Casting casting = Casting::safe,
                                                                        E&& executor = {}) {
  return std::apply(
      [&]<TensorLike... Parts>(const Parts&... parts) {
        Index position = 0;
        (detail::check_casting(position++, dtype_of<typename Parts::value_type>, dtype_of<U>, casting), ...);
        const std::array<detail::ErasedView, sizeof...(Parts)> views{erased(parts)...};
        const std::array<detail::ConvertPositions, sizeof...(Parts)> converts{
            detail::convert_positions<U, typename Parts::value_type>...};
        return detail::cat_converted<U>(executor, {views.data(), sizeof(detail::ErasedView), position}, dim,
                                        [&](Index i) { return converts[static_cast<std::size_t>(i)]; });
      },
      inputs);
}

}  // namespace litorch
