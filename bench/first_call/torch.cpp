// SPDX-License-Identifier: MIT
// Prints how many microseconds the first concatenation of a process takes.
#include <first_call/shapes.hpp>

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

int main() {
  const c10::InferenceMode inference;
  std::vector<at::Tensor> inputs;
  for (int i = 0; i < first_call::kPieces; ++i)
    inputs.push_back(at::ones({first_call::kRows, first_call::kColumns}, at::kFloat));
  return first_call::print_time([&] { return at::cat(inputs, 0); },
                                [](const at::Tensor& out) { return out.data_ptr<float>(); });
}
