// SPDX-License-Identifier: MIT
// state() and restore(): a loader goes on where another one was, whatever the number of workers.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

TensorDataset<int> data(Index count) { return TensorDataset(arange<int>(0, static_cast<int>(count))); }

DataLoaderOptions resume_options(std::size_t workers, bool in_order = true) {
  return {.batch_size = 5, .shuffle = true, .num_workers = workers, .seed = 11, .in_order = in_order};
}

template <class Loader>
void take(Loader& loader, Index batches, std::vector<int>& into) {
  for (Index k = 0; k < batches; ++k) {
    const Tensor<int>* const batch = loader.next();
    if (batch == nullptr) return;
    into.insert(into.end(), batch->data(), batch->data() + batch->numel());
  }
}

}  // namespace

TEST_CASE("a loader that is restored delivers what the other would have, batch by batch, also twice") {
  DataLoader whole(data(48), resume_options(0));
  std::vector<int> expected;
  take(whole, 10, expected);
  CHECK(whole.next() == nullptr);
  take(whole, 10, expected);
  for (Index stop = 0; stop <= 10; ++stop) {
    std::vector<int> found;
    DataLoader first(data(48), resume_options(2));
    take(first, stop, found);
    DataLoader second(data(48), resume_options(stop % 2 == 0 ? 5 : 0));
    second.restore(LoaderState::parse(first.state().to_string()));
    take(second, 3, found);
    DataLoader third(data(48), resume_options(1));
    third.restore(second.state());
    take(third, 10, found);
    if (stop < 7) CHECK(third.next() != nullptr);
    const std::size_t rest = std::min(found.size(), expected.size());
    CHECK(std::equal(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(rest), expected.begin()));
    CHECK(rest >= 48);
  }
}

TEST_CASE("what was delivered out of order is not delivered again") {
  for (Index stop = 0; stop <= 10; ++stop) {
    std::vector<int> found;
    DataLoader first(data(48), resume_options(3, false));
    take(first, stop, found);
    DataLoader second(data(48), resume_options(2, stop % 2 == 0));
    second.restore(first.state());
    if (stop < 10) take(second, 10, found);
    std::sort(found.begin(), found.end());
    bool once = found.size() == 48;
    for (std::size_t i = 0; once && i < 48; ++i) once = found[i] == static_cast<int>(i);
    CHECK(once);
  }
}

TEST_CASE("a state of other data or options is refused, and so is text that is no state") {
  DataLoader loader(data(48), resume_options(0));
  const LoaderState good = loader.state();
  const auto refusal = [&](auto change) {
    LoaderState state = good;
    change(state);
    return message_of<Error>([&] { loader.restore(state); });
  };
  CHECK(mentions(refusal([](LoaderState& state) { state.samples = 47; }), {"samples 47", "48"}));
  CHECK(mentions(refusal([](LoaderState& state) { state.batch_size = 4; }), {"batch size 4", "5"}));
  CHECK(mentions(refusal([](LoaderState& state) { state.seed = 1; }), {"seed 1", "11"}));
  CHECK(mentions(refusal([](LoaderState& state) { state.delivered = 11; }), {"11 batches"}));
  CHECK(mentions(refusal([](LoaderState& state) { state.fingerprint ^= 1; }), {"fingerprint of other data"}));
  CHECK(LoaderState::parse(good.to_string()) == good);
  std::string text = good.to_string();
  for (const std::string& bad : {std::string(), std::string("x"), text.substr(0, text.size() - 2), text + " 3",
                                 "litorch-loader 9" + text.substr(16)})
    CHECK_THROWS_AS(LoaderState::parse(bad), Error);
}

TEST_CASE("a state tells other data and another order, also of the same sizes") {
  const auto refuses = [](const LoaderState& state, auto&& loader) {
    return mentions(message_of<Error>([&] { loader.restore(state); }), {"fingerprint"});
  };
  const DataLoaderOptions shuffled = resume_options(2), plain{.batch_size = 5, .seed = 11};
  for (const std::uint64_t epoch : {0u, 3u}) {
    DataLoader loader(data(48), shuffled);
    loader.set_epoch(epoch);
    std::vector<int> found;
    take(loader, 3, found);
    const LoaderState state = loader.state();
    CHECK(refuses(state, DataLoader(data(48), plain)));
    CHECK(refuses(state, DataLoader(TensorDataset(zeros<float>({48, 2})), shuffled)));
    CHECK(refuses(state, DataLoader(std::vector<int>(48), shuffled)));
    CHECK(refuses(state,
                  DataLoader(map_dataset(TensorDataset(zeros<double>({48})), [](auto x) { return x; }), shuffled)));
    DataLoaderOptions other_order{.batch_size = 5, .seed = 11};
    other_order.sampler = ShuffledSampler(48, 12);
    CHECK(refuses(state, DataLoader(data(48), other_order)));
    DataLoader(data(48), resume_options(0)).restore(state);
  }
}

TEST_CASE("two workers become eight and eight two, and draws of samples are those of one run") {
  struct Drawn {
    Index size() const { return 100; }
    Index get(Index i, SampleRandom& random) const { return static_cast<Index>(random() >> 8) * 100 + i; }
  };
  DataLoader whole(Drawn(), resume_options(0));
  std::vector<Index> expected;
  for (const auto& batch : whole) expected.insert(expected.end(), batch.data(), batch.data() + batch.numel());
  for (const auto& [before, after] : {std::pair<std::size_t, std::size_t>{2, 8}, {8, 2}})
    for (Index stop = 1; stop < 20; ++stop) {
      std::vector<Index> found;
      const auto go_on = [&](std::size_t workers, Index batches, const LoaderState* from) {
        DataLoader loader(Drawn(), resume_options(workers));
        if (from != nullptr) loader.restore(*from);
        for (Index k = 0; k < batches; ++k) {
          const auto* const batch = loader.next();
          if (batch == nullptr) break;
          found.insert(found.end(), batch->data(), batch->data() + batch->numel());
        }
        return loader.state();
      };
      const LoaderState state = go_on(before, stop, nullptr);
      go_on(after, 20 - stop, &state);
      CHECK(found == expected);
    }
}

TEST_CASE("a state of a thousand million samples is restored at once") {
  struct Huge {
    Index size() const { return 1'000'000'000; }
    Index get(Index i) const { return i; }
  };
  DataLoader first(Huge(), {.batch_size = 1000, .shuffle = true, .seed = 4});
  LoaderState state = first.state();
  state.delivered = 999'999;
  first.restore(state);
  CHECK(first.next()->numel() == 1000);
  CHECK(first.next() == nullptr);
}
