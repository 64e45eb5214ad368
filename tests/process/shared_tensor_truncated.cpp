// SPDX-License-Identifier: MIT
// A peer that truncates, rewrites or punches holes into a named segment that others have open.
#include "support/catch.hpp"
#include "support/refused_calls.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/ipc/shared_tensor.hpp>
#include <litorch/ops/copy.hpp>
#include <litorch/tensor/compare.hpp>
#include <litorch/tensor/factory.hpp>

#include <fcntl.h>

#include <atomic>
#include <thread>
#include <vector>

using namespace litorch;
using support::shm_code_of;
using support::ShmScratch;

namespace {

constexpr Index kRows = 64 * 1024;
constexpr ::off_t kSize = detail::kSegmentPage + kRows * 4;

/// Copies until `done`, from several threads: how many copies were whole and how many truncated, and how many elements
/// were neither `value` nor zero.
struct Readers {
  std::atomic<long> whole{0}, truncated{0}, wrong{0};

  template <class T>
  void read(const SharedTensor<T>& shared, int value, const std::atomic<bool>& done) {
    while (!done) {
      const auto code = shm_code_of([&] {
        const Tensor<int> copy = shared.copy();
        ++whole;
        for (const int element : std::span(copy.data(), static_cast<std::size_t>(copy.numel())))
          wrong += element != value && element != 0;
      });
      if (code) ++(code == ShmCode::truncated ? truncated : wrong);
    }
  }
};

}  // namespace

TEST_CASE("a copy of a segment that a peer truncates is whole or an error, never a crash") {
  const ShmScratch scratch;
  const auto made = SharedTensor<int>::create(scratch.name(), {kRows});
  const auto read_only = SharedTensor<int>::open_readonly(scratch.name());
  made.tensor().fill_(7);
  CHECK(equal(read_only.copy(), full<int>({kRows}, 7)));

  std::atomic<bool> done{false};
  Readers readers;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] { readers.read(made, 7, done); });
    threads.emplace_back([&] { readers.read(read_only, 7, done); });
  }
  const support::ChildEnd peer = support::run_in_child([&]() -> int {
    const ::off_t sizes[] = {0, detail::kSegmentPage, kSize / 2, kSize - 4096, kSize - 5000};
    for (int round = 0; round < 2000; ++round) {
      if (::truncate(scratch.path().c_str(), sizes[round % 5]) != 0) return 1;
      ::usleep(static_cast<::useconds_t>(round % 7 * 20));
      if (::truncate(scratch.path().c_str(), kSize) != 0) return 2;
      ::usleep(static_cast<::useconds_t>(round % 11 * 20));
    }
    return 0;
  });
  done = true;
  for (std::thread& thread : threads) thread.join();
  CHECK(peer.exited_with(0));
  CHECK(readers.wrong == 0);
  CHECK((readers.whole > 0 && readers.truncated > 0));

  REQUIRE(::truncate(scratch.path().c_str(), 0) == 0);
  CHECK(shm_code_of([&] { made.copy(); }) == ShmCode::truncated);
  REQUIRE(::truncate(scratch.path().c_str(), kSize) == 0);
  CHECK(equal(made.copy(), zeros<int>({kRows})));
}

TEST_CASE("readers of a segment that a peer rewrites and punches holes into see any values, and go on") {
  const ShmScratch scratch;
  const auto made = SharedTensor<int>::create(scratch.name(), {kRows});
  made.tensor().fill_(7);
  const auto read_only = SharedTensor<int>::open_readonly(scratch.name());
  std::atomic<bool> done{false};
  Readers readers;
  std::thread copier([&] { readers.read(read_only, 7, done); });
  std::thread toucher([&] {
    const volatile int* const elements = read_only.tensor().data();
    while (!done)
      for (Index i = 0; i < kRows; i += 100)
        if (const int element = elements[i]; element != 7 && element != 0) ++readers.wrong;
  });
  const support::ChildEnd peer = support::run_in_child([&]() -> int {
    const int fd = ::open(scratch.path().c_str(), O_RDWR | O_CLOEXEC);
    const std::vector<int> sevens(3000, 7);
    for (int round = 0; round < 3000; ++round) {
      const ::off_t at = detail::kSegmentPage + round % 60 * 4096;
      if (::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, 9000) != 0) return 1;
      if (::pwrite(fd, sevens.data(), 8192, at) != 8192) return 2;
    }
    return 0;
  });
  done = true;
  copier.join();
  toucher.join();
  CHECK(peer.exited_with(0));
  CHECK(readers.wrong == 0);
  CHECK((readers.whole > 0 && readers.truncated == 0));
}

TEST_CASE("a copy has the shape and the elements of what is shared, in memory of its own") {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{3, 0, 2}, Shape{5}, Shape{33, 5}, Shape{1 << 11, 1 << 10}}) {
    const SharedTensor<float> shared(shape);
    shared.tensor().fill_(1.5F);
    const Tensor<float> copy = shared.copy();
    shared.tensor().fill_(2.0F);
    CHECK(equal(copy, full<float>(shape, 1.5F)));
  }
}

TEST_CASE("without a way to look at pages that may be gone, copy() says so") {
  const support::ChildEnd end = support::run_refused({{SYS_process_vm_readv, EPERM}}, []() -> int {
    const SharedTensor<int> anonymous({4});
    try {
      anonymous.copy();
      return 1;
    } catch (const ShmError& error) {
      return error.code() == ShmCode::system && error.errno_value() == EPERM ? 0 : 2;
    }
  });
  CHECK((end.exited_with(0) || end.exited_with(support::kNotPermitted)));
}
