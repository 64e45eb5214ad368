// SPDX-License-Identifier: MIT
// The common case of concatenation: row-major inputs into a row-major output, by the length of their runs.
#pragma once

#include <litorch/ops/concat_plan.hpp>
#include <litorch/ops/copy_positions.hpp>

namespace litorch::detail {

/// Bytes below which a run is short: many of such alternating between inputs go by way of a cache.
inline constexpr Index kShortRun = 512;

/// Row-major inputs into a row-major output: each row of the output is one run from each input.
class DenseJoin {
 public:
  DenseJoin(std::byte* out, const ConcatPlan& plan, const StridedSpan<const ErasedView>& inputs, Index item_size,
            const Tuning& tuning)
      : out_(out),
        plan_(plan),
        inputs_(inputs),
        rows_(plan.rows),
        inner_(plan.inner * item_size),
        row_(plan.shape[plan.dim] * inner_),
        tuning_(tuning),
        stream_(rows_ * row_ >= tuning.stream_from) {}

  template <Executor E>
  void run(E&& executor) const {
    // Where the inputs are many and short, another thread takes longer to get hold of them: it pays later.
    const bool short_inputs = rows_ == 1 && row_ < kShortInput * inputs_.size();
    const Work work{0, (short_inputs ? 4 : 1) * Work::kCachedBytes};
    if (rows_ > 1 && row_ <= kBandBytes)
      for_each_range(executor, rows_, row_, work, out_, tuning_,
                     [this](Index first, Index last) { join_rows(first, last); });
    else
      for_each_range(executor, rows_ * row_, 1, work, out_, tuning_,
                     [this](Index first, Index last) { join_bytes(first, last); });
  }

 private:
  static constexpr Index kShortInput = 2048;        // bytes
  static constexpr Index kGatherBytes = 16 * 1024;  // of output, in the first-level cache
  static constexpr Index kBandBytes = 256 * 1024;   // of output: each input is read a stretch at a time

  /// Bytes that input i brings to a row.
  Index width_of(Index i) const {
    return (plan_.each >= 0 ? plan_.each : plan_.extent_of(inputs_[i].layout.shape)) * inner_;
  }

  /// Bytes [first, last) of the output, which may begin and end inside a row or a run.
  void join_bytes(Index first, Index last) const {
    for (Index row = first < row_ ? 0 : first / row_; row * row_ < last; ++row) {
      const Index from = std::max<Index>(0, first - row * row_), to = std::min(row_, last - row * row_);
      Index i = from > 0 && plan_.each > 0 ? from / (plan_.each * inner_) : 0;
      Index start = plan_.each > 0 ? i * plan_.each * inner_ : 0;
      for (; start < to; ++i) {
        const Index width = width_of(i), begin = std::max(start, from), end = std::min(start + width, to);
        if (i + 2 * kAhead < inputs_.size()) {
          __builtin_prefetch(&inputs_[i + 2 * kAhead]);
          __builtin_prefetch(inputs_[i + kAhead].data);
        }
        if (begin < end) {
          const std::byte* const from = inputs_[i].data + row * width - start;
          copy_run(out_ + row * row_ + begin, from + begin, static_cast<std::size_t>(end - begin), stream_, from + end);
        }
        start += width;
      }
    }
    if (stream_) stream_fence();
  }

  /// Whole rows, a band of them at a time.
  void join_rows(Index first, Index last) const {
    if (stream_ && fills_lines()) return stream_rows(first, last);
    if (stream_ && row_ <= kGatherBytes && row_ / inputs_.size() < kShortRun) return gather_rows(first, last);
    const Index band = std::max<Index>(1, kBandBytes / row_);
    for (Index row = first; row < last; row += band)
      fill_rows(out_ + row * row_, row, std::min(band, last - row), stream_);
    if (stream_) stream_fence();
  }

