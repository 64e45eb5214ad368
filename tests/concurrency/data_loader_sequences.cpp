// SPDX-License-Identifier: MIT
// Samples of unequal length: padded batches and ragged ones, with the rest of the sample beside them.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::mentions;

namespace {

/// Sample i has lengths[i] rows of 3 numbers, and a label.
struct Sentences {
  std::vector<Index> lengths{25, 22, 0, 15, 1, 7};
  Index size() const { return static_cast<Index>(lengths.size()); }
  std::pair<Tensor<float>, int> get(Index i) const {
    const Index length = lengths[static_cast<std::size_t>(i)];
    return {arange<float>(0, static_cast<float>(3 * length)).reshape({length, 3}).clone(), static_cast<int>(i)};
  }
};

template <class Loader, class Piece>
void check_pieces(Loader& loader, Piece piece) {
  const Sentences expected;
  Index at = 0;
  for (const auto& [sequences, labels] : loader)
    for (Index k = 0; k < labels.numel(); ++k, ++at) {
      CHECK(labels(k) == at);
      CHECK(equal(piece(sequences, k), expected.get(at).first));
    }
  CHECK(at == expected.size());
}

}  // namespace

TEST_CASE("sequences of unequal length are padded to the longest of their batch, and can be had back") {
  for (const std::size_t workers : {0u, 3u}) {
    DataLoader loader(Sentences(), {.batch_size = 4, .num_workers = workers}, pad_collate(-1));
    check_pieces(loader, [](const Padded<float>& batch, Index k) { return unpad(batch)[static_cast<std::size_t>(k)]; });
    const auto& [sequences, labels] = *loader.next();
    CHECK(sequences.padded.shape() == Shape{4, 25, 3});
    CHECK(equal(sequences.lengths, tensor<Index>({25, 22, 0, 15})));
    CHECK(equal(sequences.padded.select(0, 2), full<float>({25, 3}, -1)));
  }
}

TEST_CASE("sequences of unequal length lie one behind the other in a ragged batch") {
  for (const std::size_t workers : {0u, 3u}) {
    DataLoader loader(Sentences(), {.batch_size = 4, .num_workers = workers}, ragged_collate());
    check_pieces(loader, [](const Ragged<float>& batch, Index k) { return batch[k]; });
  }
}

TEST_CASE("structures and tuples with sequences in them are collated part by part") {
  struct Sample {
    Tensor<int> tokens;
    std::string text;
    double weight;
  };
  std::vector<Sample> samples;
  std::vector<std::tuple<Tensor<int>, int>> tuples;
  for (int i = 0; i < 5; ++i) {
    samples.push_back({arange<int>(0, i), detail::to_text("text ", i), i / 2.0});
    tuples.emplace_back(arange<int>(0, i), i);
  }
  DataLoader loader(samples, {.batch_size = 5, .num_workers = 1}, pad_collate());
  const auto& [tokens, texts, weights] = *loader.next();
  CHECK(tokens.padded.shape() == Shape{5, 4});
  CHECK(texts[3] == "text 3");
  CHECK(weights(4) == 2.0);
  DataLoader ragged(tuples, {.batch_size = 5}, ragged_collate());
  const auto& [values, numbers] = *ragged.next();
  CHECK(values.values.numel() == 10);
  CHECK(numbers(4) == 4);
}

TEST_CASE("sequences whose rows differ are an error of their batch") {
  const std::vector<Tensor<int>> samples{zeros<int>({2, 3}), zeros<int>({2, 4})};
  DataLoader loader(samples, {.batch_size = 2, .num_workers = 1}, pad_collate());
  CHECK(mentions(support::message_of<SampleError>([&] { loader.next(); }), {"batch failed", "pad_sequence", "(2, 4)"}));
}
