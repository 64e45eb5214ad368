// SPDX-License-Identifier: MIT
// Tensors of any element type with names: what files of many tensors are made of.
#pragma once

#include <litorch/io/npy.hpp>
#include <litorch/ops/row_major_reader.hpp>

#include <set>
#include <vector>

namespace litorch {

/// A tensor of a named element type and its name. Shares the memory of a Tensor; that of a TensorView must outlive it.
class NamedTensor {
 public:
  template <TensorLike X>
  NamedTensor(std::string name, const X& tensor) requires NamedElement<typename X::value_type>
      : name_(std::move(name)),
        dtype_(dtype_of<typename X::value_type>),
        data_(reinterpret_cast<const std::byte*>(tensor.data())),
        layout_(tensor.layout()),
        read_(read<typename X::value_type>) {
    if constexpr (requires { tensor.storage(); }) storage_ = tensor.storage();
  }

  const std::string& name() const noexcept { return name_; }
  DType dtype() const noexcept { return dtype_; }
  const Layout& layout() const noexcept { return layout_; }
  const Shape& shape() const noexcept { return layout_.shape; }
  Index bytes() const noexcept { return shape().numel() * static_cast<Index>(info(dtype_).item_size); }

 private:
  friend class NamedTensorBytes;
  using Read = const std::byte* (*)(const std::byte*, const Layout&, Index, Index, std::byte*);

  template <class T>
  static const std::byte* read(const std::byte* data, const Layout& layout, Index first, Index last,
                               std::byte* buffer) {
    const TensorView<const T> view(reinterpret_cast<const T*>(data), layout);
    return reinterpret_cast<const std::byte*>(
        detail::RowMajorReader<T>(view).read(first, last, reinterpret_cast<T*>(buffer)));
  }

  std::string name_;
  DType dtype_;
  const std::byte* data_;
  Layout layout_;
  Read read_;
  Storage storage_;
};

/// The elements of a tensor in row-major order, a piece at a time: in place where they lie so, else by way of 16 KiB.
class NamedTensorBytes {
 public:
  /// `layout` is that of the tensor, or the same with its dims in another order.
  NamedTensorBytes(const NamedTensor& tensor, const Layout& layout)
      : tensor_(&tensor), layout_(layout), in_place_(detail::is_contiguous(layout)) {}

  /// The next elements, none at the end; valid until the next call.
  std::span<const std::byte> next() {
    const Index item = static_cast<Index>(info(tensor_->dtype()).item_size);
    const Index most = (in_place_ ? detail::kNpyPieceBytes : kBufferBytes) / item;
    const Index first = done_, last = std::min(first + most, layout_.shape.numel());
    done_ = last;
    if (first == last) return {};
    if (!in_place_) buffer_.resize(static_cast<std::size_t>(kBufferBytes));
    return {tensor_->read_(tensor_->data_, layout_, first, last, buffer_.data()),
            static_cast<std::size_t>((last - first) * item)};
  }

 private:
  static constexpr Index kBufferBytes = 16 * 1024;  // what every RowMajorReader can read at once

  const NamedTensor* tensor_;
  Layout layout_;
  bool in_place_;
  Index done_ = 0;
  std::vector<std::byte> buffer_;
};

namespace detail {

/// Throws Error where two tensors have one name.
inline void require_distinct_names(const char* call, std::span<const NamedTensor> tensors) {
  std::set<std::string_view> names;
  Index position = 0;
  for (const NamedTensor& tensor : tensors) {
    if (!names.insert(tensor.name()).second)
      fail_input<Error>(position, call, " is named '", tensor.name(), "', as one before it; give each its own name");
    ++position;
  }
}

/// The value under `name`. Throws IndexError, which lists the names there are.
template <class Map>
const typename Map::mapped_type& require_name(const char* call, const std::string& path, const Map& map,
                                              const std::string& name) {
  if (const auto found = map.find(name); found != map.end()) return found->second;
  std::string names;
  std::size_t listed = 0;
  for (const auto& [known, value] : map) {
    if (listed++ < 8) names += to_text(names.empty() ? "" : ", ", "'", known, "'");
  }
  if (listed > 8) names += to_text(" and ", listed - 8, " more");
  fail<IndexError>(call, "(): '", path, "' has no tensor '", name, "'; it has ", names.empty() ? "none" : names);
}

}  // namespace detail
}  // namespace litorch
