// SPDX-License-Identifier: MIT
// What does a call cost when there is next to nothing to copy?
#include <support/question.hpp>

namespace litorch::bench {

const bool kTinyAsked = ask("tiny", plain_calls());

}  // namespace litorch::bench
