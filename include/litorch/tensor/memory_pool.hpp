// SPDX-License-Identifier: MIT
// Memory that stays warm between tensors: a page that the kernel hands out for the first time costs several times the
// copy into it. Freed blocks wait in two caches, and nothing in either takes a lock: small ones in a list of their
// thread, mappings in slots that are emptied and filled by single atomic steps, so that a forked child finds no lock held.
#pragma once

#include <litorch/base/control_groups.hpp>
#include <litorch/base/error.hpp>
#include <litorch/posix/mapped_region.hpp>

#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <new>
#include <span>
#include <utility>
#include <vector>

namespace litorch {

/// What the caches of freed memory hold and did, over all threads.
struct MemoryStats {
  Index cache_limit = 0;   ///< bytes that may wait in the cache of mappings
  Index cached_bytes = 0;  ///< bytes that do
  Index hits = 0;          ///< mappings taken from the cache
  Index misses = 0;        ///< mappings asked of the kernel
};

namespace detail {

/// Sizes in steps of an eighth of the power of two below them: at most 12.5 % more than was asked for.
struct SizeClass {
  std::size_t unit;

  constexpr std::size_t index_of(std::size_t bytes) const {
    const std::size_t units = bytes / unit + (bytes % unit != 0);
    if (units < 16) return units;
    const std::size_t shift = static_cast<std::size_t>(std::bit_width(units)) - 4;
    return shift * 8 + (units >> shift) + ((units & ((std::size_t{1} << shift) - 1)) != 0);
  }
  constexpr std::size_t bytes_of(std::size_t index) const {
    return (index < 16 ? index : (8 + index % 8) << (index / 8 - 1)) * unit;
  }
};

/// Freed blocks of the heap, on the thread that freed them.
class HeapCache {
 public:
  static constexpr std::size_t kLargest = posix::kHugePage;

  /// Bytes aligned to a cache line; at least as many as asked for, and `bytes` says how many. Throws std::bad_alloc.
  static void* take(std::size_t& bytes) {
    const std::size_t size_class = kClasses.index_of(bytes);
    bytes = kClasses.bytes_of(size_class);
    Lists& lists = lists_;
    if (Free* const found = lists.first[size_class]) {
      lists.first[size_class] = found->next;
      lists.bytes -= bytes;
      return found;
    }
    return ::operator new (bytes, std::align_val_t{kCacheLine});
  }
  /// `bytes` as take() said.
  static void give(void* memory, std::size_t bytes) noexcept;
  /// Frees what waits on this thread.
  static void clear() noexcept;

 private:
  struct Free {
    Free* next;
  };
  static constexpr SizeClass kClasses{kCacheLine};
  static constexpr std::size_t kBytesPerThread = std::size_t{8} << 20;
  struct Lists {  // without a destructor, so that the hot path needs no check whether it was constructed
    std::array<Free*, kClasses.index_of(kLargest + kCacheLine) + 1> first;
    std::size_t bytes;
    bool closed;  // the thread is ending
  };
  struct Closer {
    ~Closer() {
      lists_.closed = true;
      clear();
    }
    bool open;
  };
  inline static constinit thread_local Lists lists_{};
  inline static thread_local Closer closer_;
};

/// Freed mappings of the process.
class MappingCache {
 public:
  /// At least `bytes`, on a 2 MiB boundary, of any content. Throws std::bad_alloc.
  static posix::MappedRegion take(std::size_t bytes) {
    const std::size_t size_class = kClasses.index_of(bytes);
    for (std::atomic<std::byte*>& slot : slots_of(size_class)) {
      if (slot.load(std::memory_order_relaxed) == nullptr) continue;
      if (std::byte* const found = slot.exchange(nullptr, std::memory_order_acquire))  // pairs with store()
        return taken(found, size_class);
    }
    return fresh(bytes);
  }
  /// The mapping that take() would return, where one waits that begins at `place`; else an empty one.
  static posix::MappedRegion take_at(std::byte* place, std::size_t bytes) noexcept {
    const std::size_t size_class = kClasses.index_of(bytes);
    for (std::atomic<std::byte*>& slot : slots_of(size_class)) {
      std::byte* wanted = place;
      if (slot.compare_exchange_strong(wanted, nullptr, std::memory_order_acquire, std::memory_order_relaxed))
        return taken(place, size_class);
    }
    return {};
  }
  /// How large a mapping for `bytes` is.
  static std::size_t size_for(std::size_t bytes) noexcept { return kClasses.bytes_of(kClasses.index_of(bytes)); }
  /// The same, all zero.
  static posix::MappedRegion fresh(std::size_t bytes) {
    misses_.fetch_add(1, std::memory_order_relaxed);
    return posix::MappedRegion::anonymous(size_for(bytes));
  }

