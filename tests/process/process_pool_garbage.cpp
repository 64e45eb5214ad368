// SPDX-License-Identifier: MIT
// Workers that put garbage into their channel: the parent gets an error or a result, and goes on.
// LITORCH_SOAK_GARBAGE says how many messages of garbage; 600 unless it is set.
#include "support/catch.hpp"
#include "support/hostile_worker.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/litorch.hpp>

#include <cstdlib>
#include <random>

using namespace litorch;
using support::Bytes;
using support::file_of;
using support::own_channel;
using support::send_raw;
using support::with_head;

namespace {

using Texts = std::vector<std::pair<std::string, std::vector<Tensor<double>>>>;

/// Random numbers, most of them small or at a limit.
Bytes garbage(std::mt19937_64& random, std::size_t bytes) {
  Bytes made(bytes);
  const std::uint64_t likely[] = {0, 1, 2, 8, 9, 64, ~0ull, 1ull << 63, (1ull << 63) - 1, 1ull << 61, 1ull << 32};
  for (std::size_t at = 0; at + 8 <= bytes; at += 8) {
    const std::uint64_t word = random() % 3 == 0 ? random() : likely[random() % std::size(likely)];
    std::memcpy(&made[at], &word, 8);
  }
  return made;
}

/// What a worker that was taken over may do in place of `task`.
void attack(std::uint64_t task, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  constexpr int kSealed = F_SEAL_SHRINK | F_SEAL_GROW;
  const Bytes noise = garbage(random, random() % 300);
  const Bytes head = with_head(task, random() % 2, {});
  switch (seed % 12) {
    case 0: send_raw(noise); break;
    case 1: send_raw(with_head(task, random() % 3, noise)); break;
    case 2: send_raw(with_head(random() % 9, 0, noise)); break;
    case 3: send_raw(head, {file_of(garbage(random, random() % 9000), kSealed)}); break;
    case 4: send_raw(head, {file_of(noise, 0)}); break;
    case 5: send_raw(head, std::vector<int>(1 + random() % 200, ::open("/dev/zero", O_RDWR | O_CLOEXEC))); break;
    case 6: send_raw(seed % 24 == 6 ? Bytes() : noise, {::open("/", O_RDONLY | O_CLOEXEC)}); break;
    case 7: {
      const int fd = file_of(noise, 0);
      if (::ftruncate(fd, ::off_t{1} << (20 + random() % 42)) == 0) ::fcntl(fd, F_ADD_SEALS, kSealed);
      send_raw(head, {fd, fd});
      break;
    }
    case 8: send_raw(with_head(task, 0, garbage(random, 60'000 + random() % 100'000))); break;
    case 9: send_raw(Bytes(random() % 16)); break;
    case 10: ::shutdown(own_channel(), static_cast<int>(random() % 3)); break;
    default: ::close(own_channel());
  }
  if (random() % 3 == 0) ::_exit(static_cast<int>(random() % 3));
  while (random() % 2 == 0) ::usleep(100);
}

/// Every byte that the parent would look at.
double sum_of(const Tensor<int>& piece) {
  return piece.numel() < (1 << 20) ? static_cast<double>(sum(piece).item()) : 0;
}
double sum_of(const Texts& texts) {
  double total = 0;
  for (const auto& [text, pieces] : texts) total += static_cast<double>(text.size() + pieces.size());
  return total;
}

template <class R>
bool survives(std::uint64_t seed) {
  ProcessPool pool({.processes = 2, .timeout = std::chrono::milliseconds(300), .on_error = OnTaskError::collect});
  try {
    const auto results = pool.map(
        [&](int task) {
          if (task == 1) attack(1, seed);
          return R();
        },
        std::vector<int>{0, 1, 2});
    volatile double sink = 0;
    for (const R& result : results) sink = sink + sum_of(result);
  } catch (const Error&) {
  } catch (const std::bad_alloc&) {}
  return ::waitpid(-1, nullptr, WNOHANG) == -1;
}

}  // namespace

TEST_CASE("garbage from a worker is an error of its task or of the call, and leaves nothing behind") {
  const char* const asked = std::getenv("LITORCH_SOAK_GARBAGE");
  const std::uint64_t rounds = asked != nullptr ? std::strtoull(asked, nullptr, 10) : 600;
  const SharedTensor<std::uint64_t> reached({1});
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    const int open = support::open_descriptors();
    for (std::uint64_t seed = 0; seed < rounds; ++seed) {
      reached.tensor()(0) = seed;
      if (!(seed / 12 % 2 == 0 ? survives<Tensor<int>>(seed) : survives<Texts>(seed))) return 1;
      if (support::open_descriptors() != open) return 2;
    }
    ProcessPool pool({.processes = 2});
    return pool.map([](int i) { return i; }, std::vector<int>{4, 5}) == std::vector<int>{4, 5} ? 0 : 3;
  });
  CAPTURE(reached.tensor()(0), end.signal);
  CHECK(end.exited_with(0));
}