  /// Whether each line of the output comes whole from one input, or from a few that have 16 or 32 bytes of it.
  bool fills_lines() const {
    const Index width = plan_.each * inner_;
    if (reinterpret_cast<std::uintptr_t>(out_) % kCacheLine != 0 || row_ % kLine != 0) return false;
    return width == 16 || width == 32 || (width > 0 && width % kLine == 0);
  }
  /// The same for such outputs: straight past the caches, and down few inputs at a time, which is how the processor reads
  /// ahead best.
  void stream_rows(Index first, Index last) const {
    const Index width = plan_.each * inner_, group = std::max<Index>(1, kLine / width);
    const Index band = std::max<Index>(1, kBandBytes / row_);
    for (Index row = first; row < last; row += band) {
      const Index count = std::min(band, last - row);
      std::byte* to = out_ + row * row_;
      for (Index i = 0; i < inputs_.size(); i += group, to += group * width) {
        const auto column = [&](Index of) { return inputs_[i + of].data + row * width; };
        constexpr Index kReadAhead = 1024;
        switch (width) {
          case 16: interleave_lines<16>(to, row_, column, count); break;
          case 32: interleave_lines<32>(to, row_, column, count); break;
          default: kStreamLines({to, column(0), column(0) + kReadAhead, width / kLine, count, row_, width, width});
        }
      }
    }
    stream_fence();
  }

  /// The same by way of a buffer, for runs too short to be streamed one by one. What is less than a line at its end waits
  /// for the next rows.
  void gather_rows(Index first, Index last) const {
    alignas(kCacheLine) std::byte buffer[kCacheLine + kGatherBytes];
    const Index most =
        std::max<Index>(1, (row_ > 128 ? kGatherBytes : kGatherBytes / 2) / row_);  // fewer inputs, sooner
    std::byte* const start = out_ + first * row_;
    Index skip = static_cast<Index>(reinterpret_cast<std::uintptr_t>(start) % kCacheLine);  // bytes of another worker
    std::byte* to = start - skip;                                                           // where the buffer goes
    Index used = skip;
    for (Index row = first, count = 0; row < last; row += count) {
      count = std::min(most, last - row);
      fill_rows(buffer + used, row, count, false);
      used += count * row_;
      const Index lines = used / kLine;
      if (lines > 0 && skip > 0) std::memcpy(to + skip, buffer + skip, static_cast<std::size_t>(kLine - skip));
      const Index written = lines > 0 && skip > 0 ? 1 : 0;
      kStreamLines({to + written * kLine, buffer + written * kLine, buffer, lines - written});
      if (lines > 0) skip = 0;
      to += lines * kLine;
      used -= lines * kLine;
      std::memcpy(buffer, buffer + lines * kLine, static_cast<std::size_t>(used));
    }
    std::memcpy(to + skip, buffer + skip, static_cast<std::size_t>(used - skip));
    stream_fence();
  }

  /// `count` rows from `row` on, to `to`.
  void fill_rows(std::byte* to, Index row, Index count, bool stream) const {
    const auto transpose = [&]<std::size_t kUnit>(std::integral_constant<std::size_t, kUnit>) {
      const auto column = [inputs = &inputs_, skip = row * static_cast<Index>(kUnit)](Index i) {
        return (*inputs)[i].data + skip;
      };
      transpose_rows<kUnit>(to, row_, column, count, inputs_.size());
    };
    switch (plan_.each * inner_) {
      case 1: return transpose(std::integral_constant<std::size_t, 1>());
      case 2: return transpose(std::integral_constant<std::size_t, 2>());
      case 4: return transpose(std::integral_constant<std::size_t, 4>());
      case 8: return transpose(std::integral_constant<std::size_t, 8>());
      default: break;
    }
    constexpr Index kNext = 4;  // inputs on, whose start the processor does not foresee
    for (Index i = 0; i < inputs_.size(); ++i) {
      const Index width = width_of(i);
      if (i + kNext < inputs_.size()) {
        const Index bytes = width_of(i + kNext);
        const std::byte* const next = inputs_[i + kNext].data + row * bytes;
        for (Index at = 0; at < std::min(bytes * count, kShortRun); at += kLine) __builtin_prefetch(next + at);
      }
      copy_runs(to, row_, inputs_[i].data + row * width, width, static_cast<std::size_t>(width), count, stream);
      to += width;
    }
  }

  static constexpr Index kAhead = 8;

  std::byte* out_;
  const ConcatPlan& plan_;
  const StridedSpan<const ErasedView>& inputs_;
  Index rows_, inner_, row_;  // inner and row in bytes
  const Tuning& tuning_;
  bool stream_;
};

}  // namespace litorch::detail
