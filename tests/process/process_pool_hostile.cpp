// SPDX-License-Identifier: MIT
// Workers that close, fill or go on changing what they share with their parent: an error, never a hang or a crash.
#include "support/catch.hpp"
#include "support/descendants.hpp"
#include "support/error_message.hpp"
#include "support/hostile_worker.hpp"

#include <litorch/litorch.hpp>

#include <sys/ioctl.h>

using namespace litorch;
using support::Bytes;
using support::file_of;
using support::mentions;
using support::message_of;
using support::own_channel;
using support::send_raw;
using support::with_head;

TEST_CASE("a worker that closes its channel and goes on is ended") {
  const auto deaf = [](int task) {
    if (task == 1) {
      ::close_range(3, ~0u, 0);
      for (;;) ::pause();
    }
    return task;
  };
  ProcessPool pool({.processes = 2, .on_error = OnTaskError::collect});
  CHECK(pool.map(deaf, std::vector<int>{0, 1, 2}) == std::vector<int>{0, 0, 2});
  REQUIRE(pool.failures().size() == 1);
  CHECK_THROWS_AS(std::rethrow_exception(pool.failures()[0].error), WorkerDied);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("a worker that answers without taking its orders cannot block the parent") {
  const support::ChildEnd end = support::run_in_child([]() -> int {
    const auto deaf = [](std::uint64_t task) {
      for (int waiting = 0;; ++task) {
        send_raw(with_head(task, 0, Bytes(8)));
        const int wanted = 16 * static_cast<int>(task + 1);
        while (::ioctl(own_channel(), FIONREAD, &waiting) == 0 && waiting < wanted) ::usleep(10);
      }
      return task;
    };
    std::vector<std::uint64_t> tasks(100'000);
    for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i] = i;
    ProcessPool pool({.processes = 1});
    try {
      pool.map(deaf, tasks);
    } catch (const IoError& error) {
      return error.errno_value() == EAGAIN ? 0 : 1;
    }
    return 2;
  });
  CHECK(end.exit_code == 0);
}

TEST_CASE("a result file that its worker can still shorten is refused") {
  const auto shortened = [](int) {
    const int fd = file_of(Bytes(1 << 20), 0);
    send_raw(with_head(0, 0, {}), {fd});
    for (;;)
      if (::ftruncate(fd, 0) != 0 || ::ftruncate(fd, 1 << 20) != 0) ::_exit(1);
    return Tensor<int>();
  };
  ProcessPool pool({.processes = 1});
  CHECK(mentions(message_of<IoError>([&] { pool.map(shortened, std::vector<int>{0}); }),
                 {"map(): ", "can still change"}));
}

TEST_CASE("a worker that lends memory which it has not is a worker that died") {
  const auto liar = [](int) {
    const std::uint64_t one = 1;  // rank 1, extent 2^20, lent, where
    const Index extent = 1 << 20;
    const std::uintptr_t nowhere = 64;
    Bytes result(4 * 8);
    std::memcpy(&result[0], &one, 8);
    std::memcpy(&result[8], &extent, 8);
    std::memcpy(&result[16], &one, 8);
    std::memcpy(&result[24], &nowhere, 8);
    send_raw(with_head(0, 0, result));
    for (;;) ::pause();
    return Tensor<int>();
  };
  ProcessPool pool({.processes = 1});
  CHECK_THROWS_AS(pool.map(liar, std::vector<int>{0}), WorkerDied);
  CHECK_THROWS_AS(pool.map_cat(liar, std::vector<int>{0}), WorkerDied);
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("a result file that is written after it was sent is a result of any values") {
  const support::ChildEnd end = support::run_in_child([]() -> int {
    if (!support::adopt_orphans()) return 1;
    const auto rewritten = [](int) {
      const auto made = full<int>({1 << 18}, 7);
      detail::InlineReply reply;
      detail::ResultCodec<Tensor<int>>::write(reply, made);
      const std::size_t size = reply.size();
      const std::byte* const data = reply.reader().take(size);
      const int fd = file_of(Bytes(data, data + size), F_SEAL_SHRINK | F_SEAL_GROW);
      if (::fork() != 0) {
        send_raw(with_head(0, 0, {}), {fd});
        ::_exit(0);
      }
      for (int round = 0; round < 3000; ++round) {
        const ::off_t at = (1 + round % 250) * 4096;  // behind the extents
        ::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, at, 8192);
        if (::pwrite(fd, &round, sizeof round, at) != sizeof round) break;
      }
      ::_exit(0);
      return made;
    };
    ProcessPool pool({.processes = 1});
    const Tensor<int> result = pool.map(rewritten, std::vector<int>{0})[0];
    long total = 0;
    for (int round = 0; round < 50; ++round) total += static_cast<long>(max(result).item() >= 0);
    const support::Aftermath after = support::reap_all(-1);
    return result.numel() == 1 << 18 && total == 50 && !after.program.hung ? 0 : 2;
  });
  CHECK(end.exited_with(0));
}
