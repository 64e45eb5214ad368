// SPDX-License-Identifier: MIT
// Tensors to and from PyTorch, NumPy, JAX and others through DLPack's C structures, without a copy. For those who have
// its header: target litorch::dlpack.
#pragma once

#include <litorch/base/dtype.hpp>
#include <litorch/tensor/tensor.hpp>

#include <dlpack/dlpack.h>

#include <memory>

#if !defined(DLPACK_MAJOR_VERSION) && DLPACK_VERSION < 60
#error "litorch needs DLPack 0.6 or newer"
#endif

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
  constexpr std::uint8_t kBool = 6;  // kDLBool, which headers before 0.8 do not name
  const DTypeInfo& type = info(dtype);
  const std::uint8_t code = type.kind == 'b'   ? kBool
                            : type.kind == 'i' ? std::uint8_t{kDLInt}
                            : type.kind == 'u' ? std::uint8_t{kDLUInt}
                            : type.kind == 'f' ? std::uint8_t{kDLFloat}
                                               : std::uint8_t{kDLComplex};
  return {code, static_cast<std::uint8_t>(8 * type.item_size), 1};
}

constexpr bool same_type(const DLDataType& a, const DLDataType& b) {
  return a.code == b.code && a.bits == b.bits && a.lanes == b.lanes;
}

/// "float32", "bfloat16", "uint4", "int8 in 4 lanes", "code 12 with 8 bits".
inline std::string dlpack_name(const DLDataType& type) {
  constexpr const char* kKinds[] = {"int", "uint", "float", "opaque", "bfloat", "complex", "bool"};
  const int bits = type.bits;
  return (type.code < std::size(kKinds) ? to_text(kKinds[type.code], bits)
                                        : to_text("code ", int{type.code}, " with ", bits, " bits")) +
         (type.lanes == 1 ? "" : to_text(" in ", int{type.lanes}, " lanes"));
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

/// Throws TypeError for memory that is not the CPU's own, and for elements that are not of type `dtype`.
inline void require_dlpack_type(const DLTensor& tensor, DType dtype) {
  // Not read as an enumeration, which may not have any value.
  const auto device = std::bit_cast<std::int32_t>(tensor.device.device_type);
  if (device != kDLCPU || tensor.device.device_id != 0)
    fail<TypeError>("from_dlpack(): the tensor is on device ", tensor.device.device_id, " of type ", device,
                    ", expected 0 of type ", int{kDLCPU}, ", the CPU; copy it there first");
  if (!same_type(tensor.dtype, dlpack_type(dtype)))
    fail<TypeError>("from_dlpack(): the elements are ", dlpack_name(tensor.dtype), ", expected ", name(dtype),
                    "; ask for their type or convert them first");
}

/// The layout of a tensor that others made; throws ShapeError. Strides along dims of at most one index, which mean
/// nothing, become those of a row-major tensor.
inline Layout dlpack_layout(const DLTensor& tensor) {
  if (tensor.ndim < 0 || tensor.ndim > kMaxRank)
    fail<ShapeError>("from_dlpack(): the tensor has ", tensor.ndim, " dims, expected 0 to ", kMaxRank,
                     "; merge some of them");
  if (tensor.ndim > 0 && tensor.shape == nullptr)
    fail<ShapeError>("from_dlpack(): the tensor has ", tensor.ndim, " dims, but its shape is a null pointer");
  const Dims extents(tensor.shape, tensor.shape + tensor.ndim);
  for (Index dim = 0, product = 1; dim < extents.rank(); ++dim) {
    if (extents[dim] < 0) fail<ShapeError>("from_dlpack(): extent ", extents[dim], " in dim ", dim, " is negative");
    if (!multiply_checked(product, std::max<Index>(extents[dim], 1), product))
      fail<ShapeError>("from_dlpack(): shape ", extents, " counts more than 2^63 - 1 elements");
  }
  Layout layout = row_major(Shape(extents));
  if (tensor.strides != nullptr)
    for (Index dim = 0; dim < extents.rank(); ++dim)
      if (extents[dim] > 1) layout.strides[dim] = tensor.strides[dim];
  return layout;
}

/// The first element, null where there is none; throws ShapeError where elements of `item_size` bytes cannot be.
inline std::byte* dlpack_data(const DLTensor& tensor, const Layout& layout, std::size_t item_size,
                              std::size_t alignment) {
  const Bounds reach = byte_bounds("from_dlpack", layout, item_size);
  if (reach.last < reach.first) return nullptr;
  if (tensor.data == nullptr)
    fail<ShapeError>("from_dlpack(): shape ", layout.shape, " has elements, but the data is a null pointer");
  constexpr auto kEnd = std::numeric_limits<std::uintptr_t>::max();
  const auto start = reinterpret_cast<std::uintptr_t>(tensor.data);
  const auto before = static_cast<std::uintptr_t>(-reach.first), behind = static_cast<std::uintptr_t>(reach.last);
  if (tensor.byte_offset > kEnd - start || start + tensor.byte_offset < before ||
      start + tensor.byte_offset > kEnd - behind)
    fail<ShapeError>("from_dlpack(): shape ", layout.shape, " with strides ", layout.strides, " from byte ",
                     tensor.byte_offset, " of address ", start, " on leaves the memory");
  if ((start + tensor.byte_offset) % alignment != 0)
    fail<ShapeError>("from_dlpack(): byte ", tensor.byte_offset, " of address ", start, " is no multiple of ",
                     alignment, ", where elements may begin; copy them to memory of their own");
  return static_cast<std::byte*>(tensor.data) + tensor.byte_offset;
}

template <class T, class Managed>
Tensor<T> import_dlpack(std::unique_ptr<Managed, DLPackDeleter> managed) {
  if (managed == nullptr) fail<TypeError>("from_dlpack(): the tensor is a null pointer");
  const DLTensor& tensor = managed->dl_tensor;
  require_dlpack_type(tensor, dtype_of<T>);
  const Layout layout = dlpack_layout(tensor);
  std::byte* const data = dlpack_data(tensor, layout, sizeof(T), alignof(T));
  return Tensor<T>(Storage::adopt(data, std::move(managed)), TensorView<T>(reinterpret_cast<T*>(data), layout));
}

}  // namespace detail

