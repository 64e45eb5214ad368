// SPDX-License-Identifier: MIT
// A forked child has the loaders of its parent, but none of their threads and processes: it can destroy them, and is told
// so where it uses them; the parent's go on.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/forked_child.hpp"

#include <litorch/litorch.hpp>

#include <cstdlib>
#include <memory>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

auto make_loader(Workers kind, std::size_t workers) {
  return std::make_unique<DataLoader<TensorDataset<int>>>(
      TensorDataset<int>(arange<int>(0, 40)),
      DataLoaderOptions{.batch_size = 4, .num_workers = workers, .workers = kind});
}

template <class Loader>
int rest_of_epoch(Loader& loader) {
  int count = 0;
  while (const Tensor<int>* const batch = loader.next()) count += static_cast<int>(batch->numel());
  return count;
}

}  // namespace

TEST_CASE("a child destroys a loader of its parent, which goes on, and using it is an error") {
  for (const auto kind : {Workers::threads, Workers::processes})
    for (const std::size_t workers : {1u, 4u})
      for (int used = 0; used < 3; ++used) {
        auto loader = make_loader(kind, workers);
        for (int k = 0; k < used; ++k) loader->next();
        const support::ChildEnd end = support::run_in_child([&]() -> int {
          if (!mentions(message_of<ForkSafetyError>([&] { loader->next(); }), {"DataLoader", "fork()", "in the child"}))
            return 1;
          if (message_of<ForkSafetyError>([&] { loader->begin(); }) == "nothing was thrown") return 2;
          loader.reset();
          auto own = make_loader(kind, 1);
          return rest_of_epoch(*own) == 40 ? 0 : 3;
        });
        CHECK(end.exited_with(0));
        CHECK(rest_of_epoch(*loader) == 40 - 4 * used);
      }
  CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("a child that ends with exit() destroys static loaders, and no worker of its parent") {
  static auto threads = make_loader(Workers::threads, 2);
  static auto processes = make_loader(Workers::processes, 2);
  static StreamLoader stream(RangeStream(std::vector<int>(40)), {.batch_size = 4, .num_workers = 2});
  threads->next();
  processes->next();
  stream.next();
  CHECK(support::run_in_child([]() -> int {
          if (message_of<ForkSafetyError>([] { stream.next(); }) == "nothing was thrown") ::_exit(1);
          std::exit(0);
        }).exited_with(0));
  CHECK(rest_of_epoch(*threads) == 36);
  CHECK(rest_of_epoch(*processes) == 36);
  CHECK(rest_of_epoch(stream) == 36);
  threads.reset();
  processes.reset();
}

TEST_CASE("a loader without workers serves a child as it served its parent") {
  auto loader = make_loader(Workers::threads, 0);
  loader->next();
  CHECK(support::run_in_child([&] { return rest_of_epoch(*loader) == 36 ? 0 : 1; }).exited_with(0));
  CHECK(rest_of_epoch(*loader) == 36);
}

TEST_CASE("a child that leaves a call of its parent's pool in the middle ends none of its workers") {
  bool forked = false;
  support::ChildEnd end;
  ProcessPool pool({.processes = 2, .progress = [&](std::size_t, std::size_t) {
                      if (std::exchange(forked, true)) return;
                      const pid_t child = ::fork();
                      if (child == 0) throw std::runtime_error("out of the call");
                      end = support::wait_for_child(child);
                    }});
  const ::pid_t parent = ::getpid();
  std::vector<int> results;
  try {
    results = pool.map(
        [](int task) {
          ::usleep(1000);
          return task;
        },
        std::vector<int>{0, 1, 2, 3, 4, 5});
  } catch (const std::runtime_error&) {
    if (::getpid() != parent) ::_exit(9);
    throw;
  }
  CHECK(end.exited_with(9));
  CHECK(results == std::vector<int>{0, 1, 2, 3, 4, 5});
}
