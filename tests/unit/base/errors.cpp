// SPDX-License-Identifier: MIT
#include "support/catch.hpp"

#include <litorch/base/error.hpp>
#include <litorch/shape/shape.hpp>

#include <cerrno>

using namespace litorch;

TEST_CASE("every error is a litorch::Error and a std::runtime_error") {
  STATIC_REQUIRE(std::is_base_of_v<std::runtime_error, Error>);
  STATIC_REQUIRE((std::is_base_of_v<Error, ShapeError> && std::is_base_of_v<Error, IndexError>));
  STATIC_REQUIRE((std::is_base_of_v<Error, TypeError> && std::is_base_of_v<Error, OverlapError>));
  STATIC_REQUIRE((std::is_base_of_v<Error, IoError> && std::is_base_of_v<Error, FormatError>));
  STATIC_REQUIRE((std::is_base_of_v<Error, ShmError> && std::is_base_of_v<Error, WorkerDied>));
  STATIC_REQUIRE((std::is_base_of_v<Error, WorkerException> && std::is_base_of_v<Error, Timeout>));
  STATIC_REQUIRE((std::is_base_of_v<Error, Cancelled> && std::is_base_of_v<Error, PoolClosed>));
  STATIC_REQUIRE(std::is_base_of_v<Error, ForkSafetyError>);
}

TEST_CASE("a message is its parts behind the name of the library") {
  try {
    detail::fail<IndexError>("call(): dim ", 3, " of ", Shape{2, 3}, " and ", Shape{5}, " and ", Shape{});
    FAIL("no throw");
  } catch (const IndexError& error) {
    CHECK(std::string(error.what()) == "litorch::call(): dim 3 of (2, 3) and (5,) and ()");
  }
}

TEST_CASE("an IoError keeps what the system said") {
  try {
    detail::fail_io(ENOSPC, "save_npy(): cannot write 'x'");
    FAIL("no throw");
  } catch (const IoError& error) {
    CHECK(error.errno_value() == ENOSPC);
    CHECK(std::string(error.what()) == "litorch::save_npy(): cannot write 'x': No space left on device");
  }
}

TEST_CASE("a FormatError keeps its code and the place in the file") {
  try {
    detail::fail_format(FormatCode::bad_magic, 17, "load_npy(): odd");
    FAIL("no throw");
  } catch (const FormatError& error) {
    CHECK(error.code() == FormatCode::bad_magic);
    CHECK(error.offset() == 17);
    CHECK(std::string(error.what()) == "litorch::load_npy(): odd (at byte 17)");
  }
}

TEST_CASE("a ShmError keeps its code and what the system said") {
  try {
    detail::fail_shm(ShmCode::no_space, ENOSPC, "create(): 'x' wants ", 3, " bytes");
    FAIL("no throw");
  } catch (const ShmError& error) {
    CHECK(error.code() == ShmCode::no_space);
    CHECK(error.errno_value() == ENOSPC);
    CHECK(std::string(error.what()) == "litorch::create(): 'x' wants 3 bytes: No space left on device");
  }
  CHECK(ShmError("x").code() == ShmCode::system);
  CHECK(ShmError("x").errno_value() == 0);
}
