// SPDX-License-Identifier: MIT
// Process pools and shared tensors in an environment that nobody prepared for them: results as ever, or a clear error.
#include "support/catch.hpp"
#include "support/shm_scratch.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <locale>
#include <memory>

using namespace litorch;
using support::ChildEnd;
using support::run_in_child;
using support::shm_code_of;
using support::ShmScratch;

namespace {

/// 0 when a pool gives what it should, by messages and by files, while its tasks print.
int check_printing_pool() {
  ProcessPool pool({.processes = 2});
  const auto results = pool.map(
      [](int i) {
        std::printf("task %d\n", i);
        std::fprintf(stderr, "task %d\n", i);
        return std::pair{std::vector<int>(i % 2 == 0 ? 30'000 : 3, i), full<int>({i % 2 == 0 ? 30'000 : 3}, i)};
      },
      std::vector<int>{0, 1, 2, 3});
  for (int i = 0; i < 4; ++i) {
    const auto& [list, tensor] = results[static_cast<std::size_t>(i)];
    if (list != std::vector<int>(i % 2 == 0 ? 30'000 : 3, i)) return 1;
    if (!equal(tensor, full<int>({i % 2 == 0 ? 30'000 : 3}, i))) return 2;
  }
  return 0;
}

/// 0 when shared tensors do what they should.
int check_shared(const ShmScratch& scratch) {
  const SharedTensor<int> anonymous({4});
  if (!run_in_child([&] {
         anonymous.tensor().fill_(8);
         return 0;
       }).exited_with(0))
    return 11;
  if (anonymous.tensor()(3) != 8 || anonymous.copy()(3) != 8) return 12;
  const auto made = SharedTensor<int>::create(scratch.name(), {4});
  made.tensor()(3) = 9;
  if (SharedTensor<int>::open_readonly(scratch.name()).tensor()(3) != 9) return 13;
  return 0;
}

/// run_in_child() that prints into nothing.
template <class F>
ChildEnd run_quietly(F body) {
  return run_in_child([&]() -> int {
    for (std::FILE* const stream : {stdout, stderr})
      if (std::freopen("/dev/null", "w", stream) == nullptr) return 70;
    return body();
  });
}

int check_all(const ShmScratch& scratch) {
  const int pool = check_printing_pool();
  return pool != 0 ? pool : check_shared(scratch);
}

/// run_in_child() with an empty folder over `folder`; kNotPermitted where the system forbids that.
template <class F>
ChildEnd run_without(const char* folder, F body) {
  return run_quietly([&]() -> int {
    const ChildEnd end = support::run_with_own_shm("size=16m,mode=1777", [&]() -> int {
      return ::mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 ? body() : support::kNotPermitted;
    });
    return end.exit_code;
  });
}

void check_end(const ChildEnd& end) {
  if (end.exited_with(support::kNotPermitted))
    WARN("no mount allowed: not tested");
  else
    CHECK(end.exit_code == 0);
}

}  // namespace

TEST_CASE("whichever of the standard streams are closed, what tasks print never gets into a result") {
  for (int closed = 1; closed < 8; ++closed) {
    const ShmScratch scratch;
    const support::TemporaryFolder folder;
    const ChildEnd end = run_quietly([&]() -> int {
      for (int fd = 0; fd < 3; ++fd)
        if ((closed >> fd & 1) != 0) ::close(fd);
      posix::OutputFile file("test", folder / "rows");
      std::printf("noise\n");
      std::fflush(stdout);
      file.write("rows", 4);
      file.publish();
      struct ::stat status {};
      if (::stat((folder / "rows").c_str(), &status) != 0 || status.st_size != 4) return 20;
      return check_all(scratch);
    });
    CAPTURE(closed);
    CHECK(end.exit_code == 0);
  }
}

TEST_CASE("variables of garbage, no rights for anybody and no working folder change nothing") {
  const ShmScratch scratch;
  CHECK(run_quietly([&]() -> int {
          auto folder = std::make_unique<support::TemporaryFolder>();
          if (::chdir(folder->path().c_str()) != 0) return 30;
          folder.reset();
          for (const char* const name : {"LITORCH_CACHE_BYTES", "LITORCH_X", "TMPDIR", "LC_ALL"})
            ::setenv(name, "-1e9\xff%s%n,;", 1);
          ::unsetenv("PATH");
          ::umask(0777);
          const Tensor<float> joined = cat({ones<float>({1 << 20}), zeros<float>({3})});
          return joined.numel() == (1 << 20) + 3 ? check_all(scratch) : 31;
        }).exit_code == 0);
}

TEST_CASE("a locale with commas and groups changes no text") {
  struct Commas : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
  };
  const ShmScratch scratch;
  CHECK(run_quietly([&]() -> int {
          std::locale::global(std::locale(std::locale(), new Commas));
          if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) std::setlocale(LC_ALL, "C.UTF-8");
          try {
            SharedTensor<char>::create("bad name", {1});
          } catch (const ShmError& error) {
            if (std::string(error.what()).find("a name of 8 characters") == std::string::npos) return 40;
          }
          try {
            cat({ones<float>({1, 1234567}), ones<float>({1, 7654321})});
          } catch (const ShapeError& error) {
            if (std::string(error.what()).find("1234567") == std::string::npos) return 41;
          }
          const support::TemporaryFolder folder;
          save_npy(folder / "a.npy", full<double>({1234, 2}, 0.5));
          if (!equal(load_npy<double>(folder / "a.npy"), full<double>({1234, 2}, 0.5))) return 42;
          return check_all(scratch);
        }).exit_code == 0);
}

TEST_CASE("without /proc pools and shared tensors work as ever, and nothing is taken for stale") {
  const ShmScratch scratch;
  check_end(run_without("/proc", [&]() -> int {
    if (const int code = check_all(scratch); code != 0) return code;
    const auto made = SharedTensor<int>::create(scratch.name(), {1});
    SharedTensor<int>::reclaim_stale();
    return scratch.exists() ? 0 : 50;
  }));
}

TEST_CASE("without /dev/shm pools and anonymous tensors work, and names are an error") {
  const ShmScratch scratch;
  check_end(run_without("/dev", [&]() -> int {
    if (const int code = check_printing_pool(); code != 0) return code;
    const SharedTensor<int> anonymous({4});
    const auto refused = [](auto call) {
      const auto code = shm_code_of(call);
      return code == ShmCode::not_found || code == ShmCode::system;
    };
    if (!refused([&] { SharedTensor<int>::create(scratch.name(), {1}); })) return 60;
    if (!refused([&] { SharedTensor<int>::open(scratch.name()); })) return 61;
    if (!refused([&] { SharedTensor<int>::reclaim_stale(); })) return 62;
    return SharedTensor<int>::remove(scratch.name()) ? 63 : 0;
  }));
}
