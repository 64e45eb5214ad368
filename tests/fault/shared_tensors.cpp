// SPDX-License-Identifier: MIT
// Every system call that makes a shared tensor, one after the other, is interrupted, has no room or fails.
#include "support/catch.hpp"
#include "support/faulty_calls.hpp"
#include "support/shm_scratch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::Fault;

TEST_CASE("a shared tensor is made whole or not at all, whichever of its calls fails") {
  const support::ShmScratch scratch;
  constexpr Index kBytes = Index{72} << 20;  // reserved in two steps
  for (const bool named : {false, true})
    for (const Fault fault : {Fault::short_write, Fault::io_error, Fault::no_space}) {
      long at = 0;
      for (bool reached = true; reached && at < 100; ++at) {
        const int descriptors = support::open_descriptors();
        std::optional<ShmCode> code;
        Index right = 0;
        code = support::shm_code_of([&] {
          support::arm_fault(fault, at);
          const auto made = named ? SharedTensor<char>::create(scratch.name(), {kBytes}) : SharedTensor<char>({kBytes});
          reached = support::disarm_fault() > at;
          right = made.shape() == Shape{kBytes} && made.tensor()(kBytes - 1) == 0;
        });
        support::disarm_fault();
        CAPTURE(named, static_cast<int>(fault), at);
        CHECK(right == (code ? 0 : 1));
        if (fault == Fault::short_write || !reached) CHECK_FALSE(code);
        if (fault == Fault::no_space && reached)
          CHECK((!code || *code == ShmCode::no_space || *code == ShmCode::system));  // of a call that takes no space
        if (fault == Fault::io_error && reached) CHECK((!code || *code == ShmCode::system));
        CHECK_FALSE(scratch.exists());
        CHECK(support::open_descriptors() == descriptors);
      }
      CHECK(at > (named ? 3 : 2));  // two reservations, and a header
      CHECK(at < 100);
    }
}
