// SPDX-License-Identifier: MIT
// Owner of a memory mapping: anonymous memory for large tensors, a file's bytes, or memory shared with other processes.
#pragma once

#include <litorch/base/asked_once.hpp>
#include <litorch/base/control_groups.hpp>
#include <litorch/base/error.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string>
#include <utility>

namespace litorch::posix {

/// The size of a huge page on x86-64, and on aarch64 with 4 KiB pages.
inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

inline std::size_t page_size() noexcept {
  return static_cast<std::size_t>(detail::asked_once<[] { return ::sysconf(_SC_PAGESIZE); }>());
}

/// `bytes` rounded up to pages.
inline std::size_t whole_pages(std::size_t bytes) noexcept {
  return (bytes + page_size() - 1) / page_size() * page_size();
}

/// The memory of the machine in bytes.
inline Index physical_memory() noexcept {
  return static_cast<Index>(::sysconf(_SC_PHYS_PAGES)) * static_cast<Index>(page_size());
}

/// Gives the whole pages inside of private memory back to the system; what they held is lost, and they stay usable.
inline void discard_pages(std::byte* data, std::size_t bytes) noexcept {
  const std::size_t skip = whole_pages(reinterpret_cast<std::uintptr_t>(data)) - reinterpret_cast<std::uintptr_t>(data);
  if (bytes >= skip + page_size()) ::madvise(data + skip, (bytes - skip) / page_size() * page_size(), MADV_DONTNEED);
}

/// What a mapping allows; a write to one that is only read ends the process.
enum class Access { read, write };

/// Unmaps when it ends. Move-only; an empty region maps nothing.
class MappedRegion {
 public:
  MappedRegion() = default;
  MappedRegion(MappedRegion&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  MappedRegion& operator=(MappedRegion&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  ~MappedRegion() {
    if (size_ > 0) ::munmap(data_, size_);
  }

  /// Private zeroed memory on a 2 MiB boundary, advised for huge pages; `bytes` > 0. Throws std::bad_alloc.
  static MappedRegion anonymous(std::size_t bytes) { return anonymous(bytes, 0); }
  /// The same as mere addresses: no memory is promised for them.
  static MappedRegion addresses(std::size_t bytes) { return anonymous(bytes, MAP_NORESERVE); }

  /// The first `bytes` of an open file, read-only. The mapping outlives the descriptor. Throws IoError.
  static MappedRegion file(const char* call, const std::string& path, int fd, std::size_t bytes) {
    if (bytes == 0) return {};
    void* const start = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (start == MAP_FAILED) detail::fail_io(errno, call, "(): cannot map ", bytes, " bytes of '", path, "'");
    return MappedRegion(start, bytes);
  }

  /// The first `bytes` > 0 of an open shared-memory object. Writes are seen by every process that maps it, children
  /// included. The mapping outlives the descriptor and the name. Throws ShmError.
  static MappedRegion shared(const char* call, const std::string& name, int fd, std::size_t bytes, Access access) {
    const int protection = access == Access::write ? PROT_READ | PROT_WRITE : PROT_READ;
    void* const start = ::mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
    if (start == MAP_FAILED)
      detail::fail_shm(ShmCode::system, errno, call, "(): cannot map ", bytes, " bytes of '", name, "'");
    return MappedRegion(start, bytes);
  }

  /// The first `bytes` of a file in memory, to read and write. What is written is seen by nobody else, also not by
  /// children forked later, whose own writes are not seen here. The mapping outlives the descriptor. Throws IoError.
  static MappedRegion own_copy(const char* call, int fd, std::size_t bytes) {
    if (bytes == 0) return {};
    void* const start = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (start == MAP_FAILED) detail::fail_io(errno, call, "(): cannot map ", bytes, " bytes of a file in memory");
    return MappedRegion(start, bytes);
  }

  /// Owns a region that release() gave up.
  static MappedRegion adopt(std::byte* data, std::size_t size) noexcept { return MappedRegion(data, size); }
  /// Leaves the region mapped, without an owner.
  void release() noexcept { data_ = nullptr, size_ = 0; }

  /// Moves the pages of this region to `target`, in place of as many that are mapped there; no byte is copied. Both are
  /// on page boundaries. The caller owns them there, and this region is empty. False where the kernel refuses, for
  /// pages that are locked or of several mappings, say: this region is as it was then, and fresh pages are at `target`.
  /// Throws std::bad_alloc where nothing can be mapped at `target` any more; it is not the caller's then.
  bool move_pages(std::byte* target) {
    if (size_ == 0) return true;
    if (::mremap(data_, size_, size_, MREMAP_MAYMOVE | MREMAP_FIXED, target) == static_cast<void*>(target)) {
      release();
      return true;
    }
    // The kernel may have unmapped the target already, and another thread may have mapped something there since.
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    void* const place = ::mmap(target, size_, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (place != MAP_FAILED && place != target)
      ::munmap(place, size_);  // kernels before 4.17 do not know the last flag
    if (place != target) throw std::bad_alloc();
    return false;
  }
  /// Splits off and returns the first `bytes`, whole pages.
  MappedRegion split_front(std::size_t bytes) noexcept {
    MappedRegion front(data_, bytes);
    data_ = static_cast<std::byte*>(data_) + bytes;
    size_ -= bytes;
    return front;
  }

  /// The kernel may take the pages when it runs short of memory; until then they keep their place, and are used again
  /// without a fault. Only where pages are huge: it takes as long as a copy where they are small.
  void lazy_free() noexcept {
    if (huge_pages()) ::madvise(data_, size_, MADV_FREE);
  }

  /// Maps pages of shared memory to write to, taking the memory where nobody has yet; faster than a fault for each. `first`
  /// is on a page boundary. False where there is too little memory; true also from kernels before 5.14, which do nothing.
  bool populate(std::size_t first, std::size_t bytes) const noexcept {
    constexpr int kPopulateWrite = 23;  // MADV_POPULATE_WRITE
    int result = 0;
    do result = bytes == 0 ? 0 : ::madvise(data() + first, bytes, kPopulateWrite);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == EINVAL;
  }

  /// Whether a child that is forked from now on has the region as well. False where the kernel refuses.
  bool fork_along(bool along) noexcept { return ::madvise(data_, size_, along ? MADV_DOFORK : MADV_DONTFORK) == 0; }

  std::byte* data() const noexcept { return static_cast<std::byte*>(data_); }
  std::size_t size() const noexcept { return size_; }

 private:
  static MappedRegion anonymous(std::size_t bytes, int flags) {
    if (bytes > SIZE_MAX / 2) throw std::bad_alloc();
    const std::size_t size = whole_pages(bytes);
    void* const start =
        ::mmap(nullptr, size + kHugePage, PROT_READ | PROT_WRITE, flags | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) throw std::bad_alloc();
    const std::size_t before = kHugePage - 1 - (reinterpret_cast<std::uintptr_t>(start) - 1) % kHugePage;
    std::byte* const aligned = static_cast<std::byte*>(start) + before;
    if (before > 0) ::munmap(start, before);
    ::munmap(aligned + size, kHugePage - before);
    MappedRegion region(aligned, size);
    ::madvise(region.data_, region.size_, MADV_HUGEPAGE);  // advice only: refused by kernels without huge pages
    return region;
  }

  static bool huge_pages() noexcept {
    return detail::asked_once<[] {
             const std::string text = detail::read_text("/sys/kernel/mm/transparent_hugepage/enabled");
             return !text.empty() && text.find("[never]") == std::string::npos;
           }>() != 0;
  }

  MappedRegion(void* data, std::size_t size) noexcept : data_(data), size_(size) {}

  void* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace litorch::posix
