// SPDX-License-Identifier: MIT
#include <support/roof.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <thread>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace litorch::bench {
namespace {

using Copy = void (*)(std::byte* to, const std::byte* from, std::size_t bytes);

void plain_copy(std::byte* to, const std::byte* from, std::size_t bytes) { std::memcpy(to, from, bytes); }

#if defined(__x86_64__)

void pause() { _mm_pause(); }
bool can_stream() { return true; }

constexpr std::size_t kLine = 64;

/// `lines(to, from, count)` copies whole cache lines to an aligned address; the rest is for memcpy.
template <class Lines>
void stream_with(Lines lines, std::byte* to, const std::byte* from, std::size_t bytes) {
  const std::size_t head = std::min(bytes, (kLine - reinterpret_cast<std::uintptr_t>(to) % kLine) % kLine);
  const std::size_t count = (bytes - head) / kLine;
  std::memcpy(to, from, head);
  lines(to + head, from + head, count);
  const std::size_t done = head + count * kLine;
  std::memcpy(to + done, from + done, bytes - done);
  _mm_sfence();
}

__attribute__((target("avx512f"))) void lines_512(std::byte* to, const std::byte* from, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    _mm512_stream_si512(reinterpret_cast<__m512i*>(to + i * kLine), _mm512_loadu_si512(from + i * kLine));
}
__attribute__((target("avx"))) void lines_256(std::byte* to, const std::byte* from, std::size_t count) {
  for (std::size_t i = 0; i < 2 * count; ++i)
    _mm256_stream_si256(reinterpret_cast<__m256i*>(to) + i,
                        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from) + i));
}
void lines_128(std::byte* to, const std::byte* from, std::size_t count) {
  for (std::size_t i = 0; i < 4 * count; ++i)
    _mm_stream_si128(reinterpret_cast<__m128i*>(to) + i, _mm_loadu_si128(reinterpret_cast<const __m128i*>(from) + i));
}

void streaming_copy(std::byte* to, const std::byte* from, std::size_t bytes) {
  static const auto lines = __builtin_cpu_supports("avx512f") ? lines_512
                            : __builtin_cpu_supports("avx")   ? lines_256
                                                              : lines_128;
  stream_with(lines, to, from, bytes);
}

#else

void pause() {}
bool can_stream() { return false; }
void streaming_copy(std::byte* to, const std::byte* from, std::size_t bytes) { plain_copy(to, from, bytes); }

#endif

/// Threads that spin, so that handing them their part costs next to nothing. They live while they are measured.
class SpinningCrew {
 public:
  SpinningCrew(std::size_t threads, Copy copy) : copy_(copy), threads_(threads) {
    for (std::size_t i = 1; i < threads; ++i) workers_.emplace_back([this, i] { work(i); });
  }
  SpinningCrew(const SpinningCrew&) = delete;
  SpinningCrew& operator=(const SpinningCrew&) = delete;
  ~SpinningCrew() {
    hand_out(nullptr, nullptr, 0);
    for (std::thread& worker : workers_) worker.join();
  }

  void copy(std::byte* to, const std::byte* from, std::size_t bytes) {
    if (threads_ == 1) return copy_(to, from, bytes);
    hand_out(to, from, bytes);
    copy_part(0);
    await([this] { return done_.load(std::memory_order_acquire) == threads_ - 1; });
  }

 private:
  static constexpr int kSpins = 1 << 14;  // then the core is for others as well, should they be too many

  template <class Condition>
  static void await(Condition condition) {
    for (int i = 0; !condition(); ++i) i < kSpins ? pause() : std::this_thread::yield();
  }
  void hand_out(std::byte* to, const std::byte* from, std::size_t bytes) {
    to_ = to;
    from_ = from;
    bytes_ = bytes;
    done_.store(0, std::memory_order_relaxed);
    round_.fetch_add(1, std::memory_order_release);
  }
  void copy_part(std::size_t part) const {
    const std::size_t each = (bytes_ / threads_ + 4095) / 4096 * 4096;  // parts meet at pages
    const std::size_t start = std::min(bytes_, part * each), stop = std::min(bytes_, start + each);
    if (start < stop) copy_(to_ + start, from_ + start, stop - start);
  }
  void work(std::size_t part) {
    for (std::uint64_t seen = 0;;) {
      await([&] { return round_.load(std::memory_order_acquire) != seen; });
      ++seen;
      if (to_ == nullptr) return;
      copy_part(part);
      done_.fetch_add(1, std::memory_order_release);
    }
  }

  Copy copy_;
  std::size_t threads_;
  std::byte* to_ = nullptr;
  const std::byte* from_ = nullptr;
  std::size_t bytes_ = 0;
  std::atomic<std::uint64_t> round_{0};
  std::atomic<std::size_t> done_{0};
  std::vector<std::thread> workers_;
};

class RoofJob : public Job {
 public:
  RoofJob(const Setup& setup, std::size_t threads, Copy copy)
      : threads_(threads), copy_(copy), from_(empty<float>(setup.shape())), to_(setup.out()) {
    std::memcpy(from_.data(), setup.expected().data(), setup.expected().size_bytes());
  }
  void begin() override { crew_ = std::make_unique<SpinningCrew>(threads_, copy_); }
  void end() override { crew_.reset(); }
  bool is_right(const Setup& setup) override {
    std::fill_n(to_.data(), to_.numel(), -1.0F);
    run();
    return setup.is_expected(to_.data());
  }
  void run() override {
    crew_->copy(reinterpret_cast<std::byte*>(to_.data()), reinterpret_cast<const std::byte*>(from_.data()),
                static_cast<std::size_t>(to_.numel()) * sizeof(float));
    benchmark::ClobberMemory();
  }

 private:
  std::size_t threads_;
  Copy copy_;
  Tensor<float> from_, to_;
  std::unique_ptr<SpinningCrew> crew_;
};

template <Copy kCopy>
JobPtr on_all_threads(const Setup& setup) {
  return std::make_unique<RoofJob>(setup, setup.threads(), kCopy);
}
JobPtr on_one_thread(const Setup& setup) { return std::make_unique<RoofJob>(setup, 1, plain_copy); }

}  // namespace

std::vector<Contestant> roofs() {
  const auto can_share = [](const Case& what) { return what.bytes() >= 4096; };
  const auto worth_streaming = [](const Case& what) { return can_stream() && what.bytes() >= 4096; };
  return {{"roof memcpy", on_all_threads<plain_copy>, can_share},
          {"roof streaming", on_all_threads<streaming_copy>, worth_streaming},
          {"roof memcpy 1 thread", on_one_thread}};
}

}  // namespace litorch::bench
