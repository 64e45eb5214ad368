// SPDX-License-Identifier: MIT
// How near to a plain copy is a concatenation into memory that is there and warm?
#include <support/question.hpp>

namespace litorch::bench {

const bool kCatIntoAsked = ask("cat_into", plain_calls());

}  // namespace litorch::bench
