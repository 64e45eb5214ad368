// SPDX-License-Identifier: MIT
// operator<<: the text that Python prints for a PyTorch tensor of the same values. Independent of the locale.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <charconv>
#include <cmath>
#include <complex>
#include <ostream>
#include <string>

namespace litorch {
namespace detail {

/// How the numbers of one tensor are written: whole ones as `1.`, others with 4 digits, far apart ones as 1.0000e+05.
class NumberFormat {
 public:
  void add(double value) {
    if (!std::isfinite(value)) return;
    whole_ = whole_ && value == std::trunc(value);
    if (value == 0) return;
    least_ = std::min(least_, std::fabs(value));
    most_ = std::max(most_, std::fabs(value));
  }

  std::string text(double value) const {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    char digits[400];  // the longest double in fixed notation has 309 digits before the point
    const bool far = most_ > 0 && (most_ / least_ > 1000 || most_ > 1e8 || (!whole_ && least_ < 1e-4));
    const auto end = far      ? std::to_chars(digits, std::end(digits), value, std::chars_format::scientific, 4)
                     : whole_ ? std::to_chars(digits, std::end(digits) - 1, value, std::chars_format::fixed, 0)
                              : std::to_chars(digits, std::end(digits), value, std::chars_format::fixed, 4);
    return std::string(digits, end.ptr) + (whole_ && !far ? "." : "");
  }

 private:
  bool whole_ = true;
  double least_ = HUGE_VAL, most_ = 0;
};

template <class T>
concept Printable = std::is_arithmetic_v<T> || std::same_as<T, Float16> || std::same_as<T, std::complex<float>> ||
    std::same_as<T, std::complex<double>>;

/// Prints the elements of one tensor, all padded to one width. Over 1,000 elements, each dim shows 3 at both ends.
template <class T>
class TensorPrinter {
 public:
  explicit TensorPrinter(TensorView<const T> tensor) : tensor_(tensor), summarised_(tensor.numel() > 1000) {
    visit(tensor_, [this](const T& value) { measure(value); });
    visit(tensor_, [this](const T& value) {
      if (widens(value)) width_ = std::max(width_, text(value).size());
    });
  }

  std::string print() const {
    std::string out = "tensor(";
    out += tensor_.numel() == 0 ? "[]" : print_part(tensor_, 7);
    if (tensor_.numel() == 0 && tensor_.rank() != 1) out += to_text(", size=", tensor_.shape());
    if constexpr (NamedElement<T>) {
      const DType dtype = dtype_of<T>;
      const bool implied =
          dtype == DType::float32 || (tensor_.numel() > 0 && (dtype == DType::int64 || dtype == DType::boolean));
      if (!implied) out += to_text(", dtype=", name(dtype));
    }
    return out + ")";
  }

 private:
  static constexpr Index kEdge = 3;
  static constexpr std::size_t kLineWidth = 80;

  bool cuts(Index extent) const { return summarised_ && extent > 2 * kEdge; }

  /// Calls each(i) for the indices that are shown.
  template <class Each>
  void shown(Index extent, Each&& each) const {
    for (Index i = 0; i < extent; ++i) {
      if (cuts(extent) && i == kEdge) i = extent - kEdge;
      each(i);
    }
  }

  template <class F>
  void visit(const TensorView<const T>& part, F&& f) const {
    if (part.rank() == 0)
      f(part.item());
    else
      shown(part.shape()[0], [&](Index i) { visit(part[i], f); });
  }

  void measure(const T& value) {
    if constexpr (is_complex<T>) {
      real_.add(static_cast<double>(value.real()));
      imaginary_.add(static_cast<double>(value.imag()));
    } else if constexpr (!std::is_integral_v<T>) {
      real_.add(static_cast<double>(value));
    }
  }

  /// Zeros, infinities and NaN are padded to the width of the others, but do not add to it.
  static bool widens(const T& value) {
    if constexpr (std::is_integral_v<T> || is_complex<T>)
      return true;
    else
      return std::isfinite(static_cast<double>(value)) && value != T(0);
  }

  std::string text(const T& value) const {
    if constexpr (std::same_as<T, bool>)
      return value ? "True" : "False";
    else if constexpr (std::is_integral_v<T>)
      return std::to_string(value);
    else if constexpr (!is_complex<T>)
      return real_.text(static_cast<double>(value));
    else {
      const std::string imaginary = imaginary_.text(static_cast<double>(value.imag()));
      return real_.text(static_cast<double>(value.real())) + (imaginary[0] == '-' ? "" : "+") + imaginary + "j";
    }
  }

  std::string padded(const T& value) const {
    const std::string plain = text(value);
    return std::string(width_ - std::min(width_, plain.size()), ' ') + plain;
  }

  std::string print_part(const TensorView<const T>& part, std::size_t indent) const {
    if (part.rank() == 0) return tensor_.rank() == 0 ? text(part.item()) : padded(part.item());
    const Index extent = part.shape()[0];
    const std::string newline(static_cast<std::size_t>(std::max<Index>(1, part.rank() - 1)), '\n');
    const std::string next = "," + newline + std::string(indent + 1, ' ');
    const std::size_t per_line = part.rank() > 1 ? 1 : std::max<std::size_t>(1, (kLineWidth - indent) / (width_ + 2));
    std::string out = "[";
    std::size_t count = 0;
    const auto separate = [&] {
      if (count > 0) out += count % per_line == 0 ? next : ", ";
      ++count;
    };
    shown(extent, [&](Index i) {
      if (cuts(extent) && i == extent - kEdge) {
        separate();
        out += part.rank() == 1 ? " ..." : "...";
      }
      separate();
      out += print_part(part[i], indent + 1);
    });
    return out + "]";
  }

  TensorView<const T> tensor_;
  bool summarised_;
  NumberFormat real_, imaginary_;
  std::size_t width_ = 0;
};

}  // namespace detail

/// `tensor([[1, 2], [3, 4]], dtype=int32)`; float32, int64 and bool are not named.
template <TensorLike X>
requires detail::Printable<typename X::value_type> std::ostream& operator<<(std::ostream& stream, const X& tensor) {
  return stream << detail::TensorPrinter<typename X::value_type>(tensor).print();
}

inline std::ostream& operator<<(std::ostream& stream, const Shape& shape) { return stream << detail::to_text(shape); }
inline std::ostream& operator<<(std::ostream& stream, const Dims& dims) { return stream << detail::to_text(dims); }

}  // namespace litorch
