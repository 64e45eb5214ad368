// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

TEST_CASE("a file is loaded and mapped as its own type only") {
  const support::TemporaryFolder folder;
  const std::string path = folder / "a.npy";
  support::for_each_dtype([&]<class Written>() {
    litorch::save_npy(path, support::numbered<Written>({2, 2}));
    support::for_each_dtype([&]<class Asked>() {
      if constexpr (std::is_same_v<Written, Asked>) {
        CHECK_NOTHROW(litorch::load_npy<Asked>(path));
        CHECK_NOTHROW(litorch::map_npy<Asked>(path));
      } else {
        CHECK_THROWS_AS(litorch::load_npy<Asked>(path), litorch::TypeError);
        CHECK_THROWS_AS(litorch::map_npy<Asked>(path), litorch::TypeError);
      }
    });
  });
}

TEST_CASE("the error for a file of another type names both types, the file and what to do") {
  const support::TemporaryFolder folder;
  litorch::save_npy(folder / "a.npy", support::numbered<double>({2}));
  try {
    litorch::load_npy<float>(folder / "a.npy");
    FAIL("accepted");
  } catch (const litorch::TypeError& error) {
    const std::string text = error.what();
    for (const char* part :
         {"litorch::load_npy(): '", "a.npy' holds float64, not float32", "ask for the C++ type of float64"}) {
      INFO(text);
      CHECK(text.find(part) != std::string::npos);
    }
  }
}

template <class T>
concept Loadable = requires(const std::string& path) {
  litorch::load_npy<T>(path);
};
template <class T>
concept Savable = requires(const std::string& path, const litorch::Tensor<T>& tensor) {
  litorch::save_npy(path, tensor);
};

struct Pair {
  int a, b;
};

TEST_CASE("only element types that NumPy knows can be loaded and saved") {
  STATIC_REQUIRE(Loadable<float>);
  STATIC_REQUIRE(Savable<const float>);
  STATIC_REQUIRE_FALSE(Loadable<const float>);
  STATIC_REQUIRE_FALSE(Loadable<Pair>);
  STATIC_REQUIRE_FALSE(Savable<Pair>);
}
