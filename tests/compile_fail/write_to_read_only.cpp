// expect: fill_(\(int\)|': constraints not satisfied)
#include <litorch/litorch.hpp>

int main() {
  const litorch::Tensor<const int> read_only = litorch::zeros<int>({2});
  read_only.fill_(1);
}
