// SPDX-License-Identifier: MIT
// What may be the list of inputs: braces, arrays, lists, views, mixed owners, and ranges that can be read once.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <array>
#include <list>

using namespace litorch;

namespace {

/// Makes its tensors while it is read, and only once.
struct OnePass {
  struct End {};
  struct Iterator {
    using iterator_concept = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = Tensor<int>;
    OnePass* source;
    Tensor<int> operator*() const { return full<int>({1, 2}, source->next); }
    Iterator& operator++() { return ++source->next, *this; }
    void operator++(int) { ++source->next; }
    bool operator==(End) const { return source->next >= 3; }
  };
  int next = 0;
  Iterator begin() { return {this}; }
  End end() { return {}; }
};

const auto kExpected = [] { return tensor<int>({{0, 0}, {1, 1}, {2, 2}}); };
std::vector<Tensor<int>> rows() { return {full<int>({1, 2}, 0), full<int>({1, 2}, 1), full<int>({1, 2}, 2)}; }

}  // namespace

TEST_CASE("arrays, spans and lists of tensors") {
  const auto vector = rows();
  CHECK(equal(cat(vector), kExpected()));
  CHECK(equal(cat(std::span(vector)), kExpected()));
  CHECK(equal(cat(std::array{vector[0], vector[1], vector[2]}), kExpected()));
  CHECK(equal(cat(std::list(vector.begin(), vector.end())), kExpected()));
  CHECK(equal(cat({vector[0], vector[1], vector[2]}), kExpected()));
}

TEST_CASE("views without owners, and read-only tensors") {
  const auto vector = rows();
  const std::vector<TensorView<int>> views(vector.begin(), vector.end());
  const std::vector<TensorView<const int>> read_only_views(vector.begin(), vector.end());
  const std::vector<Tensor<const int>> read_only(vector.begin(), vector.end());
  CHECK(equal(cat(views), kExpected()));
  CHECK(equal(cat(read_only_views), kExpected()));
  const Tensor<int> result = cat(read_only);
  CHECK(equal(result, kExpected()));
}

TEST_CASE("a range that can be read only once") {
  CHECK(equal(cat(OnePass{}), kExpected()));
  OnePass source;
  const auto out = zeros<int>({3, 2});
  cat_into(out, source);
  CHECK(equal(out, kExpected()));
}

TEST_CASE("inputs of different owners join") {
  std::vector<int> mine{1, 1};
  const auto heap = rows()[0], mapped = zeros<int>({1 << 20, 2}).narrow(0, 5, 1);
  CHECK(equal(cat({heap, from_blob(mine.data(), {1, 2}), mapped}), tensor<int>({{0, 0}, {1, 1}, {0, 0}})));
}

TEST_CASE("one input becomes a copy, not a view") {
  const auto a = ones<int>({2, 2});
  const auto joined = cat({a});
  CHECK(joined.data() != a.data());
  CHECK(equal(joined, a));
}

TEST_CASE("growing lists of growing vectors") {
  std::vector<Tensor<std::int8_t>> pieces;
  for (Index n = 1; n <= 3; ++n) pieces.push_back(arange<std::int8_t>(static_cast<std::int8_t>(n)));
  CHECK(equal(cat(pieces), tensor<std::int8_t>({0, 0, 1, 0, 1, 2})));
}
