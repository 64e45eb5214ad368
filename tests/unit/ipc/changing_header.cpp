// SPDX-License-Identifier: MIT
// A peer that changes the header while others look at it: what they accept is what was there, whole.
#include "support/catch.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/ipc/shared_tensor.hpp>

#include <atomic>
#include <cstdlib>
#include <thread>

using namespace litorch;

TEST_CASE("a header that changes while it is validated is never accepted out of bounds") {
  const support::ShmScratch scratch;
  const auto made = SharedTensor<float>::create(scratch.name(), {4, 4});
  const posix::SharedMemory memory = posix::SharedMemory::open("test", scratch.name(), posix::Access::write);
  const posix::MappedRegion region = memory.map(memory.size(), posix::Access::write);
  constexpr detail::ElementFormat kFormat = detail::element_format<float>();

  detail::SegmentHeader variants[3];
  const Shape shapes[3] = {{4, 4}, {1 << 20, 1 << 10}, {2, 8}};  // sound, sound but for the size of the file, sound
  for (std::size_t i = 0; i < 3; ++i) {
    variants[i] = detail::encode_segment("test", shapes[i], kFormat, posix::this_process());
    variants[i].state = 1;
  }
  std::atomic<bool> stop{false};
  std::thread flipper([&] {
    auto* const shared = reinterpret_cast<volatile std::uint64_t*>(region.data());
    for (std::size_t round = 0; !stop; ++round) {
      std::uint64_t words[32];
      std::memcpy(words, &variants[round % 3], sizeof words);
      const std::size_t first = round % 32;
      for (std::size_t i = 0; i < 32; ++i) shared[(first + i) % 32] = words[(first + i) % 32];
      if (round % 5 == 0) shared[round / 5 % 32] = shared[round / 5 % 32] ^ (1ull << (round % 64));
    }
  });

  const char* const wish = std::getenv("LITORCH_TEST_ROUNDS");
  const long rounds = wish == nullptr ? 200000 : std::strtol(wish, nullptr, 10);
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(wish == nullptr ? 10 : 250);
  const Index size = memory.size();
  long accepted = 0, refused = 0, wrong = 0;
  while (accepted + refused < rounds && std::chrono::steady_clock::now() < limit) {
    detail::SegmentHeader copy;
    memory.read(&copy, sizeof copy);
    try {
      const auto layout = detail::validate_segment("test", scratch.name(), copy, size, kFormat);
      ++accepted;
      wrong += layout.shape != shapes[0] && layout.shape != shapes[2];
      wrong += layout.data_offset + layout.data_bytes > size || layout.shape.numel() * 4 != layout.data_bytes;
    } catch (const ShmError&) {
      ++refused;
    }
  }
  stop = true;
  flipper.join();
  CHECK(wrong == 0);
  CHECK(accepted > 0);
  CHECK(refused > 0);
}
