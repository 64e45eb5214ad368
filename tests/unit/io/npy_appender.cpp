// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <random>

using namespace litorch;
using support::mentions;
using support::message_of;

TEST_CASE("rows appended in any pieces, over many openings, are the file that save_npy writes of all") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy", expected = folder / "expected.npy";
  std::mt19937 random(3);
  for (const Shape& row : {Shape{}, Shape{3}, Shape{700, 2}, Shape{0}, Shape{2, 3, 4}}) {
    std::vector<Tensor<float>> pieces;
    for (int opening = 0; opening < 4; ++opening) {
      NpyAppender<float> appender(path, row);
      for (int i = 0; i < 6; ++i) {
        Dims extents = row.dims();
        extents.insert(0, random() % 5 == 0 ? Index{1500} : static_cast<Index>(random() % 9));
        const auto piece = support::numbered<float>(Shape(extents), static_cast<Index>(random()) % 256);
        appender.append(i % 2 == 0 ? piece : piece.flip(0).clone().flip(0));
        pieces.push_back(piece);
        if (random() % 3 == 0) appender.flush();
        if (random() % 5 == 0) appender.sync();
      }
      CHECK(appender.size() == cat(pieces).size(0));
    }
    save_npy(expected, cat(pieces));
    CHECK(support::read_file(path) == support::read_file(expected));
    std::filesystem::remove(path);
  }
}

TEST_CASE("what was flushed is there for readers while the file grows") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  NpyAppender<int> appender(path, {2});
  CHECK(npy_info(path).shape == Shape{0, 2});
  appender.append(tensor<int>({{1, 2}, {3, 4}}));
  CHECK(npy_info(path).shape == Shape{0, 2});
  appender.flush();
  CHECK(equal(load_npy<int>(path), tensor<int>({{1, 2}, {3, 4}})));
  appender.append(zeros<int>({500'000, 2}));  // more than the buffer
  CHECK(npy_info(path).shape == Shape{500'002, 2});
  appender.append(tensor<int>({{5, 6}}));
  appender.close();
  appender.close();
  CHECK(load_npy<int>(path)(500'002, 1) == 6);
  CHECK(mentions(message_of<IoError>([&] {
                   appender.append(tensor<int>({{5, 6}}));
                 }),
                 {"litorch::NpyAppender::append(): the appender is closed"}));
}

TEST_CASE("a second appender to one file is refused until the first is closed") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  NpyAppender<int> first(path, {});
  CHECK(mentions(message_of<IoError>([&] { NpyAppender<int> second(path, {}); }),
                 {"litorch::NpyAppender(): cannot lock '", "one writer at a time"}));
  NpyAppender<int> moved = std::move(first);
  CHECK_THROWS_AS(NpyAppender<int>(path, {}), IoError);
  moved.close();
  CHECK(NpyAppender<int>(path, {}).size() == 0);
}

TEST_CASE("rows behind those that the header counts are cut off, but not another array") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  save_npy(path, tensor<int>({7, 8}));
  const std::string whole = support::read_file(path);
  support::write_file(path, whole + "half a row");
  {
    NpyAppender<int> appender(path, {});
    CHECK(appender.size() == 2);
    appender.append(tensor<int>({9}));
  }
  CHECK(equal(load_npy<int>(path), tensor<int>({7, 8, 9})));
  support::write_file(path, whole + whole);
  CHECK_THROWS_AS(NpyAppender<int>(path, {}), FormatError);
  CHECK(support::read_file(path) == whole + whole);
}

TEST_CASE("a file or a piece that does not fit is refused, and the file stays as it was") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  save_npy(path, ones<float>({3, 4}));
  const std::string before = support::read_file(path);
  CHECK(mentions(message_of<TypeError>([&] { NpyAppender<int>(path, {4}); }), {"holds float32, not int32"}));
  CHECK(mentions(message_of<ShapeError>([&] { NpyAppender<float>(path, {5}); }), {"has shape (3, 4)", "(0, 5)"}));
  CHECK(mentions(message_of<ShapeError>([&] { NpyAppender<float>(path, {}); }), {"has shape (3, 4)"}));
  {
    NpyAppender<float> appender(path, {4});
    CHECK(mentions(message_of<ShapeError>([&] { appender.append(ones<float>({4})); }), {"unsqueeze(0) a single row"}));
    CHECK_THROWS_AS(appender.append(ones<float>({2, 5})), ShapeError);
  }
  CHECK(support::read_file(path) == before);

  save_npy(path, ones<float>({4, 3}).t());
  CHECK(support::format_error([&] { NpyAppender<float>(path, {4}); }).first ==
        static_cast<int>(FormatCode::bad_fortran_order));
  support::write_file(path, support::npy_exact("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4), }\n"));
  CHECK(support::format_error([&] { NpyAppender<float>(path, {4}); }).first ==
        static_cast<int>(FormatCode::header_too_long));
  CHECK_THROWS_AS(NpyAppender<float>(folder / "none/a.npy", {4}), IoError);
  CHECK_THROWS_AS(NpyAppender<float>(folder.path(), {4}), IoError);
}
