// SPDX-License-Identifier: MIT
// What all contestants of a case share: the inputs, the output for those that write into one, and the right answer.
#pragma once

#include <litorch/litorch.hpp>
#include <support/cases.hpp>

#include <span>
#include <vector>

namespace litorch::bench {

class Setup {
 public:
  explicit Setup(const Case& what);

  const Case& what() const { return *what_; }
  const std::vector<Tensor<float>>& inputs() const { return inputs_; }
  const Shape& shape() const { return out_.shape(); }
  const Tensor<float>& out() const { return out_; }
  /// As many threads as everybody may use.
  std::size_t threads() const { return threads_; }
  /// The elements of the result, row-major, put there one by one.
  std::span<const float> expected() const { return expected_; }
  bool is_expected(const float* found) const;

 private:
  const Case* what_;
  std::size_t threads_;
  std::vector<Tensor<float>> inputs_;
  Tensor<float> out_;
  std::vector<float> expected_;
};

}  // namespace litorch::bench
