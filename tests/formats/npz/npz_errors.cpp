// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/forked_child.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/io/npz.hpp>

#include <sys/resource.h>

#include <csignal>

using namespace litorch;
using support::mentions;
using support::message_of;

TEST_CASE(
    "a name that an archive does not have is an IndexError that lists those it has, and another type is a TypeError") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  save_npz(path, {{"x", support::numbered<int>({3})}, {"y", support::numbered<float>({3})}});
  CHECK(mentions(message_of<IndexError>([&] { load_npz<int>(path, "z"); }), {"load_npz()", "'z'", "'x', 'y'"}));
  CHECK(mentions(message_of<TypeError>([&] { load_npz<int>(path, "y"); }), {"member 'y.npy'", "float32", "not int32"}));
  CHECK(mentions(message_of<IoError>([&] { npz_info(folder / "none.npz"); }), {"npz_info()", "none.npz"}));
  CHECK(mentions(message_of<IoError>([&] { npz_info(folder.path()); }), {"npz_info()"}));
}

TEST_CASE("save_npz refuses equal names and names that no member can have, before it touches the file") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  const auto tensor = support::numbered<int>({3});
  save_npz(path, {{"x", tensor}});
  const std::string before = support::read_file(path);
  CHECK(mentions(message_of<Error>([&] { save_npz(path, {{"x", tensor}, {"x", tensor}}); }), {"input 1", "'x'"}));
  CHECK(mentions(message_of<Error>([&] { save_npz(path, {{std::string(65532, 'x'), tensor}}); }), {"65532", "65531"}));
  CHECK(mentions(message_of<Error>([&] { save_npz(path, {{std::string("a\0b", 3), tensor}}); }), {"input 0"}));
  CHECK(mentions(message_of<Error>([&] { save_npz(path, {{"\xff", tensor}}); }), {"input 0", "UTF-8"}));
  CHECK(support::read_file(path) == before);
  CHECK(folder.entries() == 1);
  save_npz(path, {{std::string(65531, 'x'), tensor}});
  CHECK(NpzReader(path).names()[0].size() == 65531);
}

TEST_CASE("save_npz that runs out of room leaves the old file and no other, at every point of the write") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  save_npz(path, {{"x", support::numbered<int>({1000})}});
  const std::string before = support::read_file(path);
  const auto larger = support::numbered<double>({300, 1000});  // 2.4 MB
  for (const ::rlim_t limit : {0u, 1u, 100u, 4096u, 1'000'000u, 1'048'576u, 2'000'000u, 2'400'200u})
    for (const bool compressed : {false, true}) {
      if (compressed && limit > 4096) continue;
      INFO("room for " << limit << " bytes");
      const support::ChildEnd end = support::run_in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        const ::rlimit room{limit, limit};
        if (::setrlimit(RLIMIT_FSIZE, &room) != 0) return 255;
        try {
          save_npz(path, {{"x", larger}, {"y", larger.flip(0)}}, {.compressed = compressed});
        } catch (const IoError& error) {
          return error.errno_value();
        }
        return 0;
      });
      CHECK(end.exited_with(EFBIG));
      CHECK(support::read_file(path) == before);
      CHECK(folder.entries() == 1);
    }
}

TEST_CASE("save_npz replaces a file whole: a reader that has it open keeps the old one") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  save_npz(path, {{"x", support::numbered<int>({1000})}});
  NpzReader old(path);
  save_npz(path, {{"y", support::numbered<int>({2})}});
  CHECK(support::same_bits(old.load<int>("x"), support::numbered<int>({1000})));
  CHECK(load_npz<int>(path, "y").numel() == 2);
  CHECK(folder.entries() == 1);
}

TEST_CASE("an archive that becomes shorter while it is read is an error") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npz";
  save_npz(path, {{"x", support::numbered<double>({100'000})}});
  NpzReader reader(path);
  std::filesystem::resize_file(path, 300'000);
  CHECK(support::format_error([&] { reader.load<double>("x"); }).first == static_cast<int>(FormatCode::bad_archive));
}
