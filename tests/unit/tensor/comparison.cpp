// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

using namespace support;

TEST_CASE("equal compares shapes and values, whatever the strides") {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const auto extents = random_shape(random, random(0, 6), 50);
    const auto a = random_view<std::int32_t>(random, extents, true),
               b = random_view<std::int32_t>(random, extents, false);
    for_each_index(extents, [&](const auto& at) { element(b.view(), at) = element(a.view(), at); });
    wrong += !lt::equal(a, b) || !lt::equal(b, a);
    if (a.numel() == 0) continue;
    std::vector<Index> at;
    for (const Index extent : extents) at.push_back(random(0, extent - 1));
    element(b.view(), at) += 1;
    wrong += lt::equal(a, b) || lt::equal(b, a);
  }
  CHECK(wrong == 0);
  CHECK_FALSE(lt::equal(lt::zeros<int>({2, 3}), lt::zeros<int>({3, 2})));
  CHECK_FALSE(lt::equal(lt::zeros<int>({1}), lt::zeros<int>({})));
  CHECK(lt::equal(lt::zeros<int>({0, 3}), lt::ones<int>({0, 3})));
}

TEST_CASE("a NaN equals nothing, infinities equal themselves") {
  const auto nan = lt::tensor<float>(NAN), infinite = lt::tensor<float>(HUGE_VALF);
  CHECK_FALSE(lt::equal(nan, nan));
  CHECK_FALSE(lt::allclose(nan, nan));
  CHECK(lt::allclose(infinite, infinite));
  CHECK_FALSE(lt::allclose(infinite, lt::tensor<float>(1.0f)));
  CHECK_FALSE(lt::allclose(lt::tensor<float>(1.0f), infinite));
}

TEST_CASE("allclose has a relative and an absolute tolerance") {
  const auto a = lt::tensor<double>({1000.0, 0.0}), b = lt::tensor<double>({1000.009, 5e-9});
  CHECK(lt::allclose(a, b));
  CHECK_FALSE(lt::allclose(a, b, 1e-6));
  CHECK_FALSE(lt::allclose(a, b, 1e-5, 1e-9));
  CHECK(lt::allclose(lt::tensor<std::complex<float>>({std::complex<float>(1, 2)}),
                     lt::tensor<std::complex<float>>({std::complex<float>(1, 2)})));
}
