// SPDX-License-Identifier: MIT
// What do gaps between the rows, or between the elements, of the inputs cost?
#include <support/question.hpp>

namespace litorch::bench {

const bool kStridedAsked = ask("strided", plain_calls());

}  // namespace litorch::bench
