// SPDX-License-Identifier: MIT
// Shared tensors within one process: contents, lifetime, names, and what may lie under a name.
#include "support/catch.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/ipc/shared_tensor.hpp>
#include <litorch/ops/copy.hpp>
#include <litorch/tensor/compare.hpp>
#include <litorch/tensor/factory.hpp>

#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/un.h>

#include <thread>

using namespace litorch;
using std::chrono::milliseconds;
using support::shm_code_of;
using support::ShmScratch;

namespace {

template <class F>
milliseconds time_of(F f) {
  const auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

auto open_code(const std::string& name) {
  return shm_code_of([&] { SharedTensor<float>::open(name, milliseconds(20)); });
}

}  // namespace

TEST_CASE("anonymous shared tensors start as zeros, of any shape") {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{3, 0, 2}, Shape{5}, Shape{33, 5}, Shape{1 << 12, 1 << 10}}) {
    const SharedTensor<float> shared(shape);
    CHECK(shared.shape() == shape);
    CHECK(shared.name().empty());
    CHECK(equal(shared.tensor(), zeros<float>(shape)));
  }
  CHECK(SharedTensor<double>({}).tensor().item() == 0.0);
  CHECK_THROWS_AS(SharedTensor<float>({Index{1} << 62}), ShapeError);
}

TEST_CASE("a named shared tensor is one memory under every way to open it") {
  const ShmScratch scratch;
  auto made = SharedTensor<int>::create(scratch.name(), {2, 3});
  CHECK(equal(made.tensor(), zeros<int>({2, 3})));
  made.tensor()(1, 2) = 7;
  const auto opened = SharedTensor<int>::open(scratch.name());
  const SharedTensor<const int> read = SharedTensor<int>::open_readonly(scratch.name());
  CHECK((opened.shape() == Shape{2, 3} && opened.name() == scratch.name() && read.name() == scratch.name()));
  CHECK((opened.tensor()(1, 2) == 7 && read.tensor()(1, 2) == 7));
  opened.tensor()(0, 0) = 5;
  CHECK((made.tensor()(0, 0) == 5 && read.tensor()(0, 0) == 5));
  STATIC_REQUIRE(std::is_same_v<decltype(read.tensor().data()), const int*>);
  CHECK(shm_code_of([&] { SharedTensor<float>::open(scratch.name()); }) == ShmCode::wrong_dtype);
  CHECK(shm_code_of([&] { SharedTensor<int>::create(scratch.name(), {1}); }) == ShmCode::exists);
  CHECK(opened.tensor()(1, 2) == 7);
}

TEST_CASE("named shared tensors may have no elements, or one") {
  for (const Shape& shape : {Shape{}, Shape{0}, Shape{4, 0}}) {
    const ShmScratch scratch;
    const auto made = SharedTensor<double>::create(scratch.name(), shape);
    CHECK(SharedTensor<double>::open(scratch.name()).shape() == shape);
  }
}

TEST_CASE("views of a shared tensor outlive it, its name and everybody else's handle") {
  const ShmScratch scratch;
  Tensor<int> row, anonymous;
  Tensor<const int> read;
  {
    auto made = SharedTensor<int>::create(scratch.name(), {4, 1024});
    made.tensor().fill_(3);
    row = made.tensor().narrow(0, 1, 2);
    read = SharedTensor<int>::open_readonly(scratch.name()).tensor()[3];
    SharedTensor<int> moved = std::move(made);
    CHECK(scratch.exists());
    anonymous = SharedTensor<int>({8}).tensor();
  }
  CHECK_FALSE(scratch.exists());
  CHECK(equal(row, full<int>({2, 1024}, 3)));
  CHECK(equal(read, full<int>({1024}, 3)));
  anonymous.fill_(4);
  CHECK(anonymous(7) == 4);
}

