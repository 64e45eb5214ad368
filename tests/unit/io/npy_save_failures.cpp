// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace {

/// The errno of the IoError that save_npy throws, or 0.
template <class Tensor>
int save_error(const std::string& path, const Tensor& tensor) {
  try {
    litorch::save_npy(path, tensor);
  } catch (const litorch::IoError& error) {
    return error.errno_value();
  }
  return 0;
}

/// The exit status of a forked child that runs `f`.
template <class F>
int in_child(F&& f) {
  const ::pid_t child = ::fork();
  if (child == 0) ::_exit(f());
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 256;
}

}  // namespace

TEST_CASE("save_npy to a missing folder, an empty path, a folder or a device is an IoError and leaves nothing behind") {
  const support::TemporaryFolder folder;
  const auto tensor = support::numbered<int>({3});
  CHECK(save_error(folder / "missing/a.npy", tensor) == ENOENT);
  CHECK(save_error("", tensor) == ENOENT);
  CHECK(save_error(folder.path(), tensor) == EISDIR);
  CHECK(save_error("/dev/null", tensor) == EINVAL);
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(save_error(folder / "fifo", tensor) == EINVAL);
  litorch::save_npy(folder / "file", tensor);
  CHECK(save_error(folder / "file/a.npy", tensor) == ENOTDIR);
  CHECK(folder.entries() == 2);
}

TEST_CASE("save_npy that runs out of room leaves the old file and no other, at every point of the write") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const auto old = support::numbered<int>({1000});
  litorch::save_npy(path, old);
  const std::string before = support::read_file(path);
  const auto larger = support::numbered<double>({300, 1000});
  for (const ::rlim_t limit : {0u, 1u, 100u, 127u, 128u, 129u, 4096u, 1'000'000u, 2'400'127u})
    for (const bool strided : {false, true}) {
      INFO("room for " << limit << " bytes, " << (strided ? "strided" : "contiguous"));
      // The limit is the process's own, and cannot be raised again by everybody: a child has it.
      const int error = in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const ::rlimit room{limit, limit};
        if (::setrlimit(RLIMIT_FSIZE, &room) != 0) return 255;
        return strided ? save_error(path, larger.flip(0)) : save_error(path, larger);
      });
      CHECK(error == EFBIG);
      CHECK(support::read_file(path) == before);
      CHECK(folder.entries() == 1);
    }
}

TEST_CASE("save_npy into a folder that may not be written is an IoError and leaves the old file") {
  if (::getuid() != 0) return;  // only root can become another user
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  litorch::save_npy(path, support::numbered<int>({3}));
  const std::string before = support::read_file(path);
  REQUIRE(::chmod(folder.path().c_str(), 0755) == 0);
  const int error = in_child([&] {
    if (::setgid(65534) != 0 || ::setuid(65534) != 0) return 255;
    const int old_name = save_error(path, support::numbered<int>({4}));
    const int new_name = save_error(folder / "b.npy", support::numbered<int>({4}));
    return old_name == new_name ? old_name : 254;
  });
  CHECK(error == EACCES);
  CHECK(support::read_file(path) == before);
  CHECK(folder.entries() == 1);
}

TEST_CASE("save_npy replaces a file whole: a reader that has it open keeps the old one") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  litorch::save_npy(path, support::numbered<int>({1000}));
  const litorch::Tensor<const int> old = litorch::map_npy<int>(path);
  litorch::save_npy(path, support::numbered<int>({2}));
  CHECK(support::same_bits(old, support::numbered<int>({1000})));
  CHECK(litorch::load_npy<int>(path).numel() == 2);
  CHECK(folder.entries() == 1);
}

TEST_CASE("save_npy keeps the mode of the file it replaces") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  litorch::save_npy(path, support::numbered<int>({3}));
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  litorch::save_npy(path, support::numbered<int>({4}));
  struct ::stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
}
