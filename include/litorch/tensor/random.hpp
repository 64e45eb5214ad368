// SPDX-License-Identifier: MIT
// Random tensors from the generators and distributions of the standard library.
#pragma once

#include <litorch/tensor/tensor.hpp>

#include <random>

namespace litorch {
namespace detail {

/// One generator a thread, seeded by the system.
inline std::mt19937_64& thread_generator() {
  thread_local std::mt19937_64 generator{std::random_device{}()};
  return generator;
}

template <class T, class Distribution, class Generator>
Tensor<T> drawn(const char* call, const Shape& shape, Distribution distribution, Generator& generator) {
  Tensor<T> result = Tensor<T>::uninitialized(call, shape);
  for (Index i = 0; i < result.numel(); ++i) result.data()[i] = static_cast<T>(distribution(generator));
  return result;
}

}  // namespace detail

/// Uniform values from [0, 1). With a generator the values depend on its state alone; without one they differ from run
/// to run. Throws ShapeError, std::bad_alloc.
template <std::floating_point T, std::uniform_random_bit_generator Generator = std::mt19937_64>
Tensor<T> rand(const Shape& shape, Generator& generator = detail::thread_generator()) {
  return detail::drawn<T>("rand", shape, std::uniform_real_distribution<T>(), generator);
}

/// Normal values of mean 0 and variance 1; otherwise as rand().
template <std::floating_point T, std::uniform_random_bit_generator Generator = std::mt19937_64>
Tensor<T> randn(const Shape& shape, Generator& generator = detail::thread_generator()) {
  return detail::drawn<T>("randn", shape, std::normal_distribution<T>(), generator);
}

}  // namespace litorch
