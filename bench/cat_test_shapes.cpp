// SPDX-License-Identifier: MIT
// How do the shapes fare that PyTorch measures its own cat with?
#include <support/question.hpp>

namespace litorch::bench {

const bool kCatTestAsked = ask("cat_test", plain_calls());

}  // namespace litorch::bench
