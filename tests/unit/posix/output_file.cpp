// SPDX-License-Identifier: MIT
// A file appears whole under its name or not at all.
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/posix/file.hpp>

#include <sys/stat.h>

#include <fstream>

using litorch::IoError;
using litorch::posix::OutputFile;

namespace {

std::string contents(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const std::string& path, const std::string& text) {
  OutputFile file("test", path);
  file.write(text.data(), text.size());
  file.publish();
}

}  // namespace

TEST_CASE("a published file replaces the old one and keeps its mode") {
  const support::TemporaryFolder folder;
  write(folder / "a", "old");
  ::chmod((folder / "a").c_str(), 0640);
  write(folder / "a", "new");
  CHECK(contents(folder / "a") == "new");
  struct ::stat status {};
  CHECK(::stat((folder / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 07777) == 0640);
  CHECK(folder.entries() == 1);
}

TEST_CASE("a file that is not published leaves nothing behind") {
  const support::TemporaryFolder folder;
  write(folder / "a", "old");
  {
    OutputFile file("test", folder / "a");
    file.write("new", 3);
    CHECK(folder.entries() == 2);
  }
  CHECK(contents(folder / "a") == "old");
  CHECK(folder.entries() == 1);
}

TEST_CASE("a symbolic link is followed, and stays one") {
  const support::TemporaryFolder folder;
  write(folder / "target", "old");
  CHECK(::symlink("target", (folder / "link").c_str()) == 0);
  write(folder / "link", "new");
  CHECK(contents(folder / "target") == "new");
  struct ::stat status {};
  CHECK(::lstat((folder / "link").c_str(), &status) == 0);
  CHECK(S_ISLNK(status.st_mode));
}

TEST_CASE("a place that cannot hold a file is refused before anything is written") {
  const support::TemporaryFolder folder;
  CHECK_THROWS_AS(OutputFile("test", folder.path()), IoError);
  CHECK_THROWS_AS(OutputFile("test", folder / "none/a"), IoError);
  CHECK_THROWS_AS(OutputFile("test", ""), IoError);
  CHECK_THROWS_AS(OutputFile("test", "/dev/null"), IoError);
  CHECK(folder.entries() == 0);
}
