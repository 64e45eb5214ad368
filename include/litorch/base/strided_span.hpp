// SPDX-License-Identifier: MIT
// A list of objects that lie at equal distances inside other objects.
#pragma once

#include <litorch/base/config.hpp>

#include <type_traits>

namespace litorch::detail {

/// `size` objects of type T, `stride` bytes apart; the part of a list of tensors that an untyped function needs to see.
template <class T>
class StridedSpan {
  using Byte = std::conditional_t<std::is_const_v<T>, const std::byte, std::byte>;

 public:
  StridedSpan() = default;
  StridedSpan(T* first, std::size_t stride, Index size)
      : first_(reinterpret_cast<Byte*>(first)), stride_(stride), size_(size) {}

  Index size() const noexcept { return size_; }
  T& operator[](Index i) const noexcept {
    return *reinterpret_cast<T*>(first_ + static_cast<std::size_t>(i) * stride_);
  }

  /// The `member` of each object.
  template <class Member, class Class>
  auto each(Member Class::*member) const noexcept {
    using Part = std::conditional_t<std::is_const_v<T>, const Member, Member>;
    return size_ == 0 ? StridedSpan<Part>() : StridedSpan<Part>(&((*this)[0].*member), stride_, size_);
  }

 private:
  Byte* first_ = nullptr;
  std::size_t stride_ = 0;
  Index size_ = 0;
};

}  // namespace litorch::detail
