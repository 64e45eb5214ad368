// SPDX-License-Identifier: MIT
// What does each further thread bring?
#include <support/question.hpp>

namespace litorch::bench {

const bool kThreadsAsked = ask("threads", plain_calls());

}  // namespace litorch::bench
