// SPDX-License-Identifier: MIT
// The forms a dataset may have, and the one function that reads them all.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/data/dataset.hpp>
#include <litorch/data/tensor_dataset.hpp>
#include <litorch/tensor/factory.hpp>

#include <array>
#include <deque>
#include <string>

using namespace litorch;

namespace {

struct Squares {
  Index size() const { return 10; }
  Index get(Index i) const { return i * i; }
};
struct Named {
  std::size_t size() const { return 3; }
  std::string operator[](Index i) const { return "sample " + std::to_string(i); }
};
struct Augmented {
  Index size() const { return 10; }
  std::uint64_t get(Index, SampleRandom& random) const { return random(); }
};
/// Both forms: the one with the generator counts.
struct Either {
  Index size() const { return 1; }
  int get(Index) const { return 1; }
  int get(Index, SampleRandom&) const { return 2; }
};
struct MovedOnly {
  Index size() const { return 2; }
  double get(Index i) const { return value[static_cast<std::size_t>(i)]; }
  std::unique_ptr<double[]> value = std::make_unique<double[]>(2);
};
struct Batched {
  Index size() const { return 4; }
  int get(Index i) const { return static_cast<int>(i); }
  std::vector<Index> get_batch(std::span<const Index> indices) const { return {indices.begin(), indices.end()}; }
};
struct NotConst {
  Index size() const { return 1; }
  int get(Index) { return 1; }
};
struct CopyCounted {
  explicit CopyCounted(int& counter) : copies(&counter) {}
  CopyCounted(const CopyCounted& other) : copies(other.copies) { ++*copies; }
  CopyCounted(CopyCounted&&) = default;
  Index size() const { return 100; }
  Index get(Index i) const { return i; }
  int* copies;
};

}  // namespace

static_assert(Dataset<Squares> && Dataset<Named> && Dataset<Augmented> && Dataset<MovedOnly> && Dataset<Batched>);
static_assert(Dataset<std::vector<Tensor<float>>> && Dataset<std::array<int, 3>> && Dataset<std::deque<std::string>>);
static_assert(Dataset<TensorDataset<float>> && Dataset<AnyDataset<int>>);
static_assert(!Dataset<int> && !Dataset<NotConst> && !Dataset<Tensor<float>>);
static_assert(BatchDataset<Batched> && !BatchDataset<Squares> && !BatchDataset<std::vector<int>>);
static_assert(std::is_same_v<SampleOf<std::vector<Tensor<float>>>, Tensor<float>>);
static_assert(std::is_same_v<SampleOf<Named>, std::string> && std::is_same_v<SampleOf<Augmented>, std::uint64_t>);

TEST_CASE("a sample is read by whichever form the dataset has") {
  CHECK(detail::sample(Squares(), 3, 0, 0) == 9);
  CHECK(detail::sample(Named(), 2, 0, 0) == "sample 2");
  CHECK(detail::sample(Either(), 0, 0, 0) == 2);
  CHECK(detail::sample(std::vector<int>{7, 8}, 1, 0, 0) == 8);
  CHECK(detail::sample(std::deque<std::string>{"a", "b"}, 1, 0, 0) == "b");
  CHECK(detail::sample(MovedOnly(), 1, 0, 0) == 0.0);
}

TEST_CASE("a dataset that takes a generator gets the one of the sample, the epoch and the seed") {
  const Augmented dataset;
  CHECK(detail::sample(dataset, 5, 1, 2) == SampleRandom(1, 2, 5)());
  CHECK(detail::sample(dataset, 5, 1, 2) == detail::sample(dataset, 5, 1, 2));
  CHECK(detail::sample(dataset, 5, 1, 2) != detail::sample(dataset, 5, 1, 3));
  CHECK(detail::sample(dataset, 5, 1, 2) != detail::sample(dataset, 6, 1, 2));
}

TEST_CASE("reading samples copies no dataset, and samples in a vector are read where they are") {
  int copies = 0;
  const CopyCounted dataset(copies);
  Index sum = 0;
  for (std::uint64_t epoch = 0; epoch < 10; ++epoch)
    for (Index i = 0; i < 100; ++i) sum += detail::sample(dataset, i, 0, epoch);
  CHECK(sum == 49'500);
  CHECK(copies == 0);
  const std::vector<std::string> texts{"a", "b"};
  CHECK(&detail::sample(texts, 1, 0, 0) == &texts[1]);
}

TEST_CASE("an index that a range has not is refused") {
  const std::vector<int> numbers(5);
  const auto refused = [](const auto& dataset, Index i) {
    return support::message_of<IndexError>([&] { detail::sample(dataset, i, 0, 0); });
  };
  CHECK(refused(numbers, 5) == "litorch::get(): index 5 is out of range for 5 samples; give 0 to 4");
  CHECK(refused(numbers, -1) == "litorch::get(): index -1 is out of range for 5 samples; give 0 to 4");
  CHECK(refused(std::vector<int>(), 0) ==
        "litorch::get(): index 0 is out of range for 0 samples; the dataset is empty");
}

TEST_CASE("AnyDataset shares a dataset of any type") {
  const AnyDataset<double> first = MovedOnly();
  std::vector<AnyDataset<double>> all{first, std::vector<double>{1, 2, 3}};
  CHECK(all[0].size() == 2);
  CHECK(all[1].size() == 3);
  CHECK(detail::sample(all[1], 2, 0, 0) == 3.0);
  CHECK(detail::sample(AnyDataset<std::uint64_t>(Augmented()), 5, 1, 2) == SampleRandom(1, 2, 5)());
}
