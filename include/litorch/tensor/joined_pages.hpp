// SPDX-License-Identifier: MIT
// One range of addresses made of the pages of one mapping or several: bytes that change their place without being copied.
#pragma once

#include <litorch/tensor/memory_pool.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace litorch::detail {

/// Filled from front to back. Its pages go back to the memory pool in the pieces that they came in, unless some are of a
/// file.
class JoinedPages {
 public:
  enum class Origin { memory, file };

  /// All of `region`.
  explicit JoinedPages(posix::MappedRegion region, Origin origin = Origin::memory)
      : data_(region.data()), origin_(origin) {
    parts_.push_back(std::move(region));
  }
  /// Addresses for `bytes`, on a 2 MiB boundary, to be filled. Throws std::bad_alloc.
  explicit JoinedPages(std::size_t bytes) : rest_(posix::MappedRegion::addresses(bytes)), data_(rest_.data()) {}
  /// The pages of `front`, which is empty then, and behind them others, to `bytes` or somewhat more; with addresses left
  /// for grow(). Throws std::bad_alloc.
  static JoinedPages extend(JoinedPages& front, std::size_t bytes) {
    constexpr std::size_t kRoom = 8, kLeastRoom = std::size_t{1} << 30;  // times the size; bytes
    const std::size_t most = bytes + bytes / 4 + front.size();           // the pool rounds up by an eighth
    JoinedPages joined = reserve(std::max(most * kRoom, kLeastRoom), most);
    joined.push(front, front.size());
    joined.grow(bytes);
    return joined;
  }
  /// Adds pages of the memory pool, to `bytes` or somewhat more: pages that wait behind these already, as one that has
  /// grown before leaves them, else others, which are moved there. False where there are no addresses for them. Throws
  /// std::bad_alloc.
  bool grow(std::size_t bytes) {
    const std::size_t more = bytes - size();
    if (posix::MappedRegion behind = MappingCache::take_at(data_ + size(), more); behind.size() > 0) {
      parts_.push_back(std::move(behind));
      return true;
    }
    if (MappingCache::size_for(more) > rest_.size()) return false;
    posix::MappedRegion back = MappingCache::take(more);
    push(back);
    return true;
  }
  JoinedPages(JoinedPages&& other) noexcept = default;
  JoinedPages& operator=(JoinedPages&& other) noexcept = default;
  ~JoinedPages() {
    if (origin_ == Origin::memory)
      for (posix::MappedRegion& part : parts_) MappingCache::give(std::move(part));
  }

  std::byte* data() const noexcept { return data_; }
  std::size_t size() const noexcept {
    std::size_t bytes = 0;
    for (const posix::MappedRegion& part : parts_) bytes += part.size();
    return bytes;
  }
  /// `bytes` rounded up to pages.
  static std::size_t whole(std::size_t bytes) noexcept { return posix::whole_pages(bytes); }
  /// Gives all pages back to the system.
  void unmap() noexcept { parts_.clear(); }

  /// Goes on with the pages of `region`, which are moved, or copied where the kernel refuses; it is empty then. Throws
  /// std::bad_alloc; `region` is as it was then, and nothing more can be added.
  void push(posix::MappedRegion& region) {
    posix::MappedRegion& part = parts_.emplace_back();  // so that nothing throws between the move and its record
    posix::MappedRegion place = rest_.split_front(region.size());
    std::byte* const target = place.data();
    const std::size_t bytes = place.size();
    place.release();
    if (!region.move_pages(target)) std::memcpy(target, region.data(), bytes);
    region = {};
    part = posix::MappedRegion::adopt(target, bytes);
  }
  /// Goes on with the first `bytes`, whole pages, of `other`, which keeps what is behind them.
  void push(JoinedPages& other, std::size_t bytes) {
    if (other.origin_ == Origin::file) origin_ = Origin::file;
    for (posix::MappedRegion& part : other.parts_) {
      if (bytes == 0) return;
      if (part.size() > bytes) {
        posix::MappedRegion front = part.split_front(bytes);
        bytes = 0;
        push(front);
      } else {
        bytes -= part.size();
        push(part);
      }
    }
  }
  /// Goes on with `bytes`, whole pages, that are zero and nowhere else yet.
  void push_fresh(std::size_t bytes) {
    if (bytes > 0) parts_.push_back(rest_.split_front(bytes));
  }

 private:
  static JoinedPages reserve(std::size_t wish, std::size_t need) {
    try {
      return JoinedPages(wish);
    } catch (const std::bad_alloc&) {  // addresses can be limited as well
      return JoinedPages(need);
    }
  }

  std::vector<posix::MappedRegion> parts_;
  posix::MappedRegion rest_;
  std::byte* data_;
  Origin origin_ = Origin::memory;
};

}  // namespace litorch::detail
