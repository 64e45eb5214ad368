// SPDX-License-Identifier: MIT
// Reference-counted bytes with an owner of any kind: the heap, a mapping, or somebody else's object.
#pragma once

#include <litorch/tensor/joined_pages.hpp>

#include <atomic>
#include <cstring>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace litorch {

/// A share in the bytes of one or more tensors; the last share releases them. An empty one owns nothing. Copying and
/// ending shares is thread-safe; one share used by two threads is not, as with std::shared_ptr.
class Storage {
 public:
  Storage() = default;
  Storage(const Storage& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->shares.fetch_add(1, std::memory_order_relaxed);
  }
  Storage(Storage&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  Storage& operator=(Storage other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Storage() {
    // Release: what this share wrote comes before the end of the bytes; acquire: the last one sees it all.
    if (block_ != nullptr && block_->shares.fetch_sub(1, std::memory_order_acq_rel) == 1) block_->release(block_);
  }

  /// Bytes aligned to 64, not set; from kMappedBytes on a mapping of their own, advised for huge pages. Throws
  /// std::bad_alloc.
  static Storage allocate(std::size_t bytes) {
    return bytes < kMappedBytes ? heap(bytes) : mapped(detail::JoinedPages(detail::MappingCache::take(bytes)));
  }
  /// The same, all zero. A mapping is zero already and is not touched.
  static Storage allocate_zeroed(std::size_t bytes) {
    if (bytes >= kMappedBytes) return mapped(detail::JoinedPages(detail::MappingCache::fresh(bytes)));
    Storage storage = heap(bytes);
    std::memset(storage.data(), 0, bytes);
    return storage;
  }

  /// Keeps `owner` as long as the bytes are shared; `data` is what it owns.
  template <class Owner>
  static Storage adopt(void* data, Owner&& owner) {
    using Kept = std::decay_t<Owner>;
    return Storage(
        new Holder<Kept>{{1, static_cast<std::byte*>(data), release_holder<Kept>, 0}, std::forward<Owner>(owner)});
  }
  static Storage mapped(detail::JoinedPages pages) {
    std::byte* const data = pages.data();
    return adopt(data, std::move(pages));
  }

  std::byte* data() const noexcept { return block_ == nullptr ? nullptr : block_->data; }
  /// Shares at this moment; exact only while no other thread copies or ends one.
  std::size_t use_count() const noexcept {
    return block_ == nullptr ? 0 : block_->shares.load(std::memory_order_acquire);
  }

  /// The pages of private mappings that these bytes are, where nobody else has a share in them; else null.
  detail::JoinedPages* own_pages() const noexcept { return use_count() == 1 ? shared_pages() : nullptr; }
  /// The same where others may have a share: pages can only be added then.
  detail::JoinedPages* shared_pages() const noexcept {
    const bool mapped = block_ != nullptr && block_->release == release_holder<detail::JoinedPages>;
    return mapped ? &static_cast<Holder<detail::JoinedPages>*>(block_)->owner : nullptr;
  }

  /// How many bytes of litorch's private memory end with this share; 0 where somebody else has one, or it is of another
  /// kind, which others may reach.
  std::size_t exclusive_bytes() const noexcept {
    if (const detail::JoinedPages* const pages = own_pages()) return pages->size();
    return use_count() == 1 && block_->release == release_heap ? block_->size : 0;
  }

  /// Ends this share. If it is the last, the pages go back to the system and do not wait for the next tensor.
  void discard() noexcept {
    if (detail::JoinedPages* const pages = own_pages())
      pages->unmap();
    else if (use_count() == 1 && block_->release == release_heap)
      posix::discard_pages(block_->data, block_->size - kCacheLine);
    *this = Storage();
  }
  /// Gives the pages of some of the bytes, which nobody who has a share will read again, back to the system.
  void forget(std::byte* first, std::size_t bytes) const noexcept {
    if (shared_pages() != nullptr || (block_ != nullptr && block_->release == release_heap))
      posix::discard_pages(first, bytes);
  }

  static constexpr std::size_t kMappedBytes = detail::HeapCache::kLargest;

 private:
  struct Block {
    std::atomic<std::size_t> shares;
    std::byte* data;
    void (*release)(Block*) noexcept;
    std::size_t size;  // of a block of the heap, as its cache counts it
  };
  template <class Owner>
  struct Holder : Block {
    Owner owner;
  };
  template <class Owner>
  static void release_holder(Block* block) noexcept {
    delete static_cast<Holder<Owner>*>(block);
  }
  static void release_heap(Block* block) noexcept { detail::HeapCache::give(block, block->size); }
  static_assert(sizeof(Block) <= kCacheLine);
  explicit Storage(Block* block) noexcept : block_(block) {}

  static Storage heap(std::size_t bytes) {  // the block, then the bytes, in one allocation
    std::size_t size = kCacheLine + bytes;
    std::byte* const memory = static_cast<std::byte*>(detail::HeapCache::take(size));
    return Storage(new (memory) Block{1, memory + kCacheLine, release_heap, size});
  }
  Block* block_ = nullptr;
};

}  // namespace litorch
