// SPDX-License-Identifier: MIT
// What does it cost when the inputs lie the other way round in memory?
#include <support/question.hpp>

namespace litorch::bench {

const bool kTransposedAsked = ask("transposed", plain_calls());

}  // namespace litorch::bench
