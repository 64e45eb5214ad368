// SPDX-License-Identifier: MIT
// Shared tensors between processes: children that write, race, are killed, or are of another user.
#include "support/catch.hpp"
#include "support/sanitizer.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/ipc/shared_tensor.hpp>
#include <litorch/ops/copy.hpp>

#include <sched.h>
#include <sys/resource.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

using namespace litorch;
using std::chrono::milliseconds;
using support::shm_code_of;
using support::ShmScratch;

namespace {

std::atomic_ref<int> counter(const SharedTensor<int>& shared, Index i) {
  return std::atomic_ref<int>(shared.tensor().data()[i]);
}

/// Forks a child that ends by itself after a minute.
template <class F>
pid_t start_child(F body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::alarm(60);
  int code = 255;
  try {
    code = body();
  } catch (...) {}
  ::_exit(code);
}

void wait_until_equal(std::atomic_ref<int> value, int wanted) {
  while (value.load() < wanted) ::sched_yield();
}

/// A child that has made a segment and waits to be killed; its process id once the segment is there, -1 if it failed.
pid_t start_owner(const std::string& name) {
  const SharedTensor<int> ready({1});
  const pid_t child = start_child([&]() -> int {
    ::rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
    const auto made = SharedTensor<int>::create(name, {4});
    made.tensor().fill_(6);
    counter(ready, 0).store(1);
    while (true) ::pause();
  });
  for (int wait = 0; wait < 20000; ++wait) {
    if (counter(ready, 0).load() == 1) return child;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return -1;
}

}  // namespace

TEST_CASE("children write disjoint rows of an anonymous shared tensor") {
  const SharedTensor<int> shared({4, 1000});
  std::vector<pid_t> children;
  for (int row = 0; row < 4; ++row)
    children.push_back(start_child([&] {
      shared.tensor()[row].fill_(row + 1);
      return 0;
    }));
  for (const pid_t child : children) CHECK(support::wait_for_child(child).exited_with(0));
  for (int row = 0; row < 4; ++row)
    for (Index i = 0; i < 1000; ++i) REQUIRE(shared.tensor()(row, i) == row + 1);
}

TEST_CASE("the destructors of a forked child leave the names of its parent") {
  const ShmScratch scratch;
  auto made = std::make_unique<SharedTensor<int>>(SharedTensor<int>::create(scratch.name(), {1}));
  CHECK(support::run_in_child([&] {
          made.reset();
          return 0;
        }).exited_with(0));
  CHECK(scratch.exists());
  static std::unique_ptr<SharedTensor<int>> global;
  global = std::move(made);
  CHECK(support::run_in_child([]() -> int { std::exit(0); }).exited_with(0));
  CHECK(scratch.exists());
  global.reset();
  CHECK_FALSE(scratch.exists());
}

TEST_CASE("a write through a read-only mapping ends the process, not the data") {
  const ShmScratch scratch;
  const auto made = SharedTensor<int>::create(scratch.name(), {4});
  const auto read = SharedTensor<int>::open_readonly(scratch.name());
  const support::ChildEnd end = support::run_in_child([&] {
    ::rlimit none{};
    ::setrlimit(RLIMIT_CORE, &none);
    std::signal(SIGSEGV, SIG_DFL);  // the test framework's would report the child's end as its own
    *const_cast<volatile int*>(read.tensor().data()) = 1;
    return 0;
  });
  if (!support::kAsan && !support::kTsan) CHECK(end.signal == SIGSEGV);
  CHECK_FALSE(end.exited_with(0));
  CHECK(made.tensor()(0) == 0);
}

TEST_CASE("of processes that race for a name exactly one wins") {
  constexpr int kProcesses = 8, kRounds = 300;
  const ShmScratch scratch;
  const SharedTensor<int> wins({kRounds}), losses({kRounds}), arrived({2 * kRounds});
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process)
    children.push_back(start_child([&]() -> int {
      for (int round = 0; round < kRounds; ++round) {
        std::unique_ptr<SharedTensor<int>> made;
        ++counter(arrived, 2 * round);
        wait_until_equal(counter(arrived, 2 * round), kProcesses);
        const auto code = shm_code_of([&] {
          made = std::make_unique<SharedTensor<int>>(SharedTensor<int>::create(scratch.name(), {process + 1}));
        });
        if (code && *code != ShmCode::exists) return 1;
        if (code && shm_code_of([&] { SharedTensor<int>::open(scratch.name(), milliseconds(20000)); })) return 2;
        ++counter(code ? losses : wins, round);
        ++counter(arrived, 2 * round + 1);
        wait_until_equal(counter(arrived, 2 * round + 1), kProcesses);
        made.reset();
      }
      return 0;
    }));
  for (const pid_t child : children) CHECK(support::wait_for_child(child).exited_with(0));
  int wrong = 0;
  for (int round = 0; round < kRounds; ++round)
    wrong += wins.tensor()(round) != 1 || losses.tensor()(round) != kProcesses - 1;
  CHECK(wrong == 0);
}

