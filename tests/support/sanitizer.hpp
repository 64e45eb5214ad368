// SPDX-License-Identifier: MIT
// Which sanitizer the tests are built with, and how much they then do.
#pragma once

#include <cstdint>

namespace support {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool kTsan = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool kTsan = true;
#else
inline constexpr bool kTsan = false;
#endif
#else
inline constexpr bool kTsan = false;
#endif

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAsan = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kAsan = true;
#else
inline constexpr bool kAsan = false;
#endif
#else
inline constexpr bool kAsan = false;
#endif

/// How many of `count` random cases are run. What an oracle finds is found without sanitizers too, by all of them; what
/// only a sanitizer sees hangs on the path that a case takes more than on its numbers, and there are far fewer paths.
inline constexpr std::uint64_t cases(std::uint64_t count) { return kTsan ? count / 8 : kAsan ? count / 4 : count; }

}  // namespace support