  /// A region of private memory. It waits for the next tensor where it is as take() would have it; it is unmapped
  /// otherwise, and where the cache is full.
  static void give(posix::MappedRegion region) noexcept {
    const std::size_t bytes = region.size();
    if (bytes != size_for(bytes) || !aligned(region)) return;
    const std::size_t cached = cached_.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    if (cached <= limit()) {
      if (bytes >= kLazyBytes || cached > kKeptBytes) region.lazy_free();
      if (store(region)) return;
    }
    cached_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  static void clear() noexcept {
    take_all([](posix::MappedRegion) {});
  }

  /// Keeps the waiting mappings from children forked in its lifetime: whoever writes first to a page that parent and child
  /// have in common copies it, a small page at a time.
  class Withheld {
   public:
    /// Throws std::bad_alloc.
    Withheld() {
      regions_.reserve(kClassCount);
      take_all([this](posix::MappedRegion region) {
        if (regions_.size() < regions_.capacity() && region.fork_along(false)) regions_.push_back(std::move(region));
      });
    }
    Withheld(const Withheld&) = delete;
    Withheld& operator=(const Withheld&) = delete;
    ~Withheld() {
      for (posix::MappedRegion& region : regions_) {
        if (!region.fork_along(true)) continue;
        cached_.fetch_add(region.size(), std::memory_order_relaxed);
        const std::size_t bytes = region.size();
        if (!store(region)) cached_.fetch_sub(bytes, std::memory_order_relaxed);
      }
    }

   private:
    std::vector<posix::MappedRegion> regions_;
  };

  static std::size_t limit() noexcept {
    const std::size_t known = limit_.load(std::memory_order_relaxed);
    return known != kUnknown ? known : ask_limit();
  }
  static void set_limit(std::size_t bytes) noexcept { limit_.store(bytes, std::memory_order_relaxed); }

  static MemoryStats stats() noexcept {
    const auto read = [](const std::atomic<std::size_t>& count) {
      return static_cast<Index>(count.load(std::memory_order_relaxed));
    };
    return {static_cast<Index>(limit()), read(cached_), read(hits_), read(misses_)};
  }

 private:
  static constexpr SizeClass kClasses{posix::kHugePage};
  static constexpr std::size_t kClassCount = kClasses.index_of(std::size_t{1} << 47) + 1;
  static constexpr std::size_t kSlots = 8;  // mappings of one size that may wait
  static constexpr std::size_t kUnknown = SIZE_MAX;
  // Letting the kernel take pages back costs some 60 us where another processor has used them, measured at 2 and 4 MiB.
  static constexpr std::size_t kLazyBytes = std::size_t{32} << 20;   // mappings for which that is little,
  static constexpr std::size_t kKeptBytes = std::size_t{256} << 20;  // or of which more than that wait

  static posix::MappedRegion taken(std::byte* found, std::size_t size_class) noexcept {
    const std::size_t bytes = kClasses.bytes_of(size_class);
    cached_.fetch_sub(bytes, std::memory_order_relaxed);
    hits_.fetch_add(1, std::memory_order_relaxed);
    return posix::MappedRegion::adopt(found, bytes);
  }
  /// True if there was a slot for the region, which is empty then.
  static bool store(posix::MappedRegion& region) noexcept {
    for (std::atomic<std::byte*>& slot : slots_of(kClasses.index_of(region.size()))) {
      std::byte* none = nullptr;
      if (slot.compare_exchange_strong(none, region.data(), std::memory_order_release, std::memory_order_relaxed)) {
        region.release();
        return true;
      }
    }
    return false;
  }
  template <class F>
  static void take_all(F f) noexcept {
    for (std::size_t size_class = 0; size_class < kClassCount; ++size_class)
      for (std::atomic<std::byte*>& slot : slots_of(size_class))
        if (std::byte* const found = slot.exchange(nullptr, std::memory_order_acquire)) {
          cached_.fetch_sub(kClasses.bytes_of(size_class), std::memory_order_relaxed);
          f(posix::MappedRegion::adopt(found, kClasses.bytes_of(size_class)));
        }
  }
  static bool aligned(const posix::MappedRegion& region) {
    return reinterpret_cast<std::uintptr_t>(region.data()) % posix::kHugePage == 0;
  }
  static std::span<std::atomic<std::byte*>> slots_of(std::size_t size_class) {
    if (size_class >= kClassCount) return {};
    return std::span(slots_).subspan(size_class * kSlots, kSlots);
  }

  /// LITORCH_CACHE_BYTES, else a quarter of the memory that the machine and the control groups allow; nothing where
  /// AddressSanitizer watches.
  static std::size_t ask_limit() noexcept {
    Index allowed = posix::physical_memory();
    for (const bool v2 : {false, true})
      allowed = std::min(allowed, smallest_limit("", "memory", v2, [&](const std::string& group) {
                           std::string text = read_text(group + (v2 ? "/memory.max" : "/memory.limit_in_bytes"));
                           if (!text.empty() && text.back() == '\n') text.pop_back();
                           const Index bytes = parse_count(text);
                           return bytes < 0 ? kNoLimit : bytes;
                         }));
    std::size_t found = LITORCH_ADDRESS_SANITIZER ? 0 : static_cast<std::size_t>(allowed / 4);
    if (const char* text = std::getenv("LITORCH_CACHE_BYTES"); text != nullptr && parse_count(text) >= 0)
      found = static_cast<std::size_t>(parse_count(text));
    std::size_t unknown = kUnknown;
    return limit_.compare_exchange_strong(unknown, found, std::memory_order_relaxed) ? found : unknown;
  }

  inline static constinit std::array<std::atomic<std::byte*>, kClassCount * kSlots> slots_{};
  inline static constinit std::atomic<std::size_t> cached_{0}, hits_{0}, misses_{0}, limit_{kUnknown};
};

inline void HeapCache::give(void* memory, std::size_t bytes) noexcept {
  Lists& lists = lists_;
  if (lists.closed || lists.bytes + bytes > std::min(kBytesPerThread, MappingCache::limit())) {
    ::operator delete (memory, std::align_val_t{kCacheLine});
    return;
  }
  closer_.open = true;  // the first use registers the destructor
  const std::size_t size_class = kClasses.index_of(bytes);
  lists.first[size_class] = new (memory) Free{lists.first[size_class]};
  lists.bytes += bytes;
}

inline void HeapCache::clear() noexcept {
  for (Free*& first : lists_.first)
    while (first != nullptr) ::operator delete (std::exchange(first, first->next), std::align_val_t{kCacheLine});
  lists_.bytes = 0;
}

}  // namespace detail

/// Gives the freed memory that waits for new tensors back to the system: all mappings, and the small blocks of the
/// calling thread. Thread-safe.
inline void empty_cache() {
  detail::MappingCache::clear();
  detail::HeapCache::clear();
}

/// How many bytes of freed memory may wait for new tensors; 0 keeps none. The default is the environment variable
/// LITORCH_CACHE_BYTES if it is a whole number, else a quarter of the memory that the machine and its control groups
/// allow, or 0 under AddressSanitizer, which could not see tensors used after their end. Thread-safe.
inline void set_cache_limit(Index bytes) {
  if (bytes < 0) detail::fail<Error>("set_cache_limit(): ", bytes, " bytes; give 0 or more");
  detail::MappingCache::set_limit(static_cast<std::size_t>(bytes));
  if (detail::MappingCache::stats().cached_bytes > bytes) empty_cache();
}

/// Thread-safe; the numbers need not be of one moment.
inline MemoryStats memory_stats() { return detail::MappingCache::stats(); }

}  // namespace litorch
