// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/forked_child.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/io/safetensors.hpp>

#include <sys/resource.h>

#include <csignal>

using namespace litorch;
using support::mentions;
using support::message_of;

TEST_CASE("a safetensors name that is not there is an IndexError, another type a TypeError, BF16 a FormatError") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  const std::string json =
      R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},)"
      R"("z":{"dtype":"BOOL","shape":[3],"data_offsets":[8,11]}})";
  support::write_file(path, support::little_endian(json.size(), 8) + json + std::string("\0\0\0\0\0\0\0\0\1\0\2", 11));
  CHECK(mentions(message_of<IndexError>([&] { load_safetensors<float>(path, "w"); }),
                 {"load_safetensors()", "'w'", "'x', 'y', 'z'"}));
  CHECK(mentions(message_of<TypeError>([&] { map_safetensors<int>(path, "x"); }),
                 {"map_safetensors()", "float32 as 'x'", "not int32"}));
  CHECK(mentions(message_of<FormatError>([&] { load_safetensors<Float16>(path, "y"); }), {"BF16 as 'y'"}));
  const auto bad_bool = std::pair{static_cast<int>(FormatCode::bad_bool), static_cast<Index>(8 + json.size() + 10)};
  CHECK(support::format_error([&] { load_safetensors<bool>(path, "z"); }) == bad_bool);
  CHECK(support::format_error([&] { map_safetensors<bool>(path, "z"); }) == bad_bool);
  CHECK(load_safetensors<float>(path, "x").numel() == 1);
  const SafetensorsHeader header = safetensors_info(path);
  CHECK(header.tensors[1].type == "BF16");
  CHECK(!header.tensors[1].dtype);
}

TEST_CASE("save_safetensors refuses what the format cannot hold, before it touches the file") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  const auto tensor = support::numbered<int>({3});
  save_safetensors(path, {{"x", tensor}});
  const std::string before = support::read_file(path);
  CHECK(mentions(message_of<Error>([&] {
                   save_safetensors(path, {{"x", tensor}, {"x", tensor}});
                 }),
                 {"input 1", "'x'"}));
  CHECK(mentions(message_of<Error>([&] { save_safetensors(path, {{"__metadata__", tensor}}); }), {"input 0"}));
  CHECK(mentions(message_of<Error>([&] { save_safetensors(path, {{"\xff", tensor}}); }), {"UTF-8"}));
  CHECK(mentions(message_of<Error>([&] { save_safetensors(path, {{"x", tensor}}, {{"k", "\xc3"}}); }), {"UTF-8"}));
  const auto complex = support::numbered<std::complex<double>>({3});
  CHECK(mentions(message_of<TypeError>([&] {
                   save_safetensors(path, {{"x", tensor}, {"c", complex}});
                 }),
                 {"input 1", "complex128"}));
  CHECK(support::read_file(path) == before);
  CHECK(folder.entries() == 1);
}

TEST_CASE("save_safetensors that runs out of room leaves the old file and no other") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  save_safetensors(path, {{"x", support::numbered<int>({1000})}});
  const std::string before = support::read_file(path);
  const auto larger = support::numbered<double>({300, 1000});
  for (const ::rlim_t limit : {0u, 1u, 100u, 4096u, 1'000'000u, 2'400'000u}) {
    const support::ChildEnd end = support::run_in_child([&] {
      std::signal(SIGXFSZ, SIG_IGN);
      const ::rlimit room{limit, limit};
      if (::setrlimit(RLIMIT_FSIZE, &room) != 0) return 255;
      try {
        save_safetensors(path, {{"x", larger}, {"y", larger.flip(0)}});
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
