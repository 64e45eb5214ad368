// SPDX-License-Identifier: MIT
// Bytes read out of another process are those that it has, for any runs; what is not there is an errno.
#include "support/catch.hpp"
#include "support/forked_child.hpp"

#include <litorch/posix/process_memory.hpp>

#include <sys/mman.h>

#include <random>
#include <vector>

using litorch::Index;
using litorch::posix::read_process_memory;

namespace {

/// A child that has `bytes` and waits; it is ended with its owner.
class Holder {
 public:
  Holder() {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * 37 % 251);
    pid = ::fork();
    if (pid == 0) {
      ::alarm(60);
      for (;;) ::pause();
    }
    // What this process has there now is something else.
    theirs = bytes;
    std::fill(bytes.begin(), bytes.end(), std::byte{0});
  }
  ~Holder() { end(); }
  void end() {
    if (pid <= 0) return;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    pid = -1;
  }

  std::vector<std::byte> bytes = std::vector<std::byte>(1 << 20), theirs;
  pid_t pid = -1;
};

}  // namespace

TEST_CASE("runs of another process's bytes go where they belong, and nothing else is written") {
  const Holder holder;
  std::mt19937 random(5);
  for (int round = 0; round < 300; ++round) {
    const Index run = 1 + static_cast<Index>(random() % (round % 3 == 0 ? 9000 : 20));
    const Index runs = 1 + static_cast<Index>(random() % 1000) % ((1 << 20) / run);
    const Index step = run + static_cast<Index>(random() % 30);
    const Index first = static_cast<Index>(random() % static_cast<unsigned>((1 << 20) - run * runs + 1));
    std::vector<std::byte> found(static_cast<std::size_t>(step * runs + 8), std::byte{0xEE}), expected = found;
    for (Index k = 0; k < run * runs; ++k)
      expected[static_cast<std::size_t>(k / run * step + k % run)] = holder.theirs[static_cast<std::size_t>(first + k)];
    const int error = read_process_memory(holder.pid, holder.bytes.data() + first, found.data(), run, step, runs);
    if (error == EPERM || error == ENOSYS) return;  // this system does not allow it
    CHECK(error == 0);
    CHECK(found == expected);
  }
}

TEST_CASE("memory or a process that is not there is an errno") {
  Holder holder;
  std::byte to[16];
  const int error = read_process_memory(holder.pid, reinterpret_cast<const std::byte*>(64), to, 16, 16, 1);
  if (error == EPERM || error == ENOSYS) return;
  CHECK(error == EFAULT);
  const pid_t ended = holder.pid;
  holder.end();
  CHECK(read_process_memory(ended, holder.bytes.data(), to, 16, 16, 1) == ESRCH);
}
