// SPDX-License-Identifier: MIT
// A process pool where the system refuses a call: an error, or the same results without it; and it works again later.
#include "support/catch.hpp"
#include "support/refused_calls.hpp"

#include <litorch/litorch.hpp>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace litorch;
using support::Refused;

namespace {

/// Results have to be sent as files then.
constexpr Refused kUnreadable{SYS_process_vm_readv, EPERM};

enum Outcome { kSame = 0, kIoError, kTaskError, kNoMemory, kWrong = 50 };

/// Pieces by message and by file, joined page by page.
Tensor<int> joined_pieces(std::size_t processes) {
  ProcessPool pool({.processes = processes});
  const auto piece = [](int i) { return full<int>({i % 2 == 0 ? 1 << 19 : 1024}, i); };
  return pool.map_cat(piece, std::vector<int>{0, 2, 4, 1, 3});
}

/// What becomes of them, and whether anything is left behind.
int outcome_of_pieces(std::size_t processes = 2) {
  const int open = support::open_descriptors();
  int outcome = kSame;
  try {
    const Tensor<int> joined = joined_pieces(processes);
    if (joined.numel() != 3 * (1 << 19) + 2 * 1024 || joined(5) != 0 || joined(joined.numel() - 1) != 3) return kWrong;
  } catch (const IoError& error) {
    outcome = kIoError;
  } catch (const WorkerException&) {
    outcome = kTaskError;
  } catch (const std::bad_alloc&) {
    outcome = kNoMemory;
  }
  if (::waitpid(-1, nullptr, WNOHANG) != -1) return kWrong + 1;
  return support::open_descriptors() == open ? outcome : kWrong + 2;
}

/// Whole pages that a consuming cat() moves.
int outcome_of_moving() {
  try {
    std::vector<Tensor<int>> pieces(4, Tensor<int>());
    for (Tensor<int>& piece : pieces) piece = full<int>({1 << 20}, 7);
    const Tensor<int> joined = cat(std::move(pieces));
    return joined.numel() == 4 << 20 && joined(joined.numel() - 1) == 7 ? kSame : kWrong;
  } catch (const std::bad_alloc&) {
    return kNoMemory;
  }
}

/// CHECKs an outcome, unless the system allows no filter.
void check_outcome(
    std::initializer_list<Refused> calls, Outcome expected, int (*run)() = [] { return outcome_of_pieces(); }) {
  const support::ChildEnd end = support::run_refused(calls, run);
  const int outcome = end.hung ? -1 : end.signal != 0 ? -end.signal : end.exit_code;
  if (outcome == support::kNotPermitted)
    WARN("no filter allowed: not tested");
  else
    CHECK(outcome == expected);
}

}  // namespace

TEST_CASE("a process pool at each limit on descriptors fails with an error or works, and works afterwards") {
  const support::ChildEnd end = support::run_in_child([]() -> int {
    ::rlimit before{};
    if (::getrlimit(RLIMIT_NOFILE, &before) != 0) return 1;
    const int lowest = ::dup(0);
    ::close(lowest);
    int refused = 0, served = 0;
    for (int more = 0; more <= 40; ++more) {
      const ::rlimit tight{static_cast<::rlim_t>(lowest + more), before.rlim_max};
      if (::setrlimit(RLIMIT_NOFILE, &tight) != 0) return 2;
      int outcome = kSame;
      try {
        if (joined_pieces(3).numel() != 3 * (1 << 19) + 2 * 1024) return 3;
      } catch (const IoError& error) {
        if (error.errno_value() != EMFILE) return 4;
        outcome = kIoError;
      } catch (const WorkerException&) {
        outcome = kTaskError;
      }
      ++(outcome == kSame ? served : refused);
      if (::setrlimit(RLIMIT_NOFILE, &before) != 0) return 5;
      if (more == 0 && outcome != kIoError) return 6;
      if (more == 40 && outcome != kSame) return 7;
      if (outcome_of_pieces(3) != kSame) return 8;
    }
    return refused > 0 && served > 0 ? 0 : 9;
  });
  CHECK(end.exit_code == 0);
}

TEST_CASE("a system without room for another descriptor or process is an error of the call or the task") {
  for (const int error : {ENFILE, EMFILE, ENOMEM}) {
    check_outcome({{SYS_socketpair, error}}, kIoError);
    check_outcome({kUnreadable, {SYS_memfd_create, error}}, kTaskError);
    check_outcome({{SYS_pidfd_open, error}}, kSame);
  }
#if defined(SYS_fork)
  check_outcome({{SYS_clone, EAGAIN}, {SYS_fork, EAGAIN}}, kIoError);
#else
  check_outcome({{SYS_clone, EAGAIN}}, kIoError);
#endif
}

TEST_CASE("an old kernel does without what it can do without, and else it is an error") {
  check_outcome({{SYS_pidfd_open, ENOSYS}, {SYS_pidfd_send_signal, ENOSYS}}, kSame);
  check_outcome({{SYS_memfd_create, ENOSYS}}, kSame);
  check_outcome({kUnreadable}, kSame);
  check_outcome({{SYS_process_vm_readv, ENOSYS}}, kSame);
  check_outcome({kUnreadable, {SYS_memfd_create, ENOSYS}}, kTaskError);
  check_outcome({kUnreadable, {SYS_fcntl, EINVAL, 1, F_ADD_SEALS}}, kTaskError);
  check_outcome({kUnreadable, {SYS_fcntl, EINVAL, 1, F_GET_SEALS}}, kIoError);
}

TEST_CASE("memory that the system refuses for results or for their join is an error, or costs a copy") {
  check_outcome({kUnreadable, {SYS_mmap, ENOMEM, 3, MAP_PRIVATE}}, kIoError);
  check_outcome({{SYS_mmap, ENOMEM, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE}}, kNoMemory, outcome_of_moving);
  check_outcome({{SYS_mremap, ENOMEM}}, kNoMemory, outcome_of_moving);
  check_outcome({{SYS_madvise, ENOMEM}}, kSame, outcome_of_moving);
  check_outcome({{SYS_madvise, ENOMEM}}, kSame);
}

TEST_CASE("shared tensors say what the system refuses") {
  const support::ShmScratch scratch;
  const auto code_without = [&](std::initializer_list<Refused> calls, bool named, int error) {
    const support::ChildEnd end = support::run_refused(calls, [&]() -> int {
      try {
        if (named) SharedTensor<int>::create(scratch.name(), {4});
        if (!named) SharedTensor<int> anonymous({4});
        return 1;
      } catch (const ShmError& caught) {
        return caught.errno_value() == error && !scratch.exists() ? 0 : 2;
      }
    });
    return end.exited_with(support::kNotPermitted) ? 0 : end.exit_code;
  };
  CHECK(code_without({{SYS_mmap, ENOMEM, 3, MAP_SHARED}}, false, ENOMEM) == 0);
  CHECK(code_without({{SYS_mmap, ENOMEM, 3, MAP_SHARED}}, true, ENOMEM) == 0);
  CHECK(code_without({{SYS_fcntl, EINVAL, 1, F_ADD_SEALS}}, false, EINVAL) == 0);
  CHECK(code_without({{SYS_fallocate, EOPNOTSUPP}, {SYS_pwrite64, ENOSPC}}, true, ENOSPC) == 0);
  for (const int error : {ENFILE, ENOSYS}) CHECK(code_without({{SYS_memfd_create, error}}, false, error) == 0);
  CHECK(code_without({{SYS_openat, ENFILE}}, true, ENFILE) == 0);
}
