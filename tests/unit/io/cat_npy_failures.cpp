// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/npy_files.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <unistd.h>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

/// Two files of 4 MB that fit, and one more name.
struct Shards {
  Shards() {
    for (const char* const name : {"a.npy", "b.npy"}) {
      paths.push_back(folder / name);
      save_npy(paths.back(), ones<float>({1000, 1000}));
    }
    save_npy(output, tensor<int>({1, 2, 3}));
    before = support::read_file(output);
  }
  /// Whether there is no other file, and the output is what it was.
  bool untouched() const { return folder.entries() == entries && support::read_file(output) == before; }

  support::TemporaryFolder folder;
  std::vector<std::string> paths;
  std::string output = folder / "out.npy", before;
  std::size_t entries = 3;
};

}  // namespace

TEST_CASE("files that do not fit are refused by name, and the output stays as it was") {
  Shards shards;
  shards.entries = 6;
  save_npy(shards.folder / "wide.npy", zeros<float>({1000, 1001}));
  save_npy(shards.folder / "double.npy", zeros<double>({1000, 1000}));
  save_npy(shards.folder / "scalar.npy", zeros<float>({}));
  const auto with = [&](const char* name) {
    std::vector<std::string> paths = shards.paths;
    paths.push_back(shards.folder / name);
    return paths;
  };
  CHECK(mentions(
      message_of<ShapeError>([&] { cat_npy(with("wide.npy"), shards.output); }),
      {"litorch::cat_npy(): input 2, '", "wide.npy', does not fit: ", "has size 1001 in dim 1, expected 1000"}));
  CHECK(mentions(message_of<TypeError>([&] { cat_npy(with("double.npy"), shards.output); }),
                 {"litorch::cat_npy(): input 2, '", "double.npy', holds float64, expected float32 as in '", "a.npy"}));
  CHECK(mentions(message_of<ShapeError>([&] { cat_npy(with("scalar.npy"), shards.output); }), {"scalar.npy"}));
  CHECK(
      mentions(message_of<IoError>([&] { cat_npy(with("missing.npy"), shards.output); }), {"missing.npy", "No such"}));
  CHECK(mentions(message_of<IndexError>([&] { cat_npy(shards.paths, shards.output, 2); }), {"cat_npy", "dim 2"}));
  CHECK(mentions(message_of<ShapeError>([&] { cat_npy({}, shards.output); }),
                 {"cat_npy(): the list of inputs is empty"}));
  CHECK(mentions(message_of<TypeError>([&] { load_npy_shards<int>(shards.paths); }),
                 {"load_npy_shards(): '", "a.npy' holds float32, not int32"}));
  CHECK(shards.untouched());
}

TEST_CASE("a stop request ends cat_npy with Cancelled and no file") {
  const Shards shards;
  for (const Index dim : {0, 1}) {
    std::stop_source source;
    const CatNpyOptions options{.progress = [&](std::size_t, std::size_t) { source.request_stop(); },
                                .stop = source.get_token()};
    CHECK(mentions(message_of<Cancelled>([&] { cat_npy(shards.paths, shards.output, dim, options); }),
                   {"litorch::cat_npy(): stopped on request"}));
    CHECK(shards.untouched());
  }
}

TEST_CASE("what the progress callback throws reaches the caller, and no file is left") {
  const Shards shards;
  const CatNpyOptions options{.progress = [](std::size_t, std::size_t) { throw std::runtime_error("enough"); }};
  CHECK(message_of<std::runtime_error>([&] { cat_npy(shards.paths, shards.output, 0, options); }) == "enough");
  CHECK(shards.untouched());
}

namespace {

/// Runs calls one after the other, and cuts a file between the first two.
struct CuttingExecutor {
  std::string path;
  std::size_t size() const noexcept { return 1; }
  template <class F>
  void run(std::size_t n, F&& f) const {
    for (std::size_t i = 0; i < n; ++i) {
      if (i == 1 && ::truncate(path.c_str(), 5000) != 0) std::abort();
      f(i);
    }
  }
};

}  // namespace

TEST_CASE("a file that is cut while shards are loaded is an IoError, in every order, converted or not") {
  for (const Index dim : {0, 1})
    for (const bool fortran : {false, true}) {
      const Shards shards;
      const Tensor<float> large = ones<float>({3000, 1000});
      const auto save = [&] {
        for (const std::string& path : shards.paths) save_npy(path, fortran ? large.t().clone().t() : large);
      };
      const CuttingExecutor executor{shards.paths[1]};
      INFO("dim " << dim << (fortran ? ", Fortran order" : ""));
      save();
      CHECK(mentions(message_of<IoError>([&] { load_npy_shards<float>(shards.paths, dim, executor); }),
                     {"litorch::load_npy_shards(): '", "b.npy' became shorter while it was read"}));
      save();
      CHECK(
          mentions(message_of<IoError>([&] { load_npy_shards_as<double>(shards.paths, dim, Casting::safe, executor); }),
                   {"litorch::load_npy_shards_as(): '", "b.npy' became shorter while it was read"}));
      save();
      CHECK_THROWS_AS(cat_npy(shards.paths, shards.output, dim, {.dtype = DType::float64}, executor), IoError);
      CHECK(shards.untouched());
    }
}

TEST_CASE("a file that is cut while cat_npy reads it is an IoError, in every order, and no file is left") {
  for (const Index dim : {0, 1})
    for (const bool fortran : {false, true}) {
      const Shards shards;
      const Tensor<float> large = ones<float>({3000, 1000});
      for (const std::string& path : shards.paths) save_npy(path, fortran ? large.t().clone().t() : large);
      bool cut = false;
      const CatNpyOptions options{.progress = [&](std::size_t, std::size_t) {
        if (!std::exchange(cut, true) && ::truncate(shards.paths[1].c_str(), 5000) != 0) std::abort();
      }};
      INFO("dim " << dim << (fortran ? ", Fortran order" : ""));
      CHECK(mentions(message_of<IoError>([&] { cat_npy(shards.paths, shards.output, dim, options, InlineExecutor()); }),
                     {"litorch::cat_npy(): '", "b.npy' became shorter while it was read"}));
      CHECK(shards.untouched());
    }
}
