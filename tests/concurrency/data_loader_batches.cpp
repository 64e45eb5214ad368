// SPDX-License-Identifier: MIT
// What a loader delivers: each sample once an epoch, the same bytes for any number of workers, in an order that does not
// depend on them.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

#include <map>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

/// Row i is i, and a number drawn for it.
struct Drawn {
  Index count;
  Index size() const { return count; }
  Tensor<double> get(Index i, SampleRandom& random) const {
    const auto row = empty<double>({2});
    row(0) = static_cast<double>(i);
    row(1) = uniform_real(random);
    return row;
  }
};

template <class Loader>
std::vector<double> bytes_of_epoch(Loader& loader) {
  std::vector<double> all;
  for (const Tensor<double>& batch : loader) all.insert(all.end(), batch.data(), batch.data() + batch.numel());
  return all;
}

struct NotCopyable {
  Tensor<int> rows;
  explicit NotCopyable(Tensor<int> all) : rows(std::move(all)) {}
  NotCopyable(NotCopyable&&) = default;
  Index size() const { return rows.size(0); }
  Tensor<int> get(Index i) const { return rows[i]; }
};

}  // namespace

TEST_CASE("each epoch has each sample once, and its bytes do not depend on the number of workers") {
  std::vector<std::vector<double>> expected(3);
  for (const std::size_t workers : {0u, 1u, 2u, 8u}) {
    DataLoader loader(Drawn{103}, {.batch_size = 8, .shuffle = true, .num_workers = workers, .seed = 7});
    CHECK(loader.size() == 13);
    for (std::size_t epoch = 0; epoch < 3; ++epoch) {
      const std::vector<double> bytes = bytes_of_epoch(loader);
      if (workers == 0) expected[epoch] = bytes;
      CHECK(bytes == expected[epoch]);
      std::vector<int> seen(103);
      for (std::size_t i = 0; i < bytes.size(); i += 2) ++seen[static_cast<std::size_t>(bytes[i])];
      CHECK(seen == std::vector<int>(103, 1));
    }
  }
  CHECK(expected[0] != expected[1]);
  CHECK(expected[1] != expected[2]);
}

TEST_CASE("batches in any order are the batches of the ordered loader") {
  DataLoader ordered(Drawn{50}, {.batch_size = 4, .seed = 3});
  DataLoader loose(Drawn{50}, {.batch_size = 4, .num_workers = 3, .seed = 3, .in_order = false});
  for (int epoch = 0; epoch < 5; ++epoch) {
    std::map<double, double> expected, found;
    for (const auto& batch : ordered) expected[batch(0, 0)] = batch(batch.size(0) - 1, 1);
    for (const auto& batch : loose) found[batch(0, 0)] = batch(batch.size(0) - 1, 1);
    CHECK(found == expected);
  }
}

TEST_CASE("one dataset that cannot be copied serves all workers, and batches that are kept stay as they are") {
  DataLoader loader(NotCopyable(arange<int>(0, 600).reshape({200, 3})), {.batch_size = 7, .num_workers = 8});
  std::vector<Tensor<int>> kept;
  for (int epoch = 0; epoch < 3; ++epoch)
    for (const auto& batch : loader) kept.push_back(batch);
  int wrong = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    const Index first = static_cast<Index>(i) % 29 * 7;
    wrong += !equal(kept[i], loader.dataset().rows.narrow(0, first, std::min<Index>(7, 200 - first)));
  }
  CHECK(kept.size() == 87);
  CHECK(wrong == 0);
  CHECK(equal(cat(loader, 0), loader.dataset().rows));
}

TEST_CASE("a loop that is left early leaves a loader that starts the next epoch from its start") {
  for (const std::size_t workers : {0u, 1u, 2u, 8u}) {
    DataLoader whole(Drawn{40}, {.batch_size = 4, .shuffle = true, .seed = 1});
    DataLoader loader(Drawn{40}, {.batch_size = 4, .shuffle = true, .num_workers = workers, .seed = 1});
    for (int left_after = 0; left_after <= 10; ++left_after) {
      static_cast<void>(bytes_of_epoch(whole));
      int seen = 0;
      for ([[maybe_unused]] const auto& batch : loader)
        if (seen++ == left_after) break;
      CHECK(bytes_of_epoch(loader) == bytes_of_epoch(whole));
    }
  }
}

TEST_CASE("the last batch is shorter, or left out, and an empty dataset has no batch") {
  std::vector<Index> sizes;
  DataLoader all(TensorDataset(arange<int>(10)), {.batch_size = 4, .num_workers = 2});
  for (const auto& batch : all) sizes.push_back(batch.size(0));
  CHECK(sizes == std::vector<Index>{4, 4, 2});
  DataLoader full_only(TensorDataset(arange<int>(10)), {.batch_size = 4, .drop_last = true});
  CHECK(full_only.size() == 2);
  DataLoader none(TensorDataset(empty<int>({0})), {.batch_size = 4, .num_workers = 2});
  for ([[maybe_unused]] const auto& batch : none) CHECK(false);
  CHECK(none.next() == nullptr);
}

TEST_CASE("rows of tensors are gathered as they would be one by one, whatever their strides") {
  const auto images = arange<float>(0, 600).reshape({2, 3, 100}).permute({2, 0, 1});
  const auto labels = arange<int>(100);
  DataLoader loader(TensorDataset(images, labels), {.batch_size = 9, .shuffle = true, .num_workers = 2});
  int wrong = 0;
  for (const auto& [image, label] : loader)
    for (Index k = 0; k < label.size(0); ++k) wrong += !equal(image[k], images[label(k)]);
  CHECK(wrong == 0);
  CHECK(loader.stats().samples == 100);
}

TEST_CASE("options that contradict each other are refused") {
  const TensorDataset data(arange<int>(10));
  CHECK(mentions(message_of<ShapeError>([&] { DataLoader(data, {.batch_size = 0}); }), {"batch size 0"}));
  CHECK(mentions(message_of<Error>([&] { DataLoader(data, {.shuffle = true, .sampler = SequentialSampler(3)}); }),
                 {"sampler and shuffle"}));
  CHECK_THROWS_AS(DataLoader(data, {.prefetch_factor = 0}), Error);
  CHECK_THROWS_AS(DataLoader(data, {.timeout = std::chrono::seconds(-1)}), Error);
}
