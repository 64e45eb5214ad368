// SPDX-License-Identifier: MIT
// What each reduction does to its elements, whatever their order in memory. reduction_tree.hpp tells what a fold is; one
// that is reduced by also says what becomes of the value of a line, and whether there is one for a line of no elements.
#pragma once

#include <litorch/base/dtype.hpp>

#include <concepts>

namespace litorch::detail {

/// What sums of T are computed in, and what they and the means are given as.
template <class T>
struct SumTypes {
  static_assert(NamedElement<T>, "litorch: only numbers and booleans can be summed");
  using Acc = T;
  using MeanAcc = T;
  using Result = T;
  using Mean = T;
};
template <>
struct SumTypes<Float16> {
  using Acc = float;
  using MeanAcc = float;
  using Result = Float16;
  using Mean = Float16;
};
template <std::integral T>
struct SumTypes<T> {
  using Acc = std::uint64_t;  // wraps where signed integers would overflow
  using MeanAcc = double;
  using Result = std::conditional_t<std::is_signed_v<T> || std::is_same_v<T, bool>, std::int64_t, std::uint64_t>;
  using Mean = double;
};

template <class Sum>
struct Addition {
  using Acc = Sum;
  template <class T>
  Acc load(const T& element, Index) const {
    return static_cast<Acc>(element);
  }
  Acc combine(const Acc& a, const Acc& b) const { return a + b; }
};

template <class T>
struct SumFold : Addition<typename SumTypes<T>::Acc> {
  static constexpr bool kNeedsElements = false;
  using Result = typename SumTypes<T>::Result;
  Result finish(const typename SumTypes<T>::Acc& sum, Index) const { return static_cast<Result>(sum); }
};

template <class T>
struct MeanFold : Addition<typename SumTypes<T>::MeanAcc> {
  static constexpr bool kNeedsElements = false;
  using Result = typename SumTypes<T>::Mean;
  Result finish(const typename SumTypes<T>::MeanAcc& sum, Index count) const {
    if constexpr (is_complex<Result>)
      return sum / static_cast<typename Result::value_type>(count);
    else
      return static_cast<Result>(sum / static_cast<typename SumTypes<T>::MeanAcc>(count));
  }
};

template <class T>
constexpr bool is_nan(const T& value) {
  if constexpr (std::is_integral_v<T>)
    return false;
  else
    return value != value;
}

/// Whether the search for the greatest or the least prefers `a` to `b`. NaN goes before all numbers.
template <bool kGreatest, class T>
bool wins(const T& a, const T& b) {
  static_assert(NamedElement<T> && !is_complex<T>, "litorch: only real numbers and booleans have an order");
  const bool beats = kGreatest ? a > b : a < b, a_is_nan = is_nan(a), b_is_number = !is_nan(b);
  return beats | (a_is_nan & b_is_number);  // without branches, so that vectors of elements can be compared
}

template <class T, bool kGreatest>
struct ExtremeFold {
  static constexpr bool kNeedsElements = true;
  using Acc = T;
  using Result = T;
  Acc load(const T& element, Index) const { return element; }
  Acc combine(const Acc& a, const Acc& b) const { return wins<kGreatest>(b, a) ? b : a; }
  Result finish(const Acc& value, Index) const { return value; }
};

template <class T>
struct Place {
  T value;
  Index index;
};

/// The index of the first of the greatest elements.
template <class T>
struct FirstGreatestFold {
  static constexpr bool kNeedsElements = true;
  using Acc = Place<T>;
  using Result = Index;
  Acc load(const T& element, Index i) const { return {element, i}; }
  Acc combine(const Acc& a, const Acc& b) const {
    if (wins<true>(a.value, b.value)) return a;
    if (wins<true>(b.value, a.value)) return b;
    return a.index < b.index ? a : b;
  }
  Result finish(const Acc& place, Index) const { return place.index; }
};

}  // namespace litorch::detail
