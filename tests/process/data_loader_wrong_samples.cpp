// SPDX-License-Identifier: MIT
// Samples that cannot be in one batch with others: an error with the sample, from threads and from processes, and the
// other batches come.
#include "support/catch.hpp"
#include "support/error_message.hpp"

#include <litorch/litorch.hpp>

#include <map>

using namespace litorch;
using support::mentions;

namespace {

enum class Wrong { shape, rank, huge, key, elements };

/// Sample i is 3 times i under two keys; sample 9 is wrong.
struct Rows {
  Wrong wrong;
  Index size() const { return 16; }
  std::map<std::string, Tensor<float>> get(Index i) const {
    auto row = full<float>({3}, static_cast<float>(i));
    if (i == 9 && wrong == Wrong::shape) row = ones<float>({4});
    if (i == 9 && wrong == Wrong::rank) row = ones<float>({3, 1});
    if (i == 9 && wrong == Wrong::elements) row = ones<float>({0});
    if (i == 9 && wrong == Wrong::huge) row = ones<float>({1}).expand({Index{1} << 55});
    return {{"a", row}, {i == 9 && wrong == Wrong::key ? "c" : "b", row}};
  }
};

}  // namespace

TEST_CASE("a sample of another shape or of other keys, or without end, is an error that names it") {
  const std::pair<Wrong, std::string> rows[] = {{Wrong::shape, "(4,)"},
                                                {Wrong::rank, "(3, 1)"},
                                                {Wrong::huge, "(36028797018963968,)"},
                                                {Wrong::key, "keys"},
                                                {Wrong::elements, "(0,)"}};
  for (const auto kind : {Workers::threads, Workers::processes})
    for (const std::size_t workers : {0u, 2u})
      for (const auto& [wrong, text] : rows) {
        CAPTURE(static_cast<int>(wrong), workers, static_cast<int>(kind));
        DataLoader loader(Rows{wrong}, {.batch_size = 4, .num_workers = workers, .workers = kind});
        std::vector<float> firsts;
        int raised = 0;
        for (bool more = true; more;) try {
            const auto* const batch = loader.next();
            more = batch != nullptr;
            if (more) firsts.push_back(batch->at("a")(0, 0));
          } catch (const SampleError& error) {
            ++raised;
            CHECK(error.batch() == 2);
            if (workers == 0 || kind == Workers::processes) {
              CHECK(error.sample() == 9);
              CHECK(mentions(error.what(), {"sample 9", text}));
            }
          }
        CHECK(raised == 1);
        CHECK(firsts == std::vector<float>{0, 4, 12});
      }
}

TEST_CASE("a first sample without end is an error of its batch, whatever makes the batch") {
  struct Huge {
    Index size() const { return 2; }
    Tensor<float> get(Index i) const { return ones<float>({1}).expand({i == 0 ? Index{1} << 55 : 3}); }
  };
  for (const auto kind : {Workers::threads, Workers::processes})
    for (const std::size_t workers : {0u, 1u}) {
      DataLoader loader(Huge(), {.num_workers = workers, .workers = kind});
      CHECK_THROWS_AS(loader.next(), SampleError);
      CHECK(loader.next()->numel() == 3);
      CHECK(loader.next() == nullptr);
    }
}
