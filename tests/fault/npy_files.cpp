// SPDX-License-Identifier: MIT
// Every system call on files, one after the other, fails or is the last of its process: what is left on disk?
#include "support/npy_files.hpp"
#include "support/catch.hpp"
#include "support/fault_points.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::at_every_call;
using support::Fault;
using support::kDone;
using support::kFaults;

TEST_CASE("cat_npy that fails or is killed at any system call leaves the old file or the new one, whole") {
  const support::TemporaryFolder folder;
  const std::string output = folder / "out.npy";
  save_npy(output, tensor<int>({1, 2, 3}));
  const std::string old = support::read_file(output);
  long points = 0;
  for (const Index dim : {0, 1})
    for (const bool fortran : {false, true}) {
      std::vector<std::string> paths;
      for (int i = 0; i < 6; ++i) {
        paths.push_back(folder / std::to_string(i) + ".npy");
        const auto piece = support::numbered<float>({40, 5000}, i);  // 800 kB
        save_npy(paths.back(), fortran && i == 2 ? piece.t().clone().t() : piece);
      }
      const auto join = [&] { cat_npy(paths, output, dim, {}, InlineExecutor()); };
      join();
      const std::string joined = support::read_file(output);
      for (const Fault fault : kFaults) {
        support::write_file(output, old);
        points += at_every_call(fault, join, [&](const support::ChildEnd& end) {
          const std::string found = support::read_file(output);
          CHECK((found == joined || (found == old && !end.exited_with(kDone))));
          if (fault != Fault::kill) CHECK(folder.entries() == paths.size() + 1);
          if (found == joined) support::write_file(output, old);
        });
        join();  // takes away what the killed ones have left
        CHECK(folder.entries() == paths.size() + 1);
      }
    }
  CHECK(points > 400);
}

TEST_CASE("NpyAppender that fails or is killed at any system call leaves the rows that were flushed, whole") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const auto row = [](Index i) { return support::numbered<std::int16_t>({1, 300}, i); };
  const auto large = support::numbered<std::int16_t>({3000, 300});  // 1.8 MB, more than the buffer
  std::vector<Tensor<std::int16_t>> pieces{row(0), row(1), row(2), large, row(3)};
  const Tensor<std::int16_t> all = cat(pieces);
  const auto append = [&] {
    NpyAppender<std::int16_t> appender(path, {300});
    appender.append(row(0));
    appender.flush();
    appender.append(row(1));
    appender.append(row(2));
    appender.sync();
    appender.append(large);
    appender.append(row(3));
    appender.close();
  };
  long points = 0;
  for (const Fault fault : kFaults) {
    std::filesystem::remove(path);
    points += at_every_call(fault, append, [&](const support::ChildEnd& end) {
      if (!std::filesystem::exists(path)) return;
      const Index rows = NpyAppender<std::int16_t>(path, {300}).size();  // opens, and cuts off what was not counted
      const Tensor<std::int16_t> found = load_npy<std::int16_t>(path);
      CHECK((rows == 0 || rows == 1 || rows == 3 || rows == 3003 || rows == 3004));
      if (end.exited_with(kDone)) CHECK(rows == 3004);
      CHECK(support::same_bits(found, all.narrow(0, 0, rows)));
      std::filesystem::remove(path);
    });
    append();
    CHECK(folder.entries() == 1);
  }
  CHECK(points > 60);
}
