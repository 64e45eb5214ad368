// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/foreign_tensor.hpp"

using namespace litorch;

TEMPLATE_TEST_CASE("imported tensors join with vectors and tensors in one cat", "", SUPPORT_MANAGED_TENSORS) {
  support::ForeignTensor<TestType> foreign;
  const std::vector<float> numbers{7, 8, 9};
  const auto joined = cat<float>({from_dlpack<float>(&foreign.managed), view_of(numbers).unsqueeze(0)});
  CHECK(equal(joined, tensor<float>({{0, 1, 2}, {3, 4, 5}, {7, 8, 9}})));
  CHECK(foreign.deleted == 1);
}