TEST_CASE("segments of killed processes are reclaimed, those of live ones stay") {
  const ShmScratch killed, alive, own;
  const auto made = SharedTensor<int>::create(own.name(), {1});
  const pid_t victim = start_owner(killed.name());
  const pid_t survivor = start_owner(alive.name());
  REQUIRE((victim > 0 && survivor > 0));
  SharedTensor<int>::reclaim_stale();
  CHECK((killed.exists() && alive.exists() && own.exists()));
  const auto attached = SharedTensor<int>::open(killed.name());
  CHECK(shm_code_of([&] { SharedTensor<int>::create(killed.name(), {1}); }) == ShmCode::exists);

  ::kill(victim, SIGKILL);
  for (int wait = 0; wait < 5000 && killed.exists(); ++wait) {  // before its parent has waited for it
    SharedTensor<float>::reclaim_stale();
    std::this_thread::sleep_for(milliseconds(1));
  }
  CHECK_FALSE(killed.exists());
  CHECK((alive.exists() && own.exists()));
  CHECK(attached.tensor()(3) == 6);
  CHECK(support::wait_for_child(victim).signal == SIGKILL);
  SharedTensor<int>::create(killed.name(), {1});

  ::kill(survivor, SIGKILL);
  CHECK(support::wait_for_child(survivor).signal == SIGKILL);
  SharedTensor<int>::reclaim_stale();
  CHECK_FALSE(alive.exists());
  CHECK(own.exists());
}

TEST_CASE("a creator that dies before it is done leaves a segment that can be reclaimed and made anew") {
  const ShmScratch scratch;
  CHECK(support::run_in_child([&] {
          const detail::SegmentHeader header =
              detail::encode_segment("test", {2}, detail::element_format<float>(), posix::this_process());
          return scratch.plant(&header, sizeof header) ? 0 : 1;
        }).exited_with(0));
  CHECK(SharedTensor<float>::reclaim_stale() >= 0);
  CHECK_FALSE(scratch.exists());
  SharedTensor<float>::create(scratch.name(), {2});
}

TEST_CASE("a process id that another process has now does not keep a segment") {
  const ShmScratch scratch, foreign;
  posix::ProcessIdentity other = posix::this_process();
  REQUIRE((other.start_time > 0 && other.pid_namespace > 0));
  CHECK_FALSE(posix::is_gone(other));
  other.start_time += 1;
  CHECK(posix::is_gone(other));
  const auto format = detail::element_format<float>();
  const detail::SegmentHeader stale = detail::encode_segment("test", {2}, format, other);
  other.pid_namespace += 1;  // somebody whom this process cannot see
  const detail::SegmentHeader unseen = detail::encode_segment("test", {2}, format, other);
  REQUIRE((scratch.plant(&stale, sizeof stale) && foreign.plant(&unseen, sizeof unseen)));
  SharedTensor<float>::reclaim_stale();
  CHECK_FALSE(scratch.exists());
  CHECK(foreign.exists());
}

TEST_CASE("reclaim_stale says how many segments it removed, and touches nothing else") {
  const support::ChildEnd end = support::run_with_own_shm("size=1m,mode=1777", []() -> int {
    for (const char* const name : {"one", "two", "three"})
      if (!support::run_in_child([&]() -> int {
             static const auto made = SharedTensor<int>::create(name, {1});
             ::_exit(0);
           }).exited_with(0))
        return 1;
    const auto own = SharedTensor<int>::create("own", {1});
    ::close(::open("/dev/shm/other", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ::close(::open("/dev/shm/litorch.text", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    if (SharedTensor<int>::reclaim_stale() != 3 || SharedTensor<int>::reclaim_stale() != 0) return 2;
    return support::entries("/dev/shm") == 2 + 3 ? 0 : 3;
  });
  if (end.exited_with(support::kNotPermitted)) {
    WARN("no mount allowed: not tested");
    return;
  }
  CHECK(end.exit_code == 0);
}

TEST_CASE("a segment that another user has put under the name is refused") {
  if (::geteuid() != 0) {
    WARN("needs the rights of root: not tested");
    return;
  }
  const ShmScratch scratch;
  REQUIRE(support::run_in_child([&]() -> int {
            if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) return 1;
            ::rlimit none{};
            ::setrlimit(RLIMIT_CORE, &none);
            static const auto made = SharedTensor<int>::create(scratch.name(), {1});
            ::_exit(0);
          }).exited_with(0));
  CHECK(shm_code_of([&] { SharedTensor<int>::open(scratch.name()); }) == ShmCode::wrong_owner);
  CHECK(shm_code_of([&] { SharedTensor<int>::open_readonly(scratch.name()); }) == ShmCode::wrong_owner);
  SharedTensor<int>::reclaim_stale();
  CHECK(scratch.exists());

  const ShmScratch own;
  const auto made = SharedTensor<int>::create(own.name(), {1});
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) return 1;
    if (shm_code_of([&] { SharedTensor<int>::open(own.name()); }) != ShmCode::permission) return 2;
    return shm_code_of([&] { SharedTensor<int>::remove(own.name()); }) == ShmCode::permission ? 0 : 3;
  });
  CHECK(end.exit_code == 0);
}
