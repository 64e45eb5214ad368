// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace {

/// The errno of the IoError that reading, mapping and looking at `path` throw; all three must agree.
int read_error(const std::string& path) {
  const auto error_of = [](auto&& read) {
    try {
      read();
    } catch (const litorch::IoError& error) {
      return error.errno_value();
    }
    return 0;
  };
  const int loaded = error_of([&] { litorch::load_npy<float>(path); });
  CHECK(error_of([&] { litorch::map_npy<float>(path); }) == loaded);
  CHECK(error_of([&] { litorch::npy_info(path); }) == loaded);
  return loaded;
}

}  // namespace

TEST_CASE("reading a missing path, an empty path, a folder or a FIFO is an IoError, and a FIFO does not block") {
  const support::TemporaryFolder folder;
  CHECK(read_error(folder / "missing.npy") == ENOENT);
  CHECK(read_error(folder / "missing/a.npy") == ENOENT);
  CHECK(read_error("") == ENOENT);
  CHECK(read_error(folder.path()) == EISDIR);
  CHECK(read_error("/dev/zero") == EINVAL);
  REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
  CHECK(read_error(folder / "fifo") == EINVAL);
}

TEST_CASE("the error for a missing file names the call, the path and the reason") {
  try {
    litorch::load_npy<float>("/no/such/file.npy");
    FAIL("accepted");
  } catch (const litorch::IoError& error) {
    CHECK(std::string(error.what()) ==
          "litorch::load_npy(): cannot open '/no/such/file.npy': No such file or directory");
  }
}

TEST_CASE("symbolic links are followed, by reading and by writing") {
  const support::TemporaryFolder folder;
  litorch::save_npy(folder / "a.npy", support::numbered<int>({3}));
  REQUIRE(::symlink("a.npy", (folder / "link.npy").c_str()) == 0);
  CHECK(litorch::load_npy<int>(folder / "link.npy").numel() == 3);
  CHECK(litorch::map_npy<int>(folder / "link.npy").numel() == 3);
  litorch::save_npy(folder / "link.npy", support::numbered<int>({4}));
  CHECK(litorch::load_npy<int>(folder / "a.npy").numel() == 4);
  CHECK(std::filesystem::is_symlink(folder / "link.npy"));
}

TEST_CASE("paths may hold spaces, quotes and letters of any language") {
  const support::TemporaryFolder folder;
  for (const char* name : {"a b.npy", "it's.npy", "\xc3\xa9\xe6\x95\xb0.npy", "no extension", "-j"}) {
    litorch::save_npy(folder / name, support::numbered<int>({3}));
    CHECK(litorch::load_npy<int>(folder / name).numel() == 3);
  }
  CHECK(folder.entries() == 5);
}

TEST_CASE("paths relative to the current folder work") {
  const support::TemporaryFolder folder;
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  litorch::save_npy("a.npy", support::numbered<int>({3}));
  CHECK(litorch::load_npy<int>("./a.npy").numel() == 3);
  std::filesystem::current_path(before);
  CHECK(folder.entries() == 1);
}
