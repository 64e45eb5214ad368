// SPDX-License-Identifier: MIT
// Tells a forked child from its parent without a system call. Threads do not survive fork(): whatever owns threads
// remembers the generation it started them in, and neither joins nor locks in a later one.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>

namespace litorch::detail {

inline std::atomic<std::uint64_t> forks_since_start{0};
// Registered before main(), so that no fork of the program goes uncounted and no thread can be in the middle of it.
inline const int kForkHandlerError =
    ::pthread_atfork(nullptr, nullptr, [] { forks_since_start.fetch_add(1, std::memory_order_relaxed); });

/// Greater in a forked child than it was in the parent. One relaxed load: fork() itself orders it.
/// vfork(), posix_spawn(), _Fork() and the bare clone() system call do not count.
inline std::uint64_t fork_generation() noexcept { return forks_since_start.load(std::memory_order_relaxed); }

}  // namespace litorch::detail
