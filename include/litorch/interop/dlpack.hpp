// SPDX-License-Identifier: MIT
// Tensors to and from PyTorch, NumPy, JAX and others through DLPack's C structures, without a copy. For those who have
// its header: target litorch::dlpack.
#pragma once

#include <litorch/base/dtype.hpp>
#include <litorch/tensor/tensor.hpp>

#include <dlpack/dlpack.h>

#include <memory>

namespace litorch {
namespace detail {

/// Calls the deleter of a managed tensor, if it has one.
struct DLPackDeleter {
  template <class Managed>
  void operator()(Managed* managed) const noexcept {
    if (managed->deleter != nullptr) managed->deleter(managed);
  }
};

constexpr DLDataType dlpack_type(DType dtype) {
  constexpr std::uint8_t kBool = 6;  // kDLBool since version 0.8
  const DTypeInfo& type = info(dtype);
  const std::uint8_t code = type.kind == 'b'   ? kBool
                            : type.kind == 'i' ? std::uint8_t{kDLInt}
                            : type.kind == 'u' ? std::uint8_t{kDLUInt}
                            : type.kind == 'f' ? std::uint8_t{kDLFloat}
                                               : std::uint8_t{kDLComplex};
  return {code, static_cast<std::uint8_t>(8 * type.item_size), 1};
}

/// A managed tensor and what it points to.
template <class Managed>
struct DLPackExport {
  Managed managed{};
  Storage storage;
  std::array<std::int64_t, kMaxRank> shape{}, strides{};
};

template <class Managed, class T>
std::unique_ptr<Managed, DLPackDeleter> export_dlpack(const Tensor<T>& tensor) {
  using Export = DLPackExport<Managed>;
  auto exported = std::make_unique<Export>();
  exported->storage = tensor.storage();
  std::copy(tensor.shape().begin(), tensor.shape().end(), exported->shape.begin());
  std::copy(tensor.strides().begin(), tensor.strides().end(), exported->strides.begin());
  Managed& managed = exported->managed;
  managed.dl_tensor = {.data = const_cast<std::remove_const_t<T>*>(tensor.data()),
                       .device = {kDLCPU, 0},
                       .ndim = static_cast<std::int32_t>(tensor.rank()),
                       .dtype = dlpack_type(dtype_of<T>),
                       .shape = exported->shape.data(),
                       .strides = exported->strides.data(),
                       .byte_offset = 0};
  managed.manager_ctx = exported.get();
  managed.deleter = [](Managed* self) { delete static_cast<Export*>(self->manager_ctx); };
  return std::unique_ptr<Managed, DLPackDeleter>(&exported.release()->managed);
}

/// The layout of a tensor of `dtype` in memory that others made; throws TypeError and ShapeError.
inline Layout dlpack_layout(const DLTensor& tensor, DType dtype) {
  constexpr const char* kCall = "from_dlpack";
  if (tensor.device.device_type != kDLCPU)
    fail<TypeError>(kCall, "(): the tensor is on a device of type ", static_cast<int>(tensor.device.device_type),
                    ", expected ", static_cast<int>(kDLCPU), ", the CPU; move it there first");
  const DLDataType found = tensor.dtype, wanted = dlpack_type(dtype);
  if (found.code != wanted.code || found.bits != wanted.bits || found.lanes != 1)
    fail<TypeError>(kCall, "(): the elements have code ", int{found.code}, ", ", int{found.bits}, " bits and ",
                    int{found.lanes}, " lanes, expected ", int{wanted.code}, ", ", int{wanted.bits}, " and 1 for ",
                    name(dtype), "; convert them first");
  if (tensor.ndim < 0 || tensor.ndim > kMaxRank)
    fail<ShapeError>(kCall, "(): the tensor has ", tensor.ndim, " dims, expected 0 to ", kMaxRank);
  if (tensor.ndim > 0 && tensor.shape == nullptr)
    fail<ShapeError>(kCall, "(): the tensor has ", tensor.ndim, " dims and no shape");
  const Shape shape(tensor.shape, tensor.shape + tensor.ndim);
  byte_count(kCall, shape, info(dtype).item_size);
  Layout layout = row_major(shape);
  if (tensor.strides == nullptr || shape.numel() == 0) return layout;
  Index reach = 0;
  for (Index dim = 0; dim < shape.rank(); ++dim) {
    const Index stride = tensor.strides[dim];
    Index step = 0;
    const bool fits = stride > std::numeric_limits<Index>::min() &&
                      multiply_checked(shape[dim] - 1, stride < 0 ? -stride : stride, step) &&
                      multiply_checked(step, Index{info(dtype).item_size}, step) && add_checked(reach, step, reach);
    if (!fits)
      fail<ShapeError>(kCall, "(): stride ", stride, " of dim ", dim, " (shape ", shape,
                       ") reaches over 2^63 - 1 bytes");
    layout.strides[dim] = stride;
  }
  return layout;
}

/// The first element; throws ShapeError where no memory can be.
inline std::byte* dlpack_data(const DLTensor& tensor, const Layout& layout, std::size_t alignment) {
  constexpr const char* kCall = "from_dlpack";
  if (layout.shape.numel() == 0) return nullptr;
  const auto start = reinterpret_cast<std::uintptr_t>(tensor.data), at = start + tensor.byte_offset;
  if (tensor.data == nullptr || at < start)
    fail<ShapeError>(kCall, "(): shape ", layout.shape, " has elements, but no memory at ", start, " and byte ",
                     tensor.byte_offset);
  if (at % alignment != 0)
    fail<ShapeError>(kCall, "(): the elements begin at ", at, ", which is no multiple of ", alignment,
                     "; copy them to memory of their own");
  return static_cast<std::byte*>(tensor.data) + tensor.byte_offset;
}

template <class T, class Managed>
Tensor<T> import_dlpack(std::unique_ptr<Managed, DLPackDeleter> managed) {
  if (managed == nullptr) fail<TypeError>("from_dlpack(): no tensor was given");
  const DLTensor& tensor = managed->dl_tensor;
  const Layout layout = dlpack_layout(tensor, dtype_of<T>);
  std::byte* const data = dlpack_data(tensor, layout, alignof(T));
  return Tensor<T>(Storage::adopt(data, std::move(managed)), TensorView<T>(reinterpret_cast<T*>(data), layout));
}

}  // namespace detail

/// Ends by calling the deleter. release() hands the structure to whoever takes it over, who calls the deleter then.
using DLPackTensor = std::unique_ptr<DLManagedTensor, detail::DLPackDeleter>;

/// The tensor as DLPack's structure of versions before 1.0: what a PyCapsule of the name "dltensor" holds. Shares the
/// elements and keeps them alive. It cannot say that they are read-only, so a Tensor<const T> is refused. O(1). Throws
/// std::bad_alloc. The deleter may be called on any thread.
template <NamedElement T>
DLPackTensor to_dlpack(const Tensor<T>& tensor) requires(!std::is_const_v<T>) {
  return detail::export_dlpack<DLManagedTensor>(tensor);
}

/// The tensor that another library made, shared: its deleter is called once, when the last handle ends, or at once where
/// it is refused. Every field is checked first, memory that the structure points to cannot be. No strides means
/// row-major. O(1). Throws TypeError for other elements than T or another device than the CPU; ShapeError for a rank over
/// 8, negative extents, sizes over 2^63 - 1 bytes, missing or misaligned memory; std::bad_alloc.
template <NamedElement T>
Tensor<T> from_dlpack(DLPackTensor managed) {
  return detail::import_dlpack<T>(std::move(managed));
}
/// Takes the structure over.
template <NamedElement T>
Tensor<T> from_dlpack(DLManagedTensor* managed) {
  return from_dlpack<T>(DLPackTensor(managed));
}

#if defined(DLPACK_MAJOR_VERSION) && DLPACK_MAJOR_VERSION >= 1

using DLPackVersionedTensor = std::unique_ptr<DLManagedTensorVersioned, detail::DLPackDeleter>;

/// The tensor as the structure of version 1, in a PyCapsule of the name "dltensor_versioned"; read-only where T is const.
template <NamedElement T>
DLPackVersionedTensor to_dlpack_versioned(const Tensor<T>& tensor) {
  auto managed = detail::export_dlpack<DLManagedTensorVersioned>(tensor);
  managed->version = {DLPACK_MAJOR_VERSION, DLPACK_MINOR_VERSION};
  managed->flags = std::is_const_v<T> ? DLPACK_FLAG_BITMASK_READ_ONLY : 0;
  return managed;
}

/// from_dlpack() of version 1. Throws TypeError also for another major version, and for a read-only tensor unless T is
/// const.
template <NamedElement T>
Tensor<T> from_dlpack(DLPackVersionedTensor managed) {
  if (managed != nullptr && managed->version.major != DLPACK_MAJOR_VERSION)
    detail::fail<TypeError>("from_dlpack(): the tensor is of DLPack version ", managed->version.major, ".",
                            managed->version.minor, ", expected ", DLPACK_MAJOR_VERSION);
  if (managed != nullptr && !std::is_const_v<T> && (managed->flags & DLPACK_FLAG_BITMASK_READ_ONLY) != 0)
    detail::fail<TypeError>("from_dlpack(): the tensor is read-only; ask for const ", name(dtype_of<T>));
  return detail::import_dlpack<T>(std::move(managed));
}
template <NamedElement T>
Tensor<T> from_dlpack(DLManagedTensorVersioned* managed) {
  return from_dlpack<T>(DLPackVersionedTensor(managed));
}

#endif

}  // namespace litorch
