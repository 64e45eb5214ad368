// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/npy_any_files.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <unistd.h>

using namespace litorch;
using support::draw;
using support::mentions;
using support::message_of;

namespace {

/// Appends files of any order and byte order to one that holds rows already.
template <class T>
void append_and_compare(support::NpyRandom& random, const Shape& row, Index most,
                        const support::TemporaryFolder& folder) {
  const std::string path = folder / "grown.npy", other = folder / "other.npy";
  Dims extents = row.dims();
  extents.insert(0, 0);
  std::vector<Tensor<T>> pieces;
  NpyAppender<T> appender(path, row);
  for (int i = 0; i < 4; ++i) {
    extents[0] = draw(random, 0, most);
    pieces.push_back(support::numbered<T>(Shape(extents), i));
    if (i == 0) {
      appender.append(pieces.back());
      continue;
    }
    support::write_any(random, other, pieces.back());
    appender.append_file(other);
  }
  appender.close();
  save_npy(other, cat(pieces));
  INFO(name(dtype_of<T>) << " rows of " << row);
  CHECK(support::read_file(path) == support::read_file(other));
  std::filesystem::remove(path);
}

}  // namespace

TEST_CASE("append_file appends the rows of files of any order, of many pieces, and of rows larger than a piece") {
  const support::TemporaryFolder folder;
  support::NpyRandom random(4);
  support::for_each_dtype([&]<class T>() { append_and_compare<T>(random, {2, 3}, 9, folder); });
  append_and_compare<int>(random, {}, 9, folder);
  append_and_compare<int>(random, {0}, 9, folder);
  append_and_compare<double>(random, {700, 3}, 2000, folder);
  append_and_compare<float>(random, {600'000}, 3, folder);
}

TEST_CASE("append_file converts, where nothing is lost or it is told to") {
  const support::TemporaryFolder folder;
  const std::string other = folder / "other.npy";
  NpyAppender<float> appender(folder / "a.npy", {});
  save_npy(other, tensor<std::int16_t>({1, -2}));
  appender.append_file(other);
  save_npy(other, tensor<double>({0.5, 1e300}));
  CHECK(mentions(message_of<TypeError>([&] { appender.append_file(other); }),
                 {"NpyAppender::append_file(): '", "other.npy' holds float64, which float32 of '", "a.npy'"}));
  CHECK(appender.size() == 2);
  appender.append_file(other, Casting::unsafe);
  appender.close();
  CHECK(equal(load_npy<float>(folder / "a.npy"), tensor<float>({1, -2, 0.5f, std::numeric_limits<float>::infinity()})));
}

TEST_CASE("append_file refuses rows of another shape, and a file of itself doubles it") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  save_npy(path, tensor<int>({{1, 2}, {3, 4}}));
  save_npy(folder / "b.npy", zeros<int>({2, 3}));
  NpyAppender<int> appender(path, {2});
  CHECK(mentions(message_of<ShapeError>([&] { appender.append_file(folder / "b.npy"); }),
                 {"b.npy' has shape (2, 3), which differs from (2, 2) of '", "a.npy' outside of dim 0"}));
  appender.append_file(path);
  appender.close();
  CHECK(equal(load_npy<int>(path), tensor<int>({{1, 2}, {3, 4}, {1, 2}, {3, 4}})));
}
