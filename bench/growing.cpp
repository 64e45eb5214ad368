// SPDX-License-Identifier: MIT
// What does it cost not to know how many pieces will come? Timed are a Growable from its start, all appends, the tensor
// at the end and the end of that. "one copy" is cat() of the pieces by somebody who kept them all; so do the peers. All
// pieces were made just before; in "growing" they are given away, and so their end is timed too, but not that of the
// pieces of "one copy".
#include <support/question.hpp>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace litorch::bench {
namespace {

using Pieces = std::vector<Tensor<float>>;

/// Asked is how fast rows are appended, not how fast the system takes back the memory of pieces. Each case has a process
/// of its own.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

template <class E>
JobPtr given_job(const Setup& setup) {
  keep_freed_memory();
  return pieces_job(setup, [](Pieces& pieces) {
    Growable<float> grown;
    for (Tensor<float>& piece : pieces) grown.append(std::move(piece), E());
    return std::move(grown).tensor();
  });
}
template <class E>
JobPtr kept_job(const Setup& setup) {
  keep_freed_memory();
  return pieces_job(setup, [](const Pieces& pieces) {
    Growable<float> grown;
    for (const Tensor<float>& piece : pieces) grown.append(piece, E());
    return std::move(grown).tensor();
  });
}
JobPtr one_copy_job(const Setup& setup) {
  keep_freed_memory();
  return pieces_job(setup, [](const Pieces& pieces) { return cat(pieces, 0); });
}

}  // namespace

const bool kGrowingAsked = ask("growing", {{"litorch", given_job<DefaultExecutor>},
                                           {"litorch 1 thread", given_job<InlineExecutor>},
                                           {"one copy", one_copy_job}});
const bool kGrowingKeptAsked = ask("growing, kept", {{"litorch", kept_job<DefaultExecutor>},
                                                     {"litorch 1 thread", kept_job<InlineExecutor>},
                                                     {"one copy", one_copy_job}});

}  // namespace litorch::bench
