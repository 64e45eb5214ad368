// SPDX-License-Identifier: MIT
// What does joining cost when the pieces are not needed any more? Timed are the call on a vector of pieces made before,
// in which pages move instead of being copied, and the end of the result. The peers have no such call: they copy.
#include <support/question.hpp>

namespace litorch::bench {
namespace {

template <class E>
JobPtr consuming_job(const Setup& setup) {
  return pieces_job(
      setup, [dim = setup.what().dim](std::vector<Tensor<float>>& pieces) { return cat(std::move(pieces), dim, E()); });
}

}  // namespace

const bool kConsumingAsked = ask(
    "consuming", {{"litorch", consuming_job<DefaultExecutor>}, {"litorch 1 thread", consuming_job<InlineExecutor>}});

}  // namespace litorch::bench
