// SPDX-License-Identifier: MIT
// A peer that changes the header while others look at it: what they accept is what was there, whole.
#include "support/catch.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/ipc/shared_tensor.hpp>

#include <atomic>
#include <cstdlib>
#include <thread>

using namespace litorch;
using std::chrono::milliseconds;

namespace {

constexpr detail::ElementFormat kFormat = detail::element_format<float>();
const Shape kShapes[3] = {{4, 4}, {1 << 20, 1 << 10}, {2, 8}};  // sound, sound but for the size of the file, sound

/// A segment of 16 elements whose header another thread changes as fast as it can.
class ChangingSegment {
 public:
  ChangingSegment()
      : made_(SharedTensor<float>::create(scratch_.name(), kShapes[0])),
        memory_(posix::SharedMemory::open("test", scratch_.name(), posix::Access::write)),
        region_(memory_.map(memory_.size(), posix::Access::write)),
        flipper_([this] { flip(); }) {}
  ~ChangingSegment() {
    stop_ = true;
    flipper_.join();
  }

  const std::string& name() const { return scratch_.name(); }
  const posix::SharedMemory& memory() const { return memory_; }

 private:
  void flip() {
    detail::SegmentHeader variants[3];
    for (std::size_t i = 0; i < 3; ++i) {
      variants[i] = detail::encode_segment("test", kShapes[i], kFormat, posix::this_process());
      variants[i].state = 1;
    }
    auto* const shared = reinterpret_cast<volatile std::uint64_t*>(region_.data());
    for (std::size_t round = 0; !stop_; ++round) {
      std::uint64_t words[32];
      std::memcpy(words, &variants[round % 3], sizeof words);
      const std::size_t first = round % 32;
      for (std::size_t i = 0; i < 32; ++i) shared[(first + i) % 32] = words[(first + i) % 32];
      if (round % 5 == 0) shared[round / 5 % 32] = shared[round / 5 % 32] ^ (1ull << (round % 64));
    }
  }

  support::ShmScratch scratch_;
  SharedTensor<float> made_;
  posix::SharedMemory memory_;
  posix::MappedRegion region_;
  std::atomic<bool> stop_{false};
  std::thread flipper_;
};

struct Tally {
  long accepted = 0, refused = 0, wrong = 0;
};

/// `look(wrong)` as often as the variable of this name says, or `few` times: how often it returned, and threw.
template <class F>
Tally count(const char* variable, long few, F look) {
  const char* const wish = std::getenv(variable);
  const long rounds = wish == nullptr ? few : std::strtol(wish, nullptr, 10);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(wish == nullptr ? 10 : 1000);
  Tally tally;
  while (tally.accepted + tally.refused < rounds && std::chrono::steady_clock::now() < limit) {
    try {
      look(tally.wrong);
      ++tally.accepted;
    } catch (const ShmError&) {
      ++tally.refused;
    }
  }
  return tally;
}

}  // namespace

TEST_CASE("a header that changes while it is validated is never accepted out of bounds") {
  const ChangingSegment segment;
  const Index size = segment.memory().size();
  const Tally tally = count("LITORCH_TEST_ROUNDS", 200'000, [&](long& wrong) {
    detail::SegmentHeader copy;
    segment.memory().read(&copy, sizeof copy);
    const auto layout = detail::validate_segment("test", segment.name(), copy, size, kFormat);
    wrong += layout.shape != kShapes[0] && layout.shape != kShapes[2];
    wrong += layout.data_offset + layout.data_bytes > size || layout.shape.numel() * 4 != layout.data_bytes;
  });
  CHECK(tally.wrong == 0);
  CHECK(tally.accepted > 0);
  CHECK(tally.refused > 0);
}

TEST_CASE("a segment whose header changes is opened whole or refused") {
  const ChangingSegment segment;
  const auto start = std::chrono::steady_clock::now();
  const Tally tally = count("LITORCH_SOAK_ATTACHES", 50'000, [&](long& wrong) {
    const auto opened = SharedTensor<float>::open(segment.name(), milliseconds(0));
    wrong += opened.shape() != kShapes[0] && opened.shape() != kShapes[2];
    wrong += opened.tensor().data()[15] != 0;
  });
  const auto took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
  CHECK(tally.wrong == 0);
  CHECK(tally.accepted > 0);
  CHECK(tally.refused > 0);
  SUCCEED(tally.accepted << " opened and " << tally.refused << " refused in " << took.count() << " ms");
}