/// Ends by calling the deleter. release() hands the structure to whoever takes it over, who calls the deleter then.
using DLPackTensor = std::unique_ptr<DLManagedTensor, detail::DLPackDeleter>;

/// The tensor as DLPack's structure of versions before 1.0: what a PyCapsule of the name "dltensor" holds. Shares the
/// elements and keeps them alive. It cannot say that they are read-only, so a Tensor<const T> is refused by the compiler.
/// O(1). Throws std::bad_alloc. The deleter may be called on any thread. PyTorch has no negative strides, and 1.13 ends the
/// process for them: hand it a clone() of what was flipped.
template <NamedElement T>
DLPackTensor to_dlpack(const Tensor<T>& tensor) requires(!std::is_const_v<T>) {
  return detail::export_dlpack<DLManagedTensor>(tensor);
}

/// The element type to ask from_dlpack() for, where only the structure knows it; visit_dtype() makes it a static one.
/// Throws TypeError for what litorch has no name for, such as bfloat16.
inline DType dlpack_dtype(const DLTensor& tensor) {
  std::size_t at = 0;
  while (at < std::size(kDTypes) && !detail::same_type(tensor.dtype, detail::dlpack_type(static_cast<DType>(at)))) ++at;
  if (at == std::size(kDTypes))
    detail::fail<TypeError>("dlpack_dtype(): the elements are ", detail::dlpack_name(tensor.dtype),
                            ", which litorch has no type for; convert them first");
  return static_cast<DType>(at);
}

/// The tensor that another library made, shared: its deleter is called once, when the last handle ends, or before the
/// call throws. Every field is checked first; whether the memory is there cannot be. Without strides it is row-major.
/// O(1). Throws TypeError for other elements than T, and for another device than the CPU: pinned and managed memory of a
/// GPU are such, as work on it may be on its way. Throws ShapeError for a rank over 8, negative extents, more than
/// 2^63 - 1 bytes, and missing or misaligned memory; std::bad_alloc.
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
                            managed->version.minor, ", expected ", DLPACK_MAJOR_VERSION,
                            "; ask its maker for that version");
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
