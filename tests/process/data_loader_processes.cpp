// SPDX-License-Identifier: MIT
// A loader whose workers are processes: the same batches as with threads, and nothing is lost when a process ends.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

using namespace litorch;
using support::mentions;
using support::message_of;

namespace {

/// Sample i: 4 numbers drawn for it, its index, and its name.
struct Drawn {
  struct Sample {
    Tensor<float> x;
    Index index;
    std::string name;
  };
  Index count = 50;
  Index size() const { return count; }
  Sample get(Index i, SampleRandom& random) const {
    return {rand<float>({2, 2}, random), i, detail::to_text("sample ", i)};
  }
};

bool childless() { return ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

DataLoaderOptions options(std::size_t workers, Workers kind = Workers::processes) {
  return {.batch_size = 7, .shuffle = true, .num_workers = workers, .workers = kind, .seed = 3};
}

template <class Loader>
std::string everything(Loader& loader) {
  std::string all;
  for (const auto& [x, index, name] : loader) {
    all += detail::to_text(x.shape(), index.shape());
    all.append(reinterpret_cast<const char*>(x.data()), static_cast<std::size_t>(x.numel()) * sizeof(float));
    all.append(reinterpret_cast<const char*>(index.data()), static_cast<std::size_t>(index.numel()) * sizeof(Index));
    for (const std::string& text : name) all += text + ",";
  }
  return all;
}

/// Sample i is i, and the process of sample 17 comes to grief.
struct Deadly {
  enum class Way { kill, exit, throws, hangs };
  Way way;
  Index count = 60;
  Index size() const { return count; }
  int get(Index i) const {
    if (i == 17 && way == Way::kill) ::raise(SIGKILL);
    if (i == 17 && way == Way::exit) ::_exit(3);
    if (i == 17 && way == Way::throws) throw std::runtime_error("no such thing");
    if (i == 17)
      for (;;) ::pause();
    return static_cast<int>(i);
  }
};

/// All values that arrive in one epoch, and the text of the last error.
template <class Loader>
std::pair<std::vector<int>, std::string> collect(Loader& loader) {
  std::pair<std::vector<int>, std::string> found;
  for (bool more = true; more;) try {
      const Tensor<int>* const batch = loader.next();
      more = batch != nullptr;
      if (more) found.first.insert(found.first.end(), batch->data(), batch->data() + batch->numel());
    } catch (const SampleError& error) {
      found.second = error.what();
    }
  return found;
}

std::vector<int> numbers_without(int first, int last) {
  std::vector<int> all;
  for (int i = 0; i < 60; ++i)
    if (i < first || i >= last) all.push_back(i);
  return all;
}

}  // namespace

TEST_CASE("processes make the batches that threads make, for every number of them, epoch after epoch") {
  DataLoader plain(Drawn(), options(0, Workers::threads));
  std::vector<std::string> expected;
  for (int epoch = 0; epoch < 3; ++epoch) expected.push_back(everything(plain));
  CHECK(expected[0] != expected[1]);
  for (const std::size_t workers : {1u, 2u, 8u}) {
    DataLoader loader(Drawn(), options(workers));
    for (int epoch = 0; epoch < 3; ++epoch) CHECK(everything(loader) == expected[static_cast<std::size_t>(epoch)]);
    loader.set_epoch(1);
    CHECK(everything(loader) == expected[1]);
  }
  CHECK(childless());
}

TEST_CASE("large batches, datasets that make batches, maps and functions of samples come out of processes") {
  const Tensor<int> rows = arange<int>(0, 40 * 3000).reshape({40, 3000});
  DataLoader gathered(TensorDataset<int>(rows), {.batch_size = 8, .num_workers = 2, .workers = Workers::processes});
  CHECK(equal(cat(gathered), rows));

  struct Whole {
    Index size() const { return 20; }
    int get(Index i) const { return static_cast<int>(i); }
    std::map<std::string, Tensor<Index>> get_batch(std::span<const Index> indices) const {
      return {{"indices", tensor<Index>(indices)}};
    }
  };
  DataLoader whole(Whole(), {.batch_size = 6, .num_workers = 1, .workers = Workers::processes});
  Index at = 0, wrong = 0;
  for (const auto& batch : whole)
    for (Index k = 0; k < batch.at("indices").numel(); ++k) wrong += batch.at("indices")(k) != at++;
  CHECK(at == 20);
  CHECK(wrong == 0);

  DataLoader summed(Deadly{Deadly::Way::hangs, 12}, {.batch_size = 4, .num_workers = 2, .workers = Workers::processes},
                    [](const std::vector<int>& samples) {
                      int sum = 0;
                      for (const int sample : samples) sum += sample;
                      return sum;
                    });
  std::vector<int> sums;
  for (const int sum : summed) sums.push_back(sum);
  CHECK(sums == std::vector<int>{6, 22, 38});
}

TEST_CASE("more samples in a batch than a message has room for") {
  DataLoader loader(TensorDataset<int>(arange<int>(0, 50'000)),
                    {.batch_size = 20'000, .num_workers = 2, .workers = Workers::processes});
  CHECK(equal(cat(loader), arange<int>(0, 50'000)));
}

TEST_CASE("a process that ends costs the batch of its sample, with all that is known, and another takes its place") {
  for (const std::size_t workers : {1u, 3u})
    for (const auto way : {Deadly::Way::kill, Deadly::Way::exit, Deadly::Way::throws, Deadly::Way::hangs}) {
      DataLoader loader(Deadly{way}, {.batch_size = 6,
                                      .num_workers = workers,
                                      .workers = Workers::processes,
                                      .timeout = std::chrono::milliseconds(way == Deadly::Way::hangs ? 50 : 20'000)});
      for (int epoch = 0; epoch < 2; ++epoch) {
        const auto [values, text] = collect(loader);
        CHECK(values == numbers_without(12, 18));
        CHECK(mentions(text, {"sample 17", "batch 2", detail::to_text("epoch ", epoch)}));
        if (way == Deadly::Way::kill) CHECK(mentions(text, {"was ended by signal 9 (SIGKILL)"}));
        if (way == Deadly::Way::exit) CHECK(mentions(text, {"exited with code 3"}));
        if (way == Deadly::Way::throws) CHECK(mentions(text, {"no such thing"}));
        if (way == Deadly::Way::hangs) CHECK(mentions(text, {"get(17)", "took over 50 ms"}));
      }
    }
}

TEST_CASE("a sample that ends its process is skipped or replaced, and the others of its batch come") {
  for (const auto way : {Deadly::Way::kill, Deadly::Way::throws, Deadly::Way::hangs}) {
    DataLoaderOptions skipping{.batch_size = 6,
                               .num_workers = 2,
                               .workers = Workers::processes,
                               .timeout = std::chrono::milliseconds(100),
                               .on_error = OnError::skip};
    DataLoader skip(Deadly{way}, skipping);
    CHECK(collect(skip).first == numbers_without(17, 18));
    CHECK(skip.failures().size() == 1);
    skipping.on_error = OnError::replace;
    DataLoader replace(Deadly{way}, skipping), again(Deadly{way}, skipping);
    const std::vector<int> values = collect(replace).first;
    REQUIRE(values.size() == 60);
    CHECK(values[17] != 17);
    CHECK(values[16] == 16);
    CHECK(collect(again).first == values);
  }
}

TEST_CASE("a batch that a dataset makes at once may end the process, or take too long") {
  struct Whole {
    bool hangs;
    Index size() const { return 12; }
    int get(Index i) const { return static_cast<int>(i); }
    Tensor<Index> get_batch(std::span<const Index> indices) const {
      if (indices[0] == 4 && !hangs) ::raise(SIGKILL);
      if (indices[0] == 4)
        for (;;) ::pause();
      return tensor<Index>(indices);
    }
  };
  for (const bool hangs : {false, true})
    for (const auto on_error : {OnError::raise, OnError::skip}) {
      DataLoader loader(Whole{hangs}, {.batch_size = 4,
                                       .num_workers = 2,
                                       .workers = Workers::processes,
                                       .timeout = std::chrono::milliseconds(hangs ? 50 : 20'000),
                                       .on_error = on_error});
      std::vector<Index> firsts;
      int raised = 0;
      for (bool more = true; more;) try {
          const Tensor<Index>* const batch = loader.next();
          more = batch != nullptr;
          if (more) firsts.push_back(batch->data()[0]);
        } catch (const SampleError& error) {
          ++raised;
          CHECK(error.batch() == 1);
        }
      CHECK(firsts == std::vector<Index>{0, 8});
      CHECK(raised == (on_error == OnError::raise));
    }
}

TEST_CASE("a loader of processes ends in the midst of a sample that never ends, and leaves no process") {
  {
    DataLoader loader(Deadly{Deadly::Way::hangs}, {.batch_size = 6, .num_workers = 3, .workers = Workers::processes});
    for (int k = 0; k < 2; ++k) CHECK(loader.next() != nullptr);
  }
  CHECK(childless());
}

TEST_CASE("batches that cannot leave a process are refused at the start") {
  struct Pointed {
    Index size() const { return 3; }
    int get(Index i) const { return static_cast<int>(i); }
  };
  const auto collate = [](const std::vector<int>& samples) { return std::make_unique<int>(samples[0]); };
  CHECK(mentions(message_of<Error>(
                     [&] { DataLoader loader(Pointed(), {.num_workers = 1, .workers = Workers::processes}, collate); }),
                 {"DataLoader()", "cannot leave the process", "use threads"}));
}
