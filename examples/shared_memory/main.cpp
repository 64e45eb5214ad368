// SPDX-License-Identifier: MIT
// Two programs, one tensor: `produce` makes it under a name and waits, `consume` opens it, reads it without a copy and
// says that it is done.
//
//   shared_memory produce demo &      prints: produced (3, 4)
//   shared_memory consume demo        prints: sum 66 of shape (3, 4)
#include <atomic>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>

#include <litorch/litorch.hpp>

namespace lt = litorch;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr milliseconds kPatience{20000};

enum Stage : int { in_the_making, filled, consumed };

/// Elements are plain memory: what orders them between the programs is this flag, a segment of its own.
std::atomic_ref<int> stage(const lt::SharedTensor<int>& flag) { return std::atomic_ref<int>(*flag.tensor().data()); }

bool wait_for(const lt::SharedTensor<int>& flag, Stage wanted) {
  const auto deadline = steady_clock::now() + kPatience;
  while (stage(flag).load(std::memory_order_acquire) != wanted) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

int produce(const std::string& name) {
  lt::SharedTensor<float>::reclaim_stale();  // what a run that was killed may have left
  const auto shared = lt::SharedTensor<float>::create(name, {3, 4});
  const auto flag = lt::SharedTensor<int>::create(name + ".stage", {});
  lt::cat_into(shared.tensor(), {lt::arange<float>(4).reshape({1, 4}), lt::arange<float>(4, 12).reshape({2, 4})});
  stage(flag).store(filled, std::memory_order_release);
  std::cout << "produced " << shared.shape() << std::endl;
  return wait_for(flag, consumed) ? 0 : 1;
}

int consume(const std::string& name) {
  const auto deadline = steady_clock::now() + kPatience;
  while (true) {
    try {
      const auto flag = lt::SharedTensor<int>::open(name + ".stage");
      if (!wait_for(flag, filled)) return 1;
      const auto shared = lt::SharedTensor<float>::open_readonly(name);
      std::cout << "sum " << lt::sum(shared.tensor()).item() << " of shape " << shared.shape() << std::endl;
      stage(flag).store(consumed, std::memory_order_release);
      return 0;
    } catch (const lt::ShmError& error) {
      if (error.code() != lt::ShmCode::not_found || steady_clock::now() > deadline) throw;
      std::this_thread::sleep_for(milliseconds(5));  // the producer has not started yet
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string role = argc == 3 ? argv[1] : "";
  try {
    if (role == "produce") return produce(argv[2]);
    if (role == "consume") return consume(argv[2]);
    std::cerr << "usage: shared_memory produce|consume NAME\n";
    return 2;
  } catch (const lt::Error& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
