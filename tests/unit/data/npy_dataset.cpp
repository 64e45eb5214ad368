// SPDX-License-Identifier: MIT
// Rows of mapped .npy files as samples.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/npy_files.hpp"
#include "support/resident_memory.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <filesystem>

using namespace litorch;
using support::mentions;
using support::message_of;

static_assert(Dataset<NpyDataset<float>> && std::is_same_v<SampleOf<NpyDataset<int>>, Tensor<const int>>);

namespace {

std::ptrdiff_t open_files() {
  std::ptrdiff_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) ++count;
  return count;
}

}  // namespace

TEST_CASE("samples are the rows of the files, one file after the other") {
  const support::TemporaryFolder folder;
  const Tensor<float> whole = arange<float>(30).reshape({6, 5});
  save_npy(folder / "a.npy", whole.narrow(0, 0, 2));
  save_npy(folder / "b.npy", whole.narrow(0, 2, 0));
  save_npy(folder / "c.npy", whole.narrow(0, 2, 4).t().clone().t());  // in Fortran order
  const NpyDataset<float> dataset({folder / "a.npy", folder / "b.npy", folder / "c.npy"});
  CHECK(dataset.size() == 6);
  for (Index i = 0; i < 6; ++i) CHECK(equal(dataset.get(i), whole[i]));
  CHECK(equal(dataset.rows().materialize(), whole));
}

TEST_CASE("opening a thousand files reads no data and keeps none open") {
  const support::TemporaryFolder folder;
  constexpr Index kRows = 64, kColumns = 256;
  std::vector<std::string> paths;
  for (int i = 0; i < 1000; ++i) {  // sparse files of zeros, 64 KiB each behind the header
    const std::string header = npy_header(DType::float32, false, {kRows, kColumns});
    paths.push_back(folder / std::to_string(i) + ".npy");
    support::write_file(paths.back(), header);
    std::filesystem::resize_file(paths.back(), header.size() + kRows * kColumns * sizeof(float));
  }
  const std::ptrdiff_t files = open_files();
  const std::int64_t resident = support::resident_bytes();
  const NpyDataset<float> dataset(paths);
  CHECK(dataset.size() == 1000 * kRows);
  CHECK(open_files() == files);
  CHECK(support::resident_bytes() - resident < 8 << 20);  // of 62 MiB of data
  CHECK(dataset.get(999 * kRows + 3)(7) == 0.0f);
}

TEST_CASE("a file that does not fit is refused by name") {
  const support::TemporaryFolder folder;
  save_npy(folder / "a.npy", zeros<int>({2, 3}));
  save_npy(folder / "b.npy", zeros<int>({2, 4}));
  save_npy(folder / "c.npy", zeros<float>({2, 3}));
  save_npy(folder / "scalar.npy", zeros<int>({}));
  const auto refused = [&](const std::vector<std::string>& names) {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(folder / name);
    return message_of<Error>([&] { NpyDataset<int> dataset(paths); });
  };
  CHECK(mentions(refused({"a.npy", "b.npy"}), {"litorch::NpyDataset(): input 1, '", "b.npy', does not fit: ",
                                               "has size 4 in dim 1, expected 3 as in input 0"}));
  CHECK(mentions(refused({"a.npy", "c.npy"}), {"c.npy' holds float32, not int32"}));
  CHECK(mentions(refused({"a.npy", "none.npy"}), {"none.npy", "No such file"}));
  CHECK(
      mentions(refused({"scalar.npy"}), {"litorch::NpyDataset(): '", "scalar.npy' holds a scalar, which has no rows"}));
  CHECK(refused({}) == "litorch::NpyDataset(): no files");
}

TEST_CASE("a row that is not there is refused") {
  const support::TemporaryFolder folder;
  save_npy(folder / "a.npy", zeros<int>({2, 3}));
  const NpyDataset<int> dataset({folder / "a.npy"});
  CHECK(message_of<IndexError>([&] { dataset.get(2); }) ==
        "litorch::NpyDataset::get(): index 2 is out of range for 2 samples; give 0 to 1");
  CHECK_THROWS_AS(dataset.get(-1), IndexError);
}
