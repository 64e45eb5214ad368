// SPDX-License-Identifier: MIT
// Types made of others: tuples, and plain structures, whose members are found without the help of whoever wrote them.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

namespace litorch::detail {

template <class>
inline constexpr bool is_tuple = false;
template <class... Parts>
inline constexpr bool is_tuple<std::tuple<Parts...>> = true;

/// Converts to whatever a member is initialised with.
struct AnyMember {
  template <class T>
  operator T() const;
};

template <class S, class... Members>
concept MadeOf = requires {
  S{Members{}...};
};

/// How many members S has, up to 8; 0 where it is no structure of that kind.
template <class S, class... Members>
constexpr std::size_t member_count() {
  if constexpr (sizeof...(Members) > 8)
    return 0;
  else if constexpr (MadeOf<S, Members..., AnyMember>)
    return member_count<S, Members..., AnyMember>();
  else
    return sizeof...(Members);
}

/// A structure without constructors and bases, of 1 to 8 members, none of which is an array.
template <class S>
concept Aggregate = std::is_class_v<S> && std::is_aggregate_v<S> && member_count<S>()
> 0;

/// References to the members.
template <Aggregate S>
constexpr auto members_of(const S& s) {
  constexpr std::size_t kCount = member_count<S>();
  if constexpr (kCount == 1) {
    const auto& [a] = s;
    return std::tie(a);
  } else if constexpr (kCount == 2) {
    const auto& [a, b] = s;
    return std::tie(a, b);
  } else if constexpr (kCount == 3) {
    const auto& [a, b, c] = s;
    return std::tie(a, b, c);
  } else if constexpr (kCount == 4) {
    const auto& [a, b, c, d] = s;
    return std::tie(a, b, c, d);
  } else if constexpr (kCount == 5) {
    const auto& [a, b, c, d, e] = s;
    return std::tie(a, b, c, d, e);
  } else if constexpr (kCount == 6) {
    const auto& [a, b, c, d, e, f] = s;
    return std::tie(a, b, c, d, e, f);
  } else if constexpr (kCount == 7) {
    const auto& [a, b, c, d, e, f, g] = s;
    return std::tie(a, b, c, d, e, f, g);
  } else {
    const auto& [a, b, c, d, e, f, g, h] = s;
    return std::tie(a, b, c, d, e, f, g, h);
  }
}

template <class... Members>
std::type_identity<std::tuple<Members...>> values_of(const std::tuple<const Members&...>&);

/// The members' types in a tuple.
template <Aggregate S>
using MembersOf = typename decltype(values_of(members_of(std::declval<const S&>())))::type;

}  // namespace litorch::detail
