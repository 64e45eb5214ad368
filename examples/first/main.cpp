#include <iostream>
#include <litorch/litorch.hpp>

namespace lt = litorch;

int main() {
  std::vector<lt::Tensor<float>> pieces(3);
  lt::parallel_for(3, [&](std::size_t i) { pieces[i] = lt::full<float>({1, 4}, float(i)); });  // made by threads
  const auto whole = lt::cat(pieces, 0);                                                       // one tensor, no lock
  std::cout << whole << "\n" << lt::cat({whole.t(), lt::ones<float>({4, 1})}, 1).shape() << "\n";
}
