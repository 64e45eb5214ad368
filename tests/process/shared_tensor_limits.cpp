// SPDX-License-Identifier: MIT
// Shared tensors where the system has too little of something: space, descriptors, time without a signal.
#include "support/catch.hpp"
#include "support/refused_calls.hpp"
#include "support/sanitizer.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/ipc/shared_tensor.hpp>
#include <litorch/ops/copy.hpp>

#include <sys/resource.h>
#include <sys/time.h>

#include <cstdio>
#include <cstring>

using namespace litorch;
using std::chrono::milliseconds;
using support::shm_code_of;
using support::ShmScratch;

TEST_CASE("a full /dev/shm is an error with both sizes, and leaves no name") {
  const support::ChildEnd end = support::run_with_own_shm("size=64k,mode=1777", []() -> int {
    try {
      SharedTensor<char>::create("full", {Index{1} << 20});
      return 1;
    } catch (const ShmError& error) {
      if (error.code() != ShmCode::no_space || error.errno_value() != ENOSPC) return 2;
      if (std::strstr(error.what(), " wants 1052672 bytes, 6") == nullptr) return 3;
    }
    if (SharedTensor<char>::remove("full")) return 4;
    const auto fits = SharedTensor<char>::create("fits", {60 * 1024});  // and a page for the header
    fits.tensor().fill_('x');
    if (shm_code_of([] { SharedTensor<char>::create("more", {1}); }) != ShmCode::no_space) return 5;
    return SharedTensor<char>::open("fits").tensor()(61439) == 'x' && support::entries("/dev/shm") == 3 ? 0 : 6;
  });
  if (end.exited_with(support::kNotPermitted)) {
    WARN("no mount allowed: not tested");
    return;
  }
  CHECK(end.exit_code == 0);
}

TEST_CASE("without descriptors shared tensors fail with an error, and leave nothing") {
  if (support::kAsan) return;  // its checks of exceptions open a pipe, and take a failure for a bad object
  const ShmScratch scratch, present;
  const auto made = SharedTensor<int>::create(present.name(), {1});
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    ::rlimit before{};
    if (::getrlimit(RLIMIT_NOFILE, &before) != 0) return 1;
    const int open = support::open_descriptors();
    const int lowest = ::dup(0);
    ::close(lowest);
    for (int more = 0; more <= 10; ++more) {
      ::rlimit tight = before;
      tight.rlim_cur = static_cast<::rlim_t>(lowest + more);
      if (::setrlimit(RLIMIT_NOFILE, &tight) != 0) return 2;
      std::optional<ShmCode> codes[4];
      codes[0] = shm_code_of([] { SharedTensor<int> anonymous({4}); });
      codes[1] = shm_code_of([&] { SharedTensor<int>::create(scratch.name(), {4}); });
      codes[2] = shm_code_of([&] { SharedTensor<int>::open(present.name()); });
      codes[3] = shm_code_of([] { SharedTensor<int>::reclaim_stale(); });
      if (::setrlimit(RLIMIT_NOFILE, &before) != 0) return 3;
      for (const auto& code : codes) {
        if (code && *code != ShmCode::system) return 4;
        if (more == 0 && !code) return 5;
        if (more == 10 && code) return 6;
      }
      if (support::open_descriptors() != open || scratch.exists()) return 7;
    }
    return 0;
  });
  CHECK(end.exit_code == 0);
}

TEST_CASE("a mapping that the system refuses is an error, and leaves no name") {
  if (support::kAsan || support::kTsan) return;  // they need more address space than any limit leaves
  const ShmScratch scratch;
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    long pages = 0;
    std::FILE* const file = std::fopen("/proc/self/statm", "re");
    if (file == nullptr || std::fscanf(file, "%ld", &pages) != 1) return 1;
    std::fclose(file);
    const int open = support::open_descriptors();
    const auto limit = static_cast<::rlim_t>(pages) * posix::page_size() + (::rlim_t{16} << 20);
    const ::rlimit tight{limit, limit};
    if (::setrlimit(RLIMIT_AS, &tight) != 0) return 2;
    const Shape large{Index{64} << 20};
    for (const bool named : {false, true}) {
      try {
        if (named) SharedTensor<char>::create(scratch.name(), large);
        if (!named) SharedTensor<char> anonymous(large);
        return 3;
      } catch (const ShmError& error) {
        if (error.code() != ShmCode::system || error.errno_value() != ENOMEM) return 4;
      }
    }
    return scratch.exists() || support::open_descriptors() != open ? 5 : 0;
  });
  CHECK(end.exit_code == 0);
}

TEST_CASE("a kernel without sealed memory is an error that says so") {
  const support::ChildEnd end = support::run_refused({{SYS_memfd_create, ENOSYS}}, []() -> int {
    try {
      const SharedTensor<int> anonymous({1});
      return 1;
    } catch (const ShmError& error) {
      return error.code() == ShmCode::system && error.errno_value() == ENOSYS ? 0 : 2;
    }
  });
  if (end.exited_with(support::kNotPermitted)) {
    WARN("no filter allowed: not tested");
    return;
  }
  CHECK(end.exit_code == 0);
}

TEST_CASE("signals that interrupt every call do not disturb shared tensors") {
  const ShmScratch scratch, never;
  REQUIRE(never.plant("", 0));
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    struct ::sigaction action {};
    action.sa_handler = [](int) {};  // and no SA_RESTART
    ::sigaction(SIGALRM, &action, nullptr);
    const ::itimerval storm{{0, 1000}, {0, 1000}};
    if (::setitimer(ITIMER_REAL, &storm, nullptr) != 0) return 1;
    for (int round = 0; round < 30; ++round) {
      const auto made = SharedTensor<char>::create(scratch.name(), {Index{8} << 20});
      made.tensor()(round) = 'x';
      if (SharedTensor<char>::open(scratch.name()).tensor()(round) != 'x') return 2;
      const SharedTensor<char> anonymous({Index{8} << 20});
      if (anonymous.tensor()(Index{8 << 20} - 1) != 0) return 3;
    }
    const auto start = std::chrono::steady_clock::now();
    const auto code = shm_code_of([&] { SharedTensor<char>::open(never.name(), milliseconds(200)); });
    const auto took = std::chrono::steady_clock::now() - start;
    if (code != ShmCode::not_ready) return 4;
    return took >= milliseconds(200) && took < milliseconds(10000) ? 0 : 5;
  });
  CHECK(end.exit_code == 0);
}

TEST_CASE("segments are for this user only, whatever the umask is") {
  const ShmScratch scratch;
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    for (const ::mode_t mask : {0777u, 0u}) {
      ::umask(mask);
      const auto made = SharedTensor<int>::create(scratch.name(), {1});
      struct ::stat status {};
      if (::stat(scratch.path().c_str(), &status) != 0 || (status.st_mode & 07777) != 0600) return 1;
      SharedTensor<int>::open(scratch.name());
    }
    return 0;
  });
  CHECK(end.exit_code == 0);
}

TEST_CASE("shared tensors work with standard input, output and error closed") {
  const ShmScratch scratch;
  const support::ChildEnd end = support::run_in_child([&]() -> int {
    for (int fd = 0; fd < 3; ++fd) ::close(fd);
    const SharedTensor<int> anonymous({4});
    const auto made = SharedTensor<int>::create(scratch.name(), {4});
    made.tensor()(3) = 9;
    return SharedTensor<int>::open_readonly(scratch.name()).tensor()(3) == 9 ? 0 : 1;
  });
  CHECK(end.exit_code == 0);
}
