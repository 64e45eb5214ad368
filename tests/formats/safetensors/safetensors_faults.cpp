// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/fault_points.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/io/safetensors.hpp>

using namespace litorch;
using support::Fault;

TEST_CASE("save_safetensors that fails or is killed at any system call leaves the old file or the new one, whole") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.safetensors";
  save_safetensors(path, {{"old", support::numbered<int>({3})}});
  const std::string old = support::read_file(path);
  const auto large = support::numbered<double>({100, 2000});  // 1.6 MB, more than a piece
  const auto small = support::numbered<double>({30, 100});
  long points = 0;
  const auto save = [&] { save_safetensors(path, {{"x", large}, {"y", small.flip(0)}}, {{"k", "v"}}); };
  save();
  const std::string saved = support::read_file(path);
  for (const Fault fault : support::kFaults) {
    support::write_file(path, old);
    points += support::at_every_call(fault, save, [&](const support::ChildEnd& end) {
      const std::string found = support::read_file(path);
      CHECK((found == saved || (found == old && !end.exited_with(support::kDone))));
      if (fault != Fault::kill) CHECK(folder.entries() == 1);
      posix::remove_abandoned_files(folder.path());  // what the killed ones have left
      CHECK(folder.entries() == 1);
      if (found == saved) support::write_file(path, old);
    });
  }
  CHECK(points >= 30);
}
