// SPDX-License-Identifier: MIT
// How fast is a concatenation whose output is new? Most are; the kernel hands out a page for the first time at a
// fraction of the speed of a copy, so this is a question about memory as much as about copying.
#include <support/question.hpp>

namespace litorch::bench {

const bool kCatAsked = ask("cat", plain_calls());

}  // namespace litorch::bench
