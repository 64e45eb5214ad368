// SPDX-License-Identifier: MIT
// Work on files whose every system call, one after the other, fails or is the last of its process.
#pragma once

#include "support/catch.hpp"
#include "support/faulty_calls.hpp"
#include "support/forked_child.hpp"

#include <litorch/base/error.hpp>

namespace support {

inline constexpr int kDone = 0, kIoError = 1, kOtherError = 2, kNotReached = 3;

/// How `work` ends in a child whose call number `at` is faulty.
template <class F>
ChildEnd run_with_fault(Fault fault, long at, F&& work) {
  return run_in_child([&] {
    int code = kDone;
    arm_fault(fault, at);
    try {
      work();
    } catch (const litorch::IoError&) {
      code = kIoError;
    } catch (...) {
      code = kOtherError;
    }
    return disarm_fault() <= at ? kNotReached : code;
  });
}

/// Calls check(end) after each faulty run of `work`, until a call number is never reached. Returns how many there were.
template <class F, class Check>
long at_every_call(Fault fault, F&& work, Check&& check) {
  for (long at = 0;; ++at) {
    const ChildEnd end = run_with_fault(fault, at, work);
    INFO("fault " << static_cast<int>(fault) << " at call " << at);
    if (end.exited_with(kNotReached)) return at;
    const bool expected = fault == Fault::kill          ? end.signal == SIGKILL
                          : fault == Fault::short_write ? end.exited_with(kDone)
                                                        : end.exited_with(kIoError) || end.exited_with(kDone);
    CHECK(expected);
    check(end);
  }
}

inline constexpr Fault kFaults[] = {Fault::kill, Fault::io_error, Fault::no_space, Fault::short_write};

}  // namespace support
