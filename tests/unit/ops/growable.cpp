// SPDX-License-Identifier: MIT
// Growable: the rows appended so far, in order, whatever the pieces and whoever still looks at older rows.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/random_tensors.hpp"

using namespace support;

namespace {

/// Appends random pieces to a list of values too; true if the rows are those values all the time.
std::string check_growable(std::uint64_t seed) {
  Random random(seed);
  const std::vector<Index> row = random_shape(random, random(0, 3), 12);
  lt::Growable<std::int16_t> rows;
  if (random.chance(50)) rows = lt::Growable<std::int16_t>(lt::Shape(row.begin(), row.end()));
  if (random.chance(30)) rows.reserve(random(0, 100));
  std::vector<std::int16_t> expected;
  std::vector<lt::Tensor<std::int16_t>> views;
  Index count = 0;
  for (Index step = random(0, 30); step > 0; --step) {
    std::vector<Index> extents = row;
    const bool single = count > 0 && row != std::vector<Index>{0} && random.chance(30);  // (0,) adds nothing
    if (!single) extents.insert(extents.begin(), random(0, 9));
    const lt::Tensor<std::int16_t> piece = random_view<std::int16_t>(random, extents, true);
    rows.append(piece);
    for_each_index(extents, [&](const auto& at) { expected.push_back(element(piece.view(), at)); });
    count += single ? 1 : extents[0];
    if (rows.rows() != count) return "count of rows";
    if (random.chance(20)) views.push_back(rows.view());
  }
  for (const auto& view : views)
    if (!std::equal(view.data(), view.data() + view.numel(), expected.begin())) return "an older view";
  const lt::Tensor<std::int16_t> whole = std::move(rows).tensor();
  if (whole.numel() != static_cast<Index>(expected.size()) || !whole.is_contiguous()) return "size";
  if (count > 0 && whole.shape()[0] != count) return "extent of dim 0";
  return std::equal(expected.begin(), expected.end(), whole.data()) ? "" : "values";
}

/// i * 7 + 1 at i, from `first` on.
lt::Tensor<std::int64_t> counted(Index first, Index count) {
  return lt::arange<std::int64_t>(first * 7 + 1, (first + count) * 7 + 1, 7);
}
Index miscounted(const lt::Tensor<std::int64_t>& rows) {
  Index wrong = 0;
  for (Index i = 0; i < rows.numel(); ++i) wrong += rows.data()[i] != i * 7 + 1;
  return wrong;
}

}  // namespace

TEST_CASE("rows appended in any pieces are the rows of the pieces in order") {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    INFO("seed " << seed);
    const std::string fault = check_growable(seed);
    if (!fault.empty()) REQUIRE(fault == "");
  }
  SUCCEED("3,000 cases");
}

TEST_CASE("large rows grow across mappings, with and without a view that holds the old memory") {
  for (const bool hold : {false, true}) {
    for (const Index limit : {Index{1} << 30, Index{0}}) {
      const Index before = lt::memory_stats().cache_limit;
      lt::set_cache_limit(limit);
      lt::Growable<std::int64_t> rows;
      std::vector<lt::Tensor<std::int64_t>> views;
      Index count = 0;
      for (Index i = 0; count < 3'000'000; ++i) {  // 24 MB
        const Index more = i % 10 == 9 ? 200'000 : 1000 + i;
        rows.append(counted(count, more));
        count += more;
        if (hold && i % 7 == 0) views.push_back(rows.view());
      }
      Index wrong = 0;
      for (const auto& view : views) wrong += miscounted(view);
      CHECK(wrong == 0);
      const auto whole = std::move(rows).tensor();
      CHECK(whole.numel() == count);
      CHECK(miscounted(whole) == 0);
      CHECK(rows.rows() == 0);
      lt::set_cache_limit(before);
    }
  }
}

TEST_CASE("rows that have grown before grow again where they were, page by page of what waits there") {
  const Index before = lt::memory_stats().cache_limit;
  lt::empty_cache();
  lt::set_cache_limit(Index{1} << 30);
  const void* first = nullptr;
  for (int round = 0; round < 4; ++round) {
    const Index misses = lt::memory_stats().misses;
    lt::Growable<std::int64_t> rows;
    for (Index i = 0; i < 400; ++i) rows.append(counted(i * 8192, 8192));  // 26 MB in all
    const auto whole = std::move(rows).tensor();
    CHECK(miscounted(whole) == 0);
    if (round >= 2) {
      CHECK(whole.data() == first);
      CHECK(lt::memory_stats().misses == misses);
    }
    first = whole.data();
  }
  lt::empty_cache();
  lt::set_cache_limit(before);
}

TEST_CASE("a tensor that grows by itself doubles") {
  lt::Growable<std::int64_t> rows;
  rows.append(lt::ones<std::int64_t>({3, 2}));
  while (rows.rows() < 700'000) rows.append(rows.view());
  const auto whole = std::move(rows).tensor();
  CHECK(whole.shape() == lt::Shape{786'432, 2});
  CHECK(lt::equal(whole, lt::ones<std::int64_t>({786'432, 2})));
}

TEST_CASE("memory that was reserved is not left while it lasts") {
  for (const Index rows : {Index{10}, Index{1'000'000}}) {
    lt::Growable<std::int64_t> grown(lt::Shape{});
    grown.append(counted(0, 1));
    grown.reserve(rows);
    CHECK(grown.capacity() >= rows);
    const void* const first = grown.view().data();
    for (Index i = 1; i < rows; i += rows / 10) grown.append(counted(i, rows / 10));
    CHECK(grown.view().data() == first);
    grown.reserve(grown.capacity());
    grown.reserve(0);
    CHECK(grown.view().data() == first);
    grown.reserve(grown.capacity() + 1);  // a page more than the memory pool gave
    CHECK(miscounted(std::move(grown).tensor()) == 0);
  }
}

TEST_CASE("a piece of the wrong shape is an error and changes nothing") {
  lt::Growable<float> rows;
  CHECK(mentions(message_of<lt::ShapeError>([&] { rows.append(lt::ones<float>({})); }), {"append()", "scalar"}));
  rows.append(lt::ones<float>({2, 3}));
  for (const lt::Shape& shape : {lt::Shape{2, 4}, lt::Shape{4}, lt::Shape{1, 2, 3}, lt::Shape{}, lt::Shape{0, 4}}) {
    const std::string message = message_of<lt::ShapeError>([&] { rows.append(lt::ones<float>(shape)); });
    CHECK(mentions(message, {"append()", lt::detail::to_text(shape), "expected rows of shape (3,)", "2 rows"}));
  }
  rows.append(lt::Tensor<float>());
  CHECK(lt::equal(rows.view(), lt::ones<float>({2, 3})));
  CHECK_THROWS_AS(rows.reserve(std::numeric_limits<Index>::max()), lt::ShapeError);
  CHECK(lt::equal(std::move(rows).tensor(), lt::ones<float>({2, 3})));
}

TEST_CASE("nothing appended is an empty tensor, and rows without elements are counted") {
  CHECK(lt::Growable<int>().view().shape() == lt::Shape{0});
  CHECK(lt::Growable<int>(lt::Shape{4}).tensor().shape() == lt::Shape{0, 4});
  lt::Growable<int> rows;
  rows.append(lt::empty<int>({3, 0}));
  rows.append(lt::empty<int>({2, 0}));
  lt::Growable<int> moved = std::move(rows);
  CHECK(moved.view().shape() == lt::Shape{5, 0});
  CHECK(rows.rows() == 0);
}
