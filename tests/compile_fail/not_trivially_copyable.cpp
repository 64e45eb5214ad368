// expect: T must be trivially copyable, because elements are moved as bytes
#include <litorch/tensor/factory.hpp>

#include <string>

int main() { litorch::zeros<std::string>({2}); }
