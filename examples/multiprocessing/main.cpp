// SPDX-License-Identifier: MIT
// Chunks are worked on in processes of their own; the results become one tensor, and a worker that dies costs its own
// chunk only. Prints:
//
//   8 chunks: (800, 4), from 1 to 8
//   chunk 3 is lost: its worker was ended by signal 9
//   the other 7: (700, 4)
#include <litorch/litorch.hpp>

#include <csignal>
#include <iostream>

namespace lt = litorch;

int main() {
  const std::vector<float> chunks{0, 1, 2, 3, 4, 5, 6, 7};
  lt::ProcessPool pool({.processes = 4, .on_error = lt::OnTaskError::collect});

  const auto whole = pool.map_cat([](float chunk) { return lt::full<float>({100, 4}, chunk + 1); }, chunks);
  std::cout << chunks.size() << " chunks: " << whole.shape() << ", from " << lt::min(whole).item() << " to "
            << lt::max(whole).item() << "\n";

  const auto rest = pool.map_cat(
      [](float chunk) {
        if (chunk == 3) std::raise(SIGKILL);  // as the kernel does when memory runs out
        return lt::full<float>({100, 4}, chunk + 1);
      },
      chunks);
  for (const lt::TaskFailure& failure : pool.failures()) {
    try {
      std::rethrow_exception(failure.error);
    } catch (const lt::WorkerDied& died) {
      std::cout << "chunk " << failure.task << " is lost: its worker was ended by signal " << died.signal() << "\n";
    }
  }
  std::cout << "the other 7: " << rest.shape() << "\n";
}
