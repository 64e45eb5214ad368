// SPDX-License-Identifier: MIT
// From one element type to another: which conversions keep every value, and what the others do.
#pragma once

#include <litorch/base/dtype.hpp>

#include <cstddef>
#include <limits>

namespace litorch {

/// Which conversions a call may do.
enum class Casting {
  safe,    ///< those that can_cast() allows
  unsafe,  ///< all: values may be rounded, wrapped, clamped or cut as convert() says
};

/// Whether `to` can hold what `from` holds: NumPy's can_cast(from, to, 'safe'). Sizes decide, not values; int64 and
/// uint64 count as held by float64, though it rounds those over 2^53.
constexpr bool can_cast(DType from, DType to) noexcept {
  const DTypeInfo &a = info(from), &b = info(to);
  const int a_part = a.swap_size, b_part = b.swap_size;  // half of a complex number
  if (from == to || from == DType::boolean) return true;
  if (b.kind == 'i') return a.kind == 'i' ? a_part <= b_part : a.kind == 'u' && a_part < b_part;
  if (b.kind == 'u') return a.kind == 'u' && a_part <= b_part;
  if (b.kind == 'b' || (a.kind == 'c' && b.kind == 'f')) return false;
  const bool whole = a.kind == 'i' || a.kind == 'u';
  return whole ? b_part == 8 || a_part < b_part : a_part <= b_part;
}

namespace detail {

/// `value` as U, for every pair of named types and every value:
/// - to bool: whether it is not zero; NaN is true
/// - complex to real: the imaginary part is dropped
/// - floating to integer: towards zero, clamped to the ends of the type; NaN becomes 0
/// - integer to integer: the low bits
/// - to a narrower floating type: rounded to nearest, too large values to infinity; float64 to float16 by way of float32
template <NamedElement U, NamedElement T>
constexpr U convert(const T& value) noexcept {
  if constexpr (is_complex<T> && is_complex<U>) {
    using Part = typename U::value_type;
    return U(static_cast<Part>(value.real()), static_cast<Part>(value.imag()));
  } else if constexpr (is_complex<T>) {
    if constexpr (std::is_same_v<U, bool>)
      return value.real() != 0 || value.imag() != 0;
    else
      return convert<U>(value.real());
  } else if constexpr (is_complex<U>) {
    return U(convert<typename U::value_type>(value));
  } else if constexpr (std::is_same_v<T, Float16>) {
    return convert<U>(static_cast<float>(value));
  } else if constexpr (std::is_same_v<U, Float16>) {
    return Float16(static_cast<float>(value));
  } else if constexpr (std::is_floating_point_v<T> && std::is_integral_v<U> && !std::is_same_v<U, bool>) {
    using Limits = std::numeric_limits<U>;
    constexpr auto kHalf = Limits::max() / 2 + 1;
    constexpr T kBelow = static_cast<T>(Limits::min()), kAbove = static_cast<T>(kHalf) * 2;  // exact
    if (value != value) return U{0};
    return value <= kBelow ? Limits::min() : value >= kAbove ? Limits::max() : static_cast<U>(value);
  } else {
    return static_cast<U>(value);
  }
}

/// convert() of `count` elements that lie one after another.
template <NamedElement U, NamedElement T>
void convert_run(U* to, const T* from, Index count) noexcept {
  for (Index i = 0; i < count; ++i) to[i] = convert<U>(from[i]);
}

/// convert_run() of elements whose types are known at run time only.
using Conversion = void (*)(std::byte* to, const std::byte* from, Index count);

/// The Conversion between two types. A template, so that only programs that ask for it compile all of them.
template <class = void>
Conversion conversion_of(DType from, DType to) {
  return visit_dtype(to, [&]<class U>() {
    return visit_dtype(from, []<class T>() -> Conversion {
      return [](std::byte* out, const std::byte* in, Index count) {
        convert_run(reinterpret_cast<U*>(out), reinterpret_cast<const T*>(in), count);
      };
    });
  });
}

}  // namespace detail
}  // namespace litorch
