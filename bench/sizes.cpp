// SPDX-License-Identifier: MIT
// At which size does what win? 1 KiB to 1 GiB, in eight pieces.
#include <support/question.hpp>

namespace litorch::bench {

const bool kSizeAsked = ask("size", plain_calls());

}  // namespace litorch::bench
