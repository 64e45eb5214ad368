// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/foreign_tensor.hpp"

using namespace litorch;
using support::ForeignTensor;

TEMPLATE_TEST_CASE("an imported tensor is the memory of its maker, until the last handle ends", "",
                   SUPPORT_MANAGED_TENSORS) {
  ForeignTensor<TestType> foreign;
  {
    Tensor<float> last;
    {
      const auto imported = from_dlpack<float>(&foreign.managed);
      REQUIRE(imported.shape() == Shape{2, 3});
      CHECK(imported.data() == foreign.values);
      imported(1, 2) = 50;
      CHECK(foreign.values[5] == 50);
      last = imported[1].narrow(0, 1, 2);
    }
    CHECK(foreign.deleted == 0);
    CHECK((last(0) == 4 && last(1) == 50));
  }
  CHECK(foreign.deleted == 1);
}

TEMPLATE_TEST_CASE("strides and offsets of imported tensors are those of their maker", "", SUPPORT_MANAGED_TENSORS) {
  ForeignTensor<TestType> foreign;
  const auto import = [&] { return from_dlpack<const float>(&foreign.managed); };
  SECTION("a null pointer for strides means row-major") {
    foreign.set_layout({2, 3, 4}, {});
    foreign.tensor().strides = nullptr;
    const auto imported = import();
    CHECK(imported.is_contiguous());
    CHECK(imported(1, 2, 3) == 23);
  }
  SECTION("an offset in bytes") {
    foreign.tensor().byte_offset = 20;
    CHECK(import()(1, 2) == 10);
  }
  SECTION("columns first, with gaps") {
    foreign.set_layout({2, 3}, {2, 7});
    CHECK(import()(1, 2) == 16);
  }
  SECTION("backwards") {
    foreign.set_layout({4}, {-2});
    foreign.tensor().byte_offset = 6 * sizeof(float);
    CHECK(equal(import(), tensor<float>({6, 4, 2, 0})));
  }
  SECTION("the same element again") {
    foreign.set_layout({4, 2}, {0, 1});
    CHECK(equal(import(), tensor<float>({{0, 1}, {0, 1}, {0, 1}, {0, 1}})));
  }
  SECTION("a scalar, with and without null pointers") {
    foreign.set_layout({}, {});
    foreign.tensor().byte_offset = 12;
    CHECK(import().item() == 3);
    foreign.tensor().shape = foreign.tensor().strides = nullptr;
    CHECK(import().item() == 3);
  }
  SECTION("eight dims") {
    foreign.set_layout({1, 2, 1, 2, 1, 2, 1, 2}, {9, 8, 9, 4, 9, 2, 9, 1});
    CHECK(import()(0, 1, 0, 1, 0, 1, 0, 1) == 15);
  }
}

TEMPLATE_TEST_CASE("strides of dims with at most one index mean nothing, and do no harm", "", SUPPORT_MANAGED_TENSORS) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max(), kLeast = std::numeric_limits<std::int64_t>::min();
  ForeignTensor<TestType> foreign;
  foreign.set_layout({1, 3, 1}, {kLeast, 1, kMost});
  const auto imported = from_dlpack<float>(&foreign.managed);
  CHECK(imported.is_contiguous());
  CHECK(equal(imported.slice(0, 0, 1, 5).flip(2).unsqueeze(0).flatten(), tensor<float>({0, 1, 2})));

  foreign.set_layout({3, 0, 1}, {kMost, kLeast, 5});
  foreign.tensor().data = nullptr;
  foreign.tensor().byte_offset = 3;
  const auto none = from_dlpack<float>(&foreign.managed);
  CHECK((none.shape() == Shape{3, 0, 1} && none.data() == nullptr));
  CHECK(cat({none, none}, 1).shape() == Shape{3, 0, 1});
}

TEMPLATE_TEST_CASE("a tensor without a deleter is imported as one that needs none", "", SUPPORT_MANAGED_TENSORS) {
  ForeignTensor<TestType> foreign;
  foreign.managed.deleter = nullptr;
  CHECK(from_dlpack<float>(&foreign.managed)(0, 1) == 1);
  CHECK(foreign.deleted == 0);
  foreign.tensor().ndim = 9;
  CHECK_THROWS_AS(from_dlpack<float>(&foreign.managed), ShapeError);
}