TEST_CASE("a name that was removed and made again is another segment, which the first creator leaves alone") {
  const ShmScratch scratch;
  auto first = std::make_unique<SharedTensor<int>>(SharedTensor<int>::create(scratch.name(), {1}));
  first->tensor()(0) = 1;
  CHECK(SharedTensor<int>::remove(scratch.name()));
  CHECK_FALSE(SharedTensor<int>::remove(scratch.name()));
  CHECK(open_code(scratch.name()) == ShmCode::not_found);
  CHECK(first->tensor()(0) == 1);
  const auto second = SharedTensor<int>::create(scratch.name(), {1});
  second.tensor()(0) = 2;
  CHECK(first->tensor()(0) == 1);
  first.reset();
  CHECK(scratch.exists());
  CHECK(SharedTensor<int>::open(scratch.name()).tensor()(0) == 2);
}

TEST_CASE("names of segments are checked before any system call") {
  const std::string long_name(31, 'a'), longest(30, 'a');
  for (const std::string& name :
       {std::string(), std::string("/"), std::string("a/b"), std::string("."), std::string(".."), std::string("/a"),
        std::string("//a"), std::string("a\0b", 3), std::string("%s%n"), std::string("a b"), std::string("\xff"),
        std::string("\n"), std::string("a;b"), long_name, std::string(256, 'x')}) {
    CHECK(shm_code_of([&] { SharedTensor<float>::create(name, {1}); }) == ShmCode::bad_name);
    CHECK(shm_code_of([&] { SharedTensor<float>::open_readonly(name); }) == ShmCode::bad_name);
    CHECK(shm_code_of([&] { SharedTensor<float>::remove(name); }) == ShmCode::bad_name);
    CHECK(open_code(name) == ShmCode::bad_name);
  }
  for (const std::string& name : {longest, std::string("a"), std::string("..."), std::string("-._Z9")})
    CHECK(posix::is_shm_name(name));
}

TEST_CASE("what is no file of this user's own is refused without a wait and left alone") {
  const ShmScratch scratch, victim;
  CHECK(open_code(scratch.name()) == ShmCode::not_found);
  std::optional<ShmCode> expected = ShmCode::not_regular;
  SECTION("a FIFO") { REQUIRE(::mkfifo(scratch.path().c_str(), 0600) == 0); }
  SECTION("a socket") {
    ::sockaddr_un address{AF_UNIX, {}};
    scratch.path().copy(address.sun_path, sizeof address.sun_path - 1);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::bind(fd, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);
  }
  SECTION("a device") {
    if (::mknod(scratch.path().c_str(), S_IFCHR | 0600, makedev(1, 3)) != 0) return;  // not allowed here
  }
  SECTION("a folder") { REQUIRE(::mkdir(scratch.path().c_str(), 0700) == 0); }
  SECTION("a dangling symbolic link") { REQUIRE(::symlink("/dev/shm/nothing", scratch.path().c_str()) == 0); }
  SECTION("a symbolic link") {
    REQUIRE(victim.plant("victim", 6));
    REQUIRE(::symlink(victim.path().c_str(), scratch.path().c_str()) == 0);
  }
  SECTION("a file that is open to others") {
    REQUIRE(scratch.plant("x", 1, 0666));
    expected = ShmCode::wrong_mode;
  }
  SECTION("a file with a second name") {
    REQUIRE(victim.plant("x", 1));
    REQUIRE(::link(victim.path().c_str(), scratch.path().c_str()) == 0);
    expected = ShmCode::hard_linked;
  }
  const milliseconds took = time_of([&] {
    CHECK(open_code(scratch.name()) == expected);
    CHECK(shm_code_of([&] { SharedTensor<float>::open_readonly(scratch.name()); }) == expected);
    CHECK(shm_code_of([&] { SharedTensor<float>::create(scratch.name(), {1}); }) == ShmCode::exists);
    SharedTensor<float>::reclaim_stale();
  });
  CHECK(took < milliseconds(1500));
  CHECK(scratch.exists());
}

