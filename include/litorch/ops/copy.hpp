// SPDX-License-Identifier: MIT
// The elements of one tensor into another: what copy_, clone, contiguous and fill_ do.
#pragma once

#include <litorch/ops/copy_positions.hpp>
#include <litorch/shape/overlap.hpp>
#include <litorch/tensor/tensor.hpp>

namespace litorch {
namespace detail {

inline bool share_bytes(const ErasedView& a, const ErasedView& b, std::size_t item_size) {
  if (a.data == nullptr || b.data == nullptr) return false;
  return share_bytes(a.layout, b.layout, b.data - a.data, static_cast<Index>(item_size));
}

/// Throws OverlapError where an element of the output is named by two indices.
inline void require_own_elements(const char* call, const Layout& out) {
  if (overlaps_itself(out))
    fail<OverlapError>(call, "(): the output overlaps itself (shape ", out.shape, ", strides ", out.strides,
                       "); give it memory of its own with clone()");
}

template <Executor E>
void copy_elements(E&& executor, const ErasedView& dst, const ErasedView& src, std::size_t item_size,
                   const Tuning& tuning) {
  const CopyNest copy(dst.layout, src.layout, memory_order(dst.layout), item_size);
  const Index count = dst.layout.shape.numel(), item = static_cast<Index>(item_size);
  const bool stream = count * item >= tuning.stream_from;
  const Index run = copy.run_size(), extra = bytes_for(count / run, run > 1 ? Cost::run : Cost::element);
  for_each_range(executor, count, item, {extra}, dst.data, tuning, [&](Index first, Index last) {
    copy(dst.data, src.data, first, last, stream);
    if (stream) stream_fence();
  });
}

}  // namespace detail

/// Tensor::copy_ on an executor: checks everything before the first write.  Throws ShapeError and OverlapError.
template <class T, Executor E = DefaultExecutor>
void assign_elements(TensorView<T> dst, TensorView<const T> src, E&& executor = {}, const detail::Tuning& tuning = {}) {
  using namespace detail;
  const ErasedView from{erased(src).data, expand("copy_", src.layout(), dst.shape().dims())};
  const ErasedView& to = erased(dst);
  if (to.data == from.data && to.layout == from.layout) return;
  require_own_elements("copy_", to.layout);
  if (share_bytes(to, from, sizeof(T)))
    fail<OverlapError>("copy_(): source (shape ", src.shape(), ") and output (shape ", dst.shape(),
                       ") share memory; copy from source.clone()");
  copy_elements(executor, to, from, sizeof(T), tuning);
}

/// Tensor::fill_ on an executor. Throws OverlapError where the tensor overlaps itself.
template <class T, Executor E = DefaultExecutor>
void fill_elements(TensorView<T> dst, const T& value, E&& executor = {}, const detail::Tuning& tuning = {}) {
  using namespace detail;
  require_own_elements("fill_", dst.layout());
  T kept = value;  // the value may be an element of the tensor
  const TensorView<const T> scalar(&kept, Layout{});
  copy_elements(executor, erased(dst), {erased(scalar).data, expand("fill_", Layout{}, dst.shape().dims())}, sizeof(T),
                tuning);
}

}  // namespace litorch
