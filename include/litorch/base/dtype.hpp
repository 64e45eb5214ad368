// SPDX-License-Identifier: MIT
// Element types: which C++ types a tensor can hold, and the names of those that files and other libraries know too.
#pragma once

#include <litorch/base/config.hpp>

#include <bit>
#include <complex>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace litorch {

/// IEEE 754 binary16: stores and converts, computes as float. Conversion from float rounds to nearest, ties to even.
class Float16 {
 public:
  Float16() = default;
  constexpr Float16(float value) noexcept : bits_(encode(std::bit_cast<std::uint32_t>(value))) {}
  constexpr operator float() const noexcept { return std::bit_cast<float>(decode(bits_)); }

  static constexpr Float16 from_bits(std::uint16_t bits) noexcept {
    Float16 value(0.0f);
    value.bits_ = bits;
    return value;
  }
  constexpr std::uint16_t bits() const noexcept { return bits_; }

 private:
  static constexpr std::uint16_t encode(std::uint32_t single) noexcept {
    const std::uint32_t sign = (single >> 16) & 0x8000u;
    const std::uint32_t magnitude = single & 0x7fffffffu;
    if (magnitude > 0x7f800000u)  // NaN: keep the top of the payload, and stay a NaN
      return static_cast<std::uint16_t>(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
    if (magnitude >= 0x47800000u) return static_cast<std::uint16_t>(sign | 0x7c00u);  // 65536 and over
    if (magnitude < 0x38800000u) {                                                    // below 2^-14: subnormal or zero
      if (magnitude < 0x33000000u) return static_cast<std::uint16_t>(sign);
      const std::uint32_t shift = 126u - (magnitude >> 23);
      const std::uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
      return static_cast<std::uint16_t>(sign | round_shift(mantissa, shift));
    }
    return static_cast<std::uint16_t>(sign | round_shift(magnitude - 0x38000000u, 13));  // a carry reaches infinity
  }

  static constexpr std::uint32_t round_shift(std::uint32_t value, std::uint32_t shift) noexcept {
    const std::uint32_t half = 1u << (shift - 1);
    const std::uint32_t odd = (value >> shift) & 1u;
    return (value + half - 1u + odd) >> shift;
  }

  static constexpr std::uint32_t decode(std::uint16_t half) noexcept {
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t mantissa = half & 0x3ffu;
    if (exponent == 31) return sign | 0x7f800000u | (mantissa << 13);
    if (exponent != 0) return sign | ((exponent + 112u) << 23) | (mantissa << 13);
    if (mantissa == 0) return sign;
    const std::uint32_t lead = static_cast<std::uint32_t>(std::countl_zero(mantissa)) - 21u;  // 1..10
    return sign | ((113u - lead) << 23) | (((mantissa << lead) & 0x3ffu) << 13);
  }

  std::uint16_t bits_;
};

/// The element types that have a name outside of C++.
enum class DType : std::uint8_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  float32,
  float64,
  complex64,
  complex128,
};

struct DTypeInfo {
  std::string_view name;   ///< as NumPy and PyTorch print it
  char kind;               ///< NumPy's letter: b i u f c
  std::uint8_t item_size;  ///< bytes an element
  std::uint8_t swap_size;  ///< bytes that byte order applies to: half an element for complex types
};

inline constexpr DTypeInfo kDTypes[] = {
    {"bool", 'b', 1, 1},      {"int8", 'i', 1, 1},        {"int16", 'i', 2, 2},   {"int32", 'i', 4, 4},
    {"int64", 'i', 8, 8},     {"uint8", 'u', 1, 1},       {"uint16", 'u', 2, 2},  {"uint32", 'u', 4, 4},
    {"uint64", 'u', 8, 8},    {"float16", 'f', 2, 2},     {"float32", 'f', 4, 4}, {"float64", 'f', 8, 8},
    {"complex64", 'c', 8, 4}, {"complex128", 'c', 16, 8},
};

constexpr const DTypeInfo& info(DType dtype) noexcept { return kDTypes[static_cast<std::size_t>(dtype)]; }
constexpr std::string_view name(DType dtype) noexcept { return info(dtype).name; }

namespace detail {

template <class T>
constexpr int dtype_code() {
  if constexpr (std::is_same_v<T, bool>)
    return static_cast<int>(DType::boolean);
  else if constexpr (std::is_same_v<T, Float16>)
    return static_cast<int>(DType::float16);
  else if constexpr (std::is_same_v<T, float>)
    return static_cast<int>(DType::float32);
  else if constexpr (std::is_same_v<T, double>)
    return static_cast<int>(DType::float64);
  else if constexpr (std::is_same_v<T, std::complex<float>>)
    return static_cast<int>(DType::complex64);
  else if constexpr (std::is_same_v<T, std::complex<double>>)
    return static_cast<int>(DType::complex128);
  else if constexpr (std::is_integral_v<T> && sizeof(T) <= 8 && !std::is_same_v<T, wchar_t>)
    return static_cast<int>(std::is_signed_v<T> ? DType::int8 : DType::uint8) + std::countr_zero(sizeof(T));
  else
    return -1;
}

template <class T>
inline constexpr bool is_complex = std::is_same_v<T, std::complex<float>> || std::is_same_v<T, std::complex<double>>;

}  // namespace detail

/// A type a tensor can hold. Satisfied by every trivially copyable object type, const or not.
template <class T>
concept Element = std::is_object_v<T> && std::is_trivially_copyable_v<T>;

/// An element type with a name that files and other libraries know.
template <class T>
concept NamedElement = detail::dtype_code<std::remove_cv_t<T>>()
>= 0;

template <NamedElement T>
inline constexpr DType dtype_of = static_cast<DType>(detail::dtype_code<std::remove_cv_t<T>>());

/// Calls `f.template operator()<T>()` with the C++ type of `dtype`; the one place where a run-time type becomes a static
/// one.
template <class F>
constexpr decltype(auto) visit_dtype(DType dtype, F&& f) {
  switch (dtype) {
    case DType::boolean: return f.template operator()<bool>();
    case DType::int8: return f.template operator()<std::int8_t>();
    case DType::int16: return f.template operator()<std::int16_t>();
    case DType::int32: return f.template operator()<std::int32_t>();
    case DType::int64: return f.template operator()<std::int64_t>();
    case DType::uint8: return f.template operator()<std::uint8_t>();
    case DType::uint16: return f.template operator()<std::uint16_t>();
    case DType::uint32: return f.template operator()<std::uint32_t>();
    case DType::uint64: return f.template operator()<std::uint64_t>();
    case DType::float16: return f.template operator()<Float16>();
    case DType::float32: return f.template operator()<float>();
    case DType::float64: return f.template operator()<double>();
    case DType::complex64: return f.template operator()<std::complex<float>>();
    case DType::complex128: break;
  }
  return f.template operator()<std::complex<double>>();
}

}  // namespace litorch
