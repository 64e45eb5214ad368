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

namespace {

/// A join of four files, one of which may be in Fortran order; float32 becomes `dtype`.
struct Join {
  Index rows;
  Index dim;
  bool fortran, stack;
  DType dtype;

  void operator()(const std::vector<std::string>& paths, const std::string& output) const {
    const CatNpyOptions options{.dtype = dtype};
    stack ? stack_npy(paths, output, dim, options, InlineExecutor())
          : cat_npy(paths, output, dim, options, InlineExecutor());
  }
};

}  // namespace

TEST_CASE("cat_npy that fails or is killed at any system call leaves the old file or the new one, whole") {
  const support::TemporaryFolder folder;
  const std::string output = folder / "out.npy";
  save_npy(output, tensor<int>({1, 2, 3}));
  const std::string old = support::read_file(output);
  long points = 0;
  for (const Join& how : {Join{900, 0, false, false, DType::float32}, Join{900, 1, true, false, DType::float32},
                          Join{400, 1, false, false, DType::float64}, Join{100, 0, false, true, DType::float32},
                          Join{50, 0, true, false, DType::float32}}) {
    std::vector<std::string> paths;
    for (int i = 0; i < 4; ++i) {
      paths.push_back(folder / std::to_string(i) + ".npy");
      const auto piece = support::numbered<float>({40, how.rows}, i);
      save_npy(paths.back(), how.fortran && i == 2 ? piece.t().clone().t() : piece);
    }
    const auto join = [&] { how(paths, output); };
    join();
    const std::string joined = support::read_file(output);
    for (const Fault fault : kFaults) {
      support::write_file(output, old);
      points += at_every_call(fault, join, [&](const support::ChildEnd& end) {
        const std::string found = support::read_file(output);
        CHECK((found == joined || (found == old && !end.exited_with(kDone))));
        if (fault == Fault::kill) join();  // takes away what the killed one has left
        if (fault == Fault::kill) CHECK(support::read_file(output) == joined);
        CHECK(folder.entries() == paths.size() + 1);
        if (fault == Fault::kill || found == joined) support::write_file(output, old);
      });
    }
  }
  CAPTURE(points);
  CHECK(points >= 500);
}

TEST_CASE("split_npy that fails or is killed at any system call leaves each part the old file or the new one, whole") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "whole.npy";
  std::vector<std::string> parts;
  for (int i = 0; i < 3; ++i) parts.push_back(folder / std::to_string(i) + ".npy");
  save_npy(parts[0], tensor<int>({1, 2, 3}));
  const std::string old = support::read_file(parts[0]);
  const auto read_parts = [&] {
    std::vector<std::string> bytes;
    for (const std::string& part : parts) bytes.push_back(support::read_file(part));
    return bytes;
  };
  const auto restore = [&] {
    for (const std::string& part : parts) support::write_file(part, old);
  };
  long points = 0;
  for (const auto& [dim, fortran] : {std::pair(0, false), std::pair(1, true)}) {
    const auto whole = support::numbered<float>({400, 400}, dim);
    save_npy(path, fortran ? whole.t().clone().t() : whole);
    const CatNpyOptions options{.dtype = fortran ? DType::float64 : DType::float32};
    const auto split = [&, dim = dim] { split_npy(path, parts, dim, options, InlineExecutor()); };
    split();
    const std::vector<std::string> cut = read_parts();
    for (const Fault fault : kFaults) {
      restore();
      points += at_every_call(fault, split, [&](const support::ChildEnd& end) {
        const std::vector<std::string> found = read_parts();
        std::size_t done = 0;  // the parts get their names in order
        while (done < parts.size() && found[done] == cut[done]) ++done;
        for (std::size_t i = done; i < parts.size(); ++i) CHECK(found[i] == old);
        if (end.exited_with(kDone)) CHECK(done == parts.size());
        if (fault == Fault::kill) split();
        CHECK(folder.entries() == parts.size() + 1);
        if (fault == Fault::kill) CHECK(read_parts() == cut);
        restore();
      });
    }
  }
  CAPTURE(points);
  CHECK(points > 300);
}

TEST_CASE("NpyAppender that fails or is killed at any system call leaves the rows that were flushed, whole") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  const auto row = [](Index i) { return support::numbered<std::int16_t>({1, 300}, i); };
  const auto large = support::numbered<std::int16_t>({1900, 300});  // 1.1 MB, more than the buffer
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
      // Opens, makes the file where there is none, and cuts off what was not counted.
      const Index rows = NpyAppender<std::int16_t>(path, {300}).size();
      const Tensor<std::int16_t> found = load_npy<std::int16_t>(path);
      CHECK((rows == 0 || rows == 1 || rows == 3 || rows == 1903 || rows == 1904));
      if (end.exited_with(kDone)) CHECK(rows == 1904);
      CHECK(support::same_bits(found, all.narrow(0, 0, rows)));
      CHECK(folder.entries() == 1);
      std::filesystem::remove(path);
    });
  }
  CAPTURE(points);
  CHECK(points > 100);
}