TEST_CASE("a segment that is never finished is waited for, and then an error") {
  const ShmScratch scratch;
  detail::SegmentHeader header = detail::encode_segment("test", {2}, detail::element_format<float>(), {17, 18, 19});
  const std::byte zeros[512]{};
  SECTION("no bytes at all") { REQUIRE(scratch.plant("", 0)); }
  SECTION("half a header") { REQUIRE(scratch.plant(&header, 100)); }
  SECTION("zeros") { REQUIRE(scratch.plant(zeros, sizeof zeros)); }
  SECTION("a header in the making") { REQUIRE(scratch.plant(&header, sizeof header)); }
  std::optional<ShmCode> code;
  const milliseconds took =
      time_of([&] { code = shm_code_of([&] { SharedTensor<float>::open(scratch.name(), milliseconds(100)); }); });
  CHECK(code == ShmCode::not_ready);
  CHECK((took >= milliseconds(100) && took < milliseconds(5000)));
}

TEST_CASE("an opener that waits gets the segment once it is finished") {
  const ShmScratch scratch;
  REQUIRE(scratch.plant("", 0));
  std::thread creator([&] {
    std::this_thread::sleep_for(milliseconds(50));
    ::unlink(scratch.path().c_str());
    const auto made = SharedTensor<float>::create(scratch.name(), {3});
    std::this_thread::sleep_for(milliseconds(500));
  });
  std::optional<ShmCode> code;
  Shape shape;
  // Between unlink() and create() there is no segment, which is an error at once.
  for (int attempt = 0; attempt < 100; ++attempt) {
    code = shm_code_of([&] { shape = SharedTensor<float>::open(scratch.name(), milliseconds(20000)).shape(); });
    if (code != ShmCode::not_found) break;
  }
  creator.join();
  CHECK_FALSE(code);
  CHECK(shape == Shape{3});
}

TEST_CASE("segments of wrong bytes and of wrong sizes are refused when they are opened") {
  const ShmScratch scratch;
  const std::string text(5000, 'x');
  SECTION("text") {
    REQUIRE(scratch.plant(text.data(), text.size()));
    CHECK(open_code(scratch.name()) == ShmCode::bad_magic);
  }
  SECTION("sizes") {
    const auto made = SharedTensor<float>::create(scratch.name(), {1024});
    for (const ::off_t size : {8191, 4096, 300, 256}) {
      REQUIRE(::truncate(scratch.path().c_str(), size) == 0);
      CHECK(open_code(scratch.name()) == ShmCode::truncated);
    }
    REQUIRE(::truncate(scratch.path().c_str(), 100) == 0);
    CHECK(open_code(scratch.name()) == ShmCode::not_ready);
    REQUIRE(::truncate(scratch.path().c_str(), 1 << 20) == 0);
    CHECK(open_code(scratch.name()) == ShmCode::bad_checksum);
  }
}

TEST_CASE("more memory than there is, is an error that says how much there is") {
  const ShmScratch scratch;
  const Shape huge{Index{1} << 50};
  CHECK(shm_code_of([&] { SharedTensor<char> anonymous(huge); }) == ShmCode::no_space);
  CHECK(shm_code_of([&] { SharedTensor<char>::create(scratch.name(), huge); }) == ShmCode::no_space);
  CHECK_FALSE(scratch.exists());
}

TEST_CASE("nobody can resize or unseal anonymous shared memory") {
  const posix::SharedMemory memory = posix::SharedMemory::anonymous("test", 8192);
  for (const ::off_t size : {0, 4096, 8191, 8193, 1 << 20}) {
    CHECK(::ftruncate(memory.fd(), size) == -1);
    CHECK(errno == EPERM);
  }
  CHECK(::fcntl(memory.fd(), F_ADD_SEALS, F_SEAL_WRITE) == -1);
  CHECK(memory.size() == 8192);
}

TEST_CASE("shared tensors leave no descriptor open") {
  const ShmScratch scratch;
  const int before = support::open_descriptors();
  const SharedTensor<int> anonymous({1000});
  const auto made = SharedTensor<int>::create(scratch.name(), {1000});
  const auto opened = SharedTensor<int>::open(scratch.name());
  SharedTensor<int>::reclaim_stale();
  CHECK(open_code(scratch.name()) == ShmCode::wrong_dtype);
  CHECK(support::open_descriptors() == before);
}
