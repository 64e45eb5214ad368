// SPDX-License-Identifier: MIT
// Named segments: made so that no other process sees a half of one, opened with every check, and swept up after
// processes that were killed.
#pragma once

#include <litorch/ipc/segment_validator.hpp>
#include <litorch/posix/shared_memory.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace litorch::detail {

/// A mapped segment; the first one maps the name, too.
struct Segment {
  posix::MappedRegion region;
  SegmentLayout layout;
  posix::ShmName name;  ///< empty where it was opened
};

/// The header comes first, so that reclaim_segments() knows the creator of a segment that is never finished.
inline Segment create_segment(const char* call, std::string_view name, const Shape& shape, ElementFormat format) {
  posix::require_shm_name(call, name);
  const SegmentHeader header = encode_segment(call, shape, format, posix::this_process());
  const auto total = static_cast<Index>(header.total_bytes);
  posix::SharedMemory memory = posix::SharedMemory::create(call, name);
  memory.write(&header, sizeof header);
  memory.reserve(total);
  posix::MappedRegion region = memory.map(total, posix::Access::write);
  auto& state = *reinterpret_cast<std::uint32_t*>(region.data() + offsetof(SegmentHeader, state));
  std::atomic_ref<std::uint32_t>(state).store(static_cast<std::uint32_t>(SegmentState::ready),
                                              std::memory_order_release);
  return {std::move(region), {shape, kSegmentPage, total - kSegmentPage, total}, memory.release_name()};
}

/// Whether a header says that its segment is in the making. One that is still all zeros says so, too.
inline bool in_the_making(const SegmentHeader& header) noexcept {
  const bool blank = header.magic[0] == 0 && header.version == 0;
  return header.state == static_cast<std::uint32_t>(SegmentState::in_the_making) &&
         (blank || std::memcmp(header.magic, kSegmentMagic, sizeof kSegmentMagic) == 0);
}

/// Waits up to `timeout` for a segment that is not ready. The header is copied once, by a system call: a segment that
/// shrinks meanwhile is a short copy and no SIGBUS.
inline Segment open_segment(const char* call, std::string_view name, ElementFormat format, posix::Access access,
                            std::chrono::milliseconds timeout) {
  const auto start = std::chrono::steady_clock::now();
  std::chrono::milliseconds pause{1};
  while (true) {
    const posix::SharedMemory memory = posix::SharedMemory::open(call, name, access);  // again: it may be another one
    SegmentHeader copy;
    const bool whole = memory.read(&copy, sizeof copy) == sizeof copy;
    if (whole && !in_the_making(copy)) {
      const std::string text(name);
      const SegmentLayout layout = validate_segment(call, text, copy, memory.size(), format);
      posix::MappedRegion region = memory.map(layout.total_bytes, access);
      return {std::move(region), layout, {}};
    }
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    if (waited >= timeout)
      fail_shm(ShmCode::not_ready, 0, call, "(): segment '", name, "' was not ready after ", waited.count(),
               " ms; wait longer, or remove it if its creator has died");
    std::this_thread::sleep_for(std::min(pause, timeout - waited));
    pause = std::min(2 * pause, std::chrono::milliseconds(20));
  }
}

/// Removes the segments of this user whose creator is gone, ready or not. Whatever else is there is left alone.
inline Index reclaim_segments(const char* call) {
  Index removed = 0;
  for (const std::string& name : posix::shm_names(call)) {
    try {
      const posix::SharedMemory memory = posix::SharedMemory::open(call, name, posix::Access::read);
      SegmentHeader copy;
      if (memory.read(&copy, sizeof copy) < sizeof copy) continue;
      if (posix::is_gone(SegmentValidator(call, name, copy).creator()) && memory.unlink()) ++removed;
    } catch (const ShmError& error) {
      if (error.code() == ShmCode::system) throw;  // too many open files, say: not the fault of this segment
    }
  }
  return removed;
}

}  // namespace litorch::detail
