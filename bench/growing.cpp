// SPDX-License-Identifier: MIT
// What does it cost not to know how many pieces will come? Timed are a Growable from its start, all appends, the tensor
// at the end and the end of that. "one copy" is cat() of the pieces by somebody who kept them all; so do the peers.
#include <support/question.hpp>

namespace litorch::bench {
namespace {

template <class E>
JobPtr growing_job(const Setup& setup) {
  return fresh_job([&inputs = setup.inputs()] {
    Growable<float> grown;
    for (const Tensor<float>& input : inputs) grown.append(input, E());
    return std::move(grown).tensor();
  });
}

}  // namespace

const bool kGrowingAsked = ask("growing", {{"litorch", growing_job<DefaultExecutor>},
                                           {"litorch 1 thread", growing_job<InlineExecutor>},
                                           {"one copy", plain_call}});

}  // namespace litorch::bench
