// SPDX-License-Identifier: MIT
// The plain samplers, and AnySampler around them.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/data/any_sampler.hpp>

#include <algorithm>
#include <list>
#include <numeric>
#include <span>

using namespace litorch;
using support::message_of;

namespace {

template <class S>
std::vector<Index> order(const S& sampler, std::uint64_t epoch) {
  std::vector<Index> indices;
  for (Index position = 0; position < sampler.size(); ++position) indices.push_back(sampler.index(epoch, position));
  return indices;
}

std::vector<Index> sorted(std::vector<Index> indices) {
  std::sort(indices.begin(), indices.end());
  return indices;
}

std::vector<Index> counted(Index n) {
  std::vector<Index> indices(static_cast<std::size_t>(n));
  std::iota(indices.begin(), indices.end(), Index{0});
  return indices;
}

/// As a user writes one; can be moved only.
struct Backwards {
  explicit Backwards(int n) : last(std::make_unique<int>(n - 1)) {}
  int size() const { return *last + 1; }
  Index index(std::uint64_t, Index position) const { return *last - position; }
  std::unique_ptr<int> last;
};

}  // namespace

static_assert(Sampler<SequentialSampler> && Sampler<ShuffledSampler> && Sampler<SubsetSampler<>> &&
              Sampler<AnySampler>);
static_assert(Sampler<Backwards> && !Sampler<std::vector<Index>> && !Sampler<int>);
static_assert(std::is_convertible_v<ShuffledSampler, AnySampler> && std::is_convertible_v<std::list<int>, AnySampler>);
static_assert(!std::is_convertible_v<std::vector<bool>, AnySampler> && !std::is_convertible_v<int, AnySampler>);
static_assert(!std::is_convertible_v<std::vector<double>, AnySampler>);

TEST_CASE("a sequential sampler counts") {
  CHECK(order(SequentialSampler(5), 3) == counted(5));
  CHECK(SequentialSampler(0).size() == 0);
  CHECK(message_of<ShapeError>([] { SequentialSampler(-1); }) ==
        "litorch::SequentialSampler(): size -1; give 0 to 2^62");
}

TEST_CASE("a shuffled sampler has each index once, in an order of its own for each epoch and seed") {
  const ShuffledSampler sampler(1000, 5);
  const auto first = order(sampler, 0), second = order(sampler, 1);
  CHECK(sorted(first) == counted(1000));
  CHECK(sorted(second) == counted(1000));
  CHECK(first != second);
  CHECK(first != counted(1000));
  CHECK(first != order(ShuffledSampler(1000, 6), 0));
  CHECK(first == order(ShuffledSampler(1000, 5), 0));
  CHECK_THROWS_AS(ShuffledSampler(-1), ShapeError);
}

TEST_CASE("shuffled orders are those of the reference") {
  CHECK(order(ShuffledSampler(10, 5), 0) == std::vector<Index>{7, 2, 6, 5, 3, 0, 4, 9, 8, 1});
  CHECK(order(ShuffledSampler(10, 5), 1) == std::vector<Index>{4, 0, 1, 3, 8, 5, 7, 2, 9, 6});
}

TEST_CASE("a subset sampler keeps the order of its list, or shuffles it with a seed") {
  const std::vector<Index> list{7, 3, 3, 9, 100};
  CHECK(order(SubsetSampler(list), 4) == list);
  const SubsetSampler shuffled(counted(50), 1);
  CHECK(sorted(order(shuffled, 0)) == counted(50));
  CHECK(order(shuffled, 0) != order(shuffled, 1));
  CHECK(sorted(order(SubsetSampler(list, 2), 0)) == sorted(list));
}

TEST_CASE("a subset sampler looks through views, takes over vectors of Index and copies other ranges") {
  std::vector<Index> list{4, 5, 6};
  const SubsetSampler view(std::span<const Index>{list});
  const SubsetSampler copy(list);
  list[0] = 40;
  CHECK(order(view, 0) == std::vector<Index>{40, 5, 6});
  CHECK(order(copy, 0) == std::vector<Index>{4, 5, 6});
  const Index* const elements = list.data();
  const SubsetSampler moved(std::move(list));
  static_assert(std::is_same_v<decltype(moved), const SubsetSampler<std::vector<Index>>>);
  CHECK(elements[0] == moved.index(0, 0));
  CHECK(order(SubsetSampler(std::list<short>{3, 1}), 0) == std::vector<Index>{3, 1});
}

TEST_CASE("AnySampler holds none, any sampler or any range of integers") {
  AnySampler sampler;
  CHECK_FALSE(sampler);
  sampler = Backwards(3);
  CHECK(sampler);
  CHECK(order(sampler, 0) == std::vector<Index>{2, 1, 0});
  const AnySampler shared = sampler;
  sampler = std::vector<int>{8, 9};
  CHECK(order(sampler, 0) == std::vector<Index>{8, 9});
  CHECK(order(shared, 0) == std::vector<Index>{2, 1, 0});
  std::vector<Index> lvalue{1, 2};
  sampler = lvalue;
  lvalue[0] = 10;
  CHECK(order(sampler, 0) == std::vector<Index>{1, 2});
}

TEST_CASE("AnySampler gives many indices at once as it gives them one by one") {
  const AnySampler sampler = ShuffledSampler(1000, 3);
  std::vector<Index> some(300);
  sampler.indices(7, 650, some);
  const std::vector<Index> whole = order(sampler, 7);
  CHECK(std::equal(some.begin(), some.end(), whole.begin() + 650));
}
