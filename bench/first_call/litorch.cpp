// SPDX-License-Identifier: MIT
// Prints how many microseconds the first concatenation of a process takes.
#include <first_call/shapes.hpp>
#include <litorch/litorch.hpp>

#include <vector>

int main() {
  namespace lt = litorch;
  std::vector<lt::Tensor<float>> inputs;
  for (int i = 0; i < first_call::kPieces; ++i)
    inputs.push_back(lt::ones<float>({first_call::kRows, first_call::kColumns}));
  return first_call::print_time([&] { return lt::cat(inputs, 0); },
                                [](const lt::Tensor<float>& out) { return out.data(); });
}
