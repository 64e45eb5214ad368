// SPDX-License-Identifier: MIT
// Datasets made of datasets.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/data/dataset_adaptors.hpp>

#include <limits>
#include <memory>
#include <string>

using namespace litorch;
using support::message_of;

namespace {

struct CountedSquares {
  Index count;
  Index size() const { return count; }
  Index get(Index i) const { return i * i; }
};
struct Noise {
  Index size() const { return 4; }
  std::uint64_t get(Index, SampleRandom& random) const { return random(); }
};
struct MovedPair {
  explicit MovedPair(Index first) : value(std::make_unique<Index>(first)) {}
  Index size() const { return 2; }
  Index get(Index i) const { return *value + i; }
  std::unique_ptr<Index> value;
};

template <class D>
std::vector<SampleOf<D>> all(const D& dataset) {
  std::vector<SampleOf<D>> samples;
  for (Index i = 0; i < dataset.size(); ++i) samples.push_back(detail::sample(dataset, i, 0, 0));
  return samples;
}

}  // namespace

TEST_CASE("a ConcatDataset has the samples of one dataset after the other, empty ones included") {
  for (const std::vector<Index>& sizes :
       {std::vector<Index>{3}, {2, 0, 3}, {0, 0, 1}, {1, 0}, {0}, {}, {5, 1, 1, 0, 0, 4}}) {
    std::vector<std::vector<Index>> datasets;
    std::vector<Index> expected;
    for (const Index size : sizes) {
      auto& dataset = datasets.emplace_back();
      for (Index i = 0; i < size; ++i) {
        dataset.push_back(static_cast<Index>(expected.size()) * 7);
        expected.push_back(dataset.back());
      }
    }
    CHECK(all(ConcatDataset(std::move(datasets))) == expected);
  }
}

TEST_CASE("a ConcatDataset is made of datasets one by one, of one type or of one sample type") {
  const ConcatDataset same(MovedPair(10), MovedPair(20));
  static_assert(std::is_same_v<decltype(same), const ConcatDataset<MovedPair>>);
  CHECK(all(same) == std::vector<Index>{10, 11, 20, 21});
  const ConcatDataset mixed(CountedSquares{3}, MovedPair(20), std::vector<Index>{7});
  static_assert(std::is_same_v<decltype(mixed), const ConcatDataset<AnyDataset<Index>>>);
  CHECK(all(mixed) == std::vector<Index>{0, 1, 4, 20, 21, 7});
}

TEST_CASE("a ConcatDataset refuses indices it has not, and sizes that cannot be") {
  const ConcatDataset dataset(CountedSquares{3}, CountedSquares{2});
  CHECK(dataset.get(4) == 1);
  CHECK(message_of<IndexError>([&] { dataset.get(5); }) ==
        "litorch::ConcatDataset::get(): index 5 is out of range for 5 samples; give 0 to 4");
  CHECK_THROWS_AS(dataset.get(-1), IndexError);
  CHECK(message_of<ShapeError>([] { ConcatDataset(CountedSquares{3}, CountedSquares{-2}); }) ==
        "litorch::ConcatDataset(): input 1 has a negative size of -2");
  CHECK(message_of<ShapeError>(
            [] { ConcatDataset(CountedSquares{3}, CountedSquares{std::numeric_limits<Index>::max()}); }) ==
        "litorch::ConcatDataset(): input 1 has size 9223372036854775807; with the 3 samples before it, that is more "
        "than 2^63 - 1");
}

TEST_CASE("a SubsetDataset has the samples at its indices") {
  const SubsetDataset dataset(CountedSquares{10}, {3, 0, 3, 9});
  CHECK(all(dataset) == std::vector<Index>{9, 0, 9, 81});
  CHECK(dataset.get(3) == 81);
  CHECK(all(SubsetDataset(MovedPair(5), {1})) == std::vector<Index>{6});
  CHECK(message_of<IndexError>([&] { dataset.get(4); }) ==
        "litorch::SubsetDataset::get(): index 4 is out of range for 4 samples; give 0 to 3");
  CHECK(message_of<IndexError>([] {
          SubsetDataset(CountedSquares{10}, {1, 10});
        }) == "litorch::SubsetDataset(): input 1 is index 10, out of range for 10 samples");
  CHECK_THROWS_AS(SubsetDataset(CountedSquares{10}, {-1}), IndexError);
}

TEST_CASE("map_dataset applies a function to each sample when it is read") {
  int calls = 0;
  const auto dataset = map_dataset(CountedSquares{4}, [&calls](Index square) {
    ++calls;
    return std::to_string(square);
  });
  CHECK(calls == 0);
  CHECK(dataset.get(2) == "4");
  CHECK(calls == 1);
  CHECK(all(dataset) == std::vector<std::string>{"0", "1", "4", "9"});
  CHECK(all(map_dataset(std::vector<int>{1, 2}, [](const int& value) -> const int& { return value; })) ==
        std::vector<int>{1, 2});
}

TEST_CASE("a function that takes a generator gets that of the outer index, once for the whole chain") {
  const auto noisy = map_dataset(CountedSquares{4}, [](Index square, SampleRandom& random) {
    return static_cast<std::uint64_t>(square) + random();
  });
  static_assert(!detail::PlainDataset<decltype(noisy)>);
  CHECK(detail::sample(noisy, 3, 1, 2) == 9 + SampleRandom(1, 2, 3)());

  const auto chain = map_dataset(Noise(), [](std::uint64_t drawn, SampleRandom& random) { return drawn - random(); });
  SampleRandom random(1, 2, 3);
  const std::uint64_t first = random();
  CHECK(detail::sample(chain, 3, 1, 2) == first - random());

  const SubsetDataset subset(Noise(), {2, 2});
  static_assert(!detail::PlainDataset<SubsetDataset<Noise>>);
  CHECK(detail::sample(subset, 1, 1, 2) == SampleRandom(1, 2, 1)());
  CHECK(detail::sample(subset, 0, 1, 2) != detail::sample(subset, 1, 1, 2));
  CHECK(detail::sample(ConcatDataset(Noise(), Noise()), 6, 1, 2) == SampleRandom(1, 2, 6)());
}
