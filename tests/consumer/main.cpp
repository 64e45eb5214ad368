// SPDX-License-Identifier: MIT
// The whole program of a user: what the consumer projects build, with no flag but those litorch::litorch brings.
#include <litorch/litorch.hpp>

int main() {
  const auto a = litorch::tensor<int>({{1, 2}, {3, 4}});
  const auto whole = litorch::cat({a, a}, 0);
  return whole.size(0) == 4 && whole(3, 1) == 4 ? 0 : 1;
}
