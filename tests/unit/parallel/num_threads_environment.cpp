// SPDX-License-Identifier: MIT
// LITORCH_NUM_THREADS.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/parallel/cpu_count.hpp>

#include <stdlib.h>

#include <string>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

class Environment {
 public:
  explicit Environment(const char* value) {
    if (const char* before = ::getenv(kName); before != nullptr) before_ = before, was_set_ = true;
    value != nullptr ? ::setenv(kName, value, 1) : ::unsetenv(kName);
  }
  ~Environment() { was_set_ ? ::setenv(kName, before_.c_str(), 1) : ::unsetenv(kName); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  static constexpr const char* kName = "LITORCH_NUM_THREADS";
  std::string before_;
  bool was_set_ = false;
};

}  // namespace

TEST_CASE("without the variable, the machine says how many threads to use") {
  const Environment unset(nullptr);
  CHECK(default_num_threads() == available_cpus());
}

TEST_CASE("the variable overrides the machine") {
  for (const std::size_t threads : {1u, 2u, 7u, 64u, 4096u}) {
    const Environment set(std::to_string(threads).c_str());
    CHECK(default_num_threads() == threads);
  }
}

TEST_CASE("a variable that is no thread count is an error that names it") {
  for (const char* text : {"", "0", "-1", "4097", "abc", "4x", " 4", "4 ", "+4", "2.0", "0x2", "18446744073709551617",
                           "99999999999999999999999999"}) {
    CAPTURE(text);
    const Environment set(text);
    CHECK_THROWS_AS(default_num_threads(), Error);
    CHECK(mentions(message_of<Error>([&] { default_num_threads(); }),
                   {"LITORCH_NUM_THREADS is '" + std::string(text) + "'", "from 1 to 4096", "unset"}));
  }
}
