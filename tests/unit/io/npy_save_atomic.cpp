// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

namespace {

const litorch::Shape kSmall{1000}, kLarge{200'000};

/// Whether the file is one of the two that are written over and over.
bool is_whole(const std::string& path) {
  const auto tensor = litorch::load_npy<int>(path);
  return support::same_bits(tensor, support::numbered<int>(kSmall)) ||
         support::same_bits(tensor, support::numbered<int>(kLarge));
}

}  // namespace

TEST_CASE("a writer that is killed at any moment leaves the old file or the new one, whole") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const auto small = support::numbered<int>(kSmall), large = support::numbered<int>(kLarge);
  litorch::save_npy(path, small);
  for (int kill = 0; kill < 60; ++kill) {
    const ::pid_t child = ::fork();
    if (child == 0)
      for (;;) {
        litorch::save_npy(path, large);
        litorch::save_npy(path, small);
      }
    ::usleep(static_cast<::useconds_t>(kill * 97 % 4000));
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    REQUIRE(WIFSIGNALED(status));
    CHECK(is_whole(path));
  }
}

TEST_CASE("a reader sees the old file or the new one while another thread saves") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const auto small = support::numbered<int>(kSmall), large = support::numbered<int>(kLarge);
  litorch::save_npy(path, small);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 20; ++i) {
      litorch::save_npy(path, large);
      litorch::save_npy(path, small);
    }
    done = true;
  });
  int torn = 0;
  while (!done) torn += !is_whole(path);
  writer.join();
  CHECK(torn == 0);
  CHECK(folder.entries() == 1);
}
