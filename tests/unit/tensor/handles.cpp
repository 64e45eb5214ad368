// SPDX-License-Identifier: MIT
// A tensor is a handle: copies share, views keep the memory alive, clone() copies.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;

TEST_CASE("copies and views share the elements, clones do not") {
  const auto a = tensor<int>({{1, 2}, {3, 4}});
  const auto same = a;
  const auto row = a[1];
  const auto copy = a.clone();
  a(1, 0) = 9;
  CHECK(same(1, 0) == 9);
  CHECK(row(0) == 9);
  CHECK(copy(1, 0) == 3);
  CHECK(a.storage().use_count() == 3);
  CHECK(copy.storage().use_count() == 1);
}

TEST_CASE("a view keeps the memory alive after its tensor") {
  struct Flag {
    bool* ended;
    std::unique_ptr<int[]> values = std::make_unique<int[]>(6);
    explicit Flag(bool* e) : ended(e) {}
    Flag(Flag&&) = default;
    ~Flag() {
      if (values) *ended = true;
    }
  };
  bool ended = false;
  {
    Tensor<int> view;
    {
      Flag owner(&ended);
      int* const values = owner.values.get();
      values[4] = 42;
      const Tensor<int> whole = from_blob(values, {2, 3}, std::move(owner));
      view = whole[1].narrow(0, 1, 1);
    }
    CHECK_FALSE(ended);
    CHECK(view.item() == 42);
  }
  CHECK(ended);
}

TEST_CASE("a tensor converts to a read-only one and to views, never back") {
  STATIC_REQUIRE(std::is_convertible_v<Tensor<int>, Tensor<const int>>);
  STATIC_REQUIRE(std::is_convertible_v<Tensor<int>, TensorView<int>>);
  STATIC_REQUIRE(std::is_convertible_v<Tensor<int>, TensorView<const int>>);
  STATIC_REQUIRE(std::is_convertible_v<TensorView<int>, TensorView<const int>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Tensor<const int>, Tensor<int>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Tensor<const int>, TensorView<int>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<TensorView<const int>, TensorView<int>>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Tensor<int>, Tensor<float>>);
  STATIC_REQUIRE(std::is_trivially_copyable_v<TensorView<int>>);
  STATIC_REQUIRE(std::is_nothrow_move_constructible_v<Tensor<int>>);
  const Tensor<const int> read_only = tensor<int>({1, 2});
  CHECK(read_only(1) == 2);
  CHECK(read_only.storage().use_count() == 1);
}

TEST_CASE("a default tensor has shape (0,)") {
  const Tensor<float> nothing;
  CHECK(nothing.shape() == Shape{0});
  CHECK(nothing.numel() == 0);
  CHECK(nothing.is_contiguous());
  CHECK(nothing.clone().shape() == Shape{0});
}

TEST_CASE("contiguous gives the tensor itself where it is contiguous already") {
  const auto a = tensor<int>({{1, 2, 3}, {4, 5, 6}});
  CHECK(a.contiguous().data() == a.data());
  CHECK(a.narrow(0, 1, 1).contiguous().data() == a.data() + 3);
  const auto copy = a.t().contiguous();
  CHECK(copy.data() != a.data());
  CHECK(copy.is_contiguous());
  CHECK(equal(copy, a.t()));
}

TEST_CASE("elements of new tensors lie on a cache line") {
  for (const Index count : {1, 3, 1000, 1 << 20, 3 << 20}) {
    CHECK(reinterpret_cast<std::uintptr_t>(empty<char>({count}).data()) % 64 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(zeros<char>({count}).data()) % 64 == 0);
  }
}
