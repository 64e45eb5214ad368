// SPDX-License-Identifier: MIT
// How much of a copy is left when the pieces are columns of one to four elements and every row is a handful of them?
#include <support/question.hpp>

namespace litorch::bench {

const bool kNarrowAsked = ask("narrow", plain_calls());

}  // namespace litorch::bench
