// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/npy_files.hpp"
#include "support/sanitizer.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

#include <sys/resource.h>
#include <unistd.h>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

/// A file of 4 MB, the names of three parts, and the second of them as it was before.
struct Whole {
  Whole() {
    save_npy(path, ones<float>({1000, 1000}));
    for (const char* const name : {"0.npy", "1.npy", "2.npy"}) parts.push_back(folder / name);
    save_npy(parts[1], tensor<int>({1, 2, 3}));
    before = support::read_file(parts[1]);
  }
  bool untouched() const { return folder.entries() == 2 && support::read_file(parts[1]) == before; }

  support::TemporaryFolder folder;
  std::string path = folder / "a.npy", before;
  std::vector<std::string> parts;
};

}  // namespace

TEST_CASE("split_npy refuses what it cannot do before it writes anything") {
  const Whole whole;
  const auto with = [&](const std::string& name) { return std::vector<std::string>{whole.parts[0], name}; };
  CHECK(mentions(message_of<ShapeError>([&] { split_npy(whole.path, {}); }),
                 {"litorch::split_npy(): the list of outputs is empty"}));
  CHECK(mentions(message_of<IndexError>([&] { split_npy(whole.path, whole.parts, 2); }), {"split_npy", "dim 2"}));
  CHECK(mentions(message_of<ShapeError>([&] { split_npy(whole.path, whole.parts, {1, 2}); }), {"2 lengths for 3"}));
  CHECK(mentions(message_of<ShapeError>([&] {
                   split_npy(whole.path, whole.parts, {1, 2, 3});
                 }),
                 {"litorch::split_npy(): the 3 lengths leave 994 of 1000 in dim 0 of '", "(shape (1000, 1000))"}));
  CHECK(mentions(message_of<ShapeError>([&] {
                   split_npy(whole.path, whole.parts, {1, 998, 2}, 1);
                 }),
                 {"part 2 of length 2 does not fit into the last 1 of 1000 in dim 1"}));
  CHECK_THROWS_AS(split_npy(whole.path, whole.parts, {-1, 1000, 1}), ShapeError);
  CHECK(mentions(message_of<TypeError>([&] { split_npy(whole.path, whole.parts, 0, {.dtype = DType::int8}); }),
                 {"split_npy(): '", "a.npy' holds float32, which int8 cannot hold without loss"}));
  CHECK(mentions(message_of<IoError>([&] { split_npy(whole.path, with(whole.folder / "./0.npy")); }),
                 {"two parts would become '", "./0.npy'"}));
  CHECK(mentions(message_of<IoError>([&] { split_npy(whole.path, with(whole.folder / "no/0.npy")); }), {"no/0.npy"}));
  CHECK(mentions(message_of<IoError>([&] { split_npy(whole.folder / "none.npy", whole.parts); }), {"none.npy"}));
  CHECK(whole.untouched());
  save_npy(whole.path, zeros<float>({}));
  CHECK(mentions(message_of<ShapeError>([&] { split_npy(whole.path, whole.parts); }), {"a.npy' holds a scalar"}));
  CHECK(whole.untouched());
}

TEST_CASE("a stop request, and what the progress callback throws, end split_npy without a part") {
  const Whole whole;
  for (const Index dim : {0, 1}) {
    std::stop_source source;
    const CatNpyOptions stopped{.progress = [&](std::size_t, std::size_t) { source.request_stop(); },
                                .stop = source.get_token()};
    CHECK(mentions(message_of<Cancelled>([&] { split_npy(whole.path, whole.parts, dim, stopped); }),
                   {"litorch::split_npy(): stopped on request"}));
    const CatNpyOptions throwing{.progress = [](std::size_t, std::size_t) { throw std::runtime_error("enough"); }};
    CHECK(message_of<std::runtime_error>([&] { split_npy(whole.path, whole.parts, dim, throwing); }) == "enough");
    CHECK(whole.untouched());
  }
}

TEST_CASE("more parts than files may be open are refused with the remedy, and none is left") {
  if (support::kAsan) return;  // UndefinedBehaviorSanitizer needs a descriptor to look at the type of an error
  const Whole whole;
  ::rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const ::rlimit lower{40, limit.rlim_max};
  std::vector<std::string> names;
  for (int i = 0; i < 50; ++i) names.push_back(whole.folder / "many-" + std::to_string(i));
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &lower) == 0);
  const std::string message = message_of<IoError>([&] { split_npy(whole.path, names); });
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  CHECK(mentions(message, {"Too many open files; all parts are open at once: allow more files, or make fewer parts"}));
  CHECK(whole.untouched());
}

TEST_CASE("a file that is cut while split_npy reads it is an IoError, in every order, and no part is left") {
  for (const Index dim : {0, 1})
    for (const bool fortran : {false, true}) {
      const Whole whole;
      const Tensor<float> large = ones<float>({5000, 1000});
      save_npy(whole.path, fortran ? large.t().clone().t() : large);
      bool cut = false;
      const CatNpyOptions options{.progress = [&](std::size_t, std::size_t) {
        if (!std::exchange(cut, true) && ::truncate(whole.path.c_str(), 5000) != 0) std::abort();
      }};
      INFO("dim " << dim << (fortran ? ", Fortran order" : ""));
      CHECK(mentions(message_of<IoError>([&] { split_npy(whole.path, whole.parts, dim, options, InlineExecutor()); }),
                     {"litorch::split_npy(): '", "a.npy' became shorter while it was read"}));
      CHECK(whole.untouched());
    }
}
