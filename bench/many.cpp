// SPDX-License-Identifier: MIT
// What does an input cost when there are thousands of small ones?
#include <support/question.hpp>

namespace litorch::bench {

const bool kManyAsked = ask("many", plain_calls());

}  // namespace litorch::bench
