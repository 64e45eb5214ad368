// SPDX-License-Identifier: MIT
// A tensor as another library would hand it over through DLPack.
#pragma once

#include <litorch/interop/dlpack.hpp>
#include <litorch/litorch.hpp>

#include <numeric>

#if defined(DLPACK_MAJOR_VERSION)
#define SUPPORT_MANAGED_TENSORS DLManagedTensor, DLManagedTensorVersioned
#else
#define SUPPORT_MANAGED_TENSORS DLManagedTensor
#endif

namespace support {

/// Float32 of shape (2, 3), row-major, the values 0 to 63 in memory; counts how often it is deleted.
template <class Managed>
struct ForeignTensor {
  ForeignTensor() {
    std::iota(std::begin(values), std::end(values), 0.0f);
    managed.dl_tensor = {values, {kDLCPU, 0}, 2, {kDLFloat, 32, 1}, shape, strides, 0};
    managed.manager_ctx = this;
    managed.deleter = [](Managed* self) { ++static_cast<ForeignTensor*>(self->manager_ctx)->deleted; };
#if defined(DLPACK_MAJOR_VERSION)
    if constexpr (std::is_same_v<Managed, DLManagedTensorVersioned>) managed.version = {1, 0};
#endif
  }
  ForeignTensor(const ForeignTensor&) = delete;
  ForeignTensor& operator=(const ForeignTensor&) = delete;

  DLTensor& tensor() { return managed.dl_tensor; }
  void set_layout(std::initializer_list<std::int64_t> extents, std::initializer_list<std::int64_t> steps) {
    tensor().ndim = static_cast<std::int32_t>(extents.size());
    std::copy(extents.begin(), extents.end(), shape);
    std::copy(steps.begin(), steps.end(), strides);
  }

  alignas(64) float values[64];
  std::int64_t shape[64] = {2, 3}, strides[64] = {3, 1};
  Managed managed{};
  int deleted = 0;
};

}  // namespace support
