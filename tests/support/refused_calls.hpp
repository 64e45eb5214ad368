// SPDX-License-Identifier: MIT
// Makes the kernel refuse some system calls, for a forked child and all that it starts.
#pragma once

#include "support/forked_child.hpp"
#include "support/shm_scratch.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace support {

/// A call that fails with `error`: always, or where its argument of number `argument` has the lower half `value`.
struct Refused {
  long call;
  int error;
  int argument = -1;
  std::uint32_t value = 0;
};

/// From now on and for good. False where the system allows no filter.
inline bool refuse_calls(std::initializer_list<Refused> list) {
  const auto field = [](std::size_t offset) {
    return ::sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
  };
  std::vector<::sock_filter> code;
  for (const Refused& refused : list) {
    const std::uint8_t skip = refused.argument < 0 ? 1 : 3;
    code.push_back(field(offsetof(::seccomp_data, nr)));
    code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(refused.call), 0, skip));
    if (refused.argument >= 0) {
      code.push_back(field(offsetof(::seccomp_data, args) + 8 * static_cast<std::size_t>(refused.argument)));
      code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused.value, 0, 1));
    }
    code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(refused.error)));
  }
  code.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  const ::sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/// run_in_child() where these calls fail; kNotPermitted where the system allows no filter.
template <class F>
ChildEnd run_refused(std::initializer_list<Refused> list, F body) {
  return run_in_child([&]() -> int { return refuse_calls(list) ? body() : kNotPermitted; });
}

}  // namespace support
