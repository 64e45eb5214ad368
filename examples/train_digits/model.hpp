// SPDX-License-Identifier: MIT
// A network with one hidden layer: what it holds, and how wrong it is about a batch. The arithmetic is Eigen's.
#pragma once

#include <litorch/interop/eigen.hpp>
#include <litorch/litorch.hpp>

#include <cmath>
#include <vector>

namespace lt = litorch;

inline constexpr lt::Index kPixels = 64, kHidden = 256, kDigits = 10;

/// Weights (64, 256), (256, 10) and biases (1, 256), (1, 10), or what there is of the kind for each: gradients.
using Parameters = std::vector<lt::Tensor<float>>;

inline Parameters zero_parameters() {
  return {lt::zeros<float>({kPixels, kHidden}), lt::zeros<float>({1, kHidden}), lt::zeros<float>({kHidden, kDigits}),
          lt::zeros<float>({1, kDigits})};
}

/// Weights that keep the size of what passes through them (He et al., 2015); biases of 0.
inline Parameters initial_parameters(std::uint64_t seed) {
  Parameters parameters = zero_parameters();
  lt::SampleRandom random(seed, 0, -1);
  for (const lt::Tensor<float>& weights : {parameters[0], parameters[2]}) {
    const double limit = std::sqrt(6.0 / static_cast<double>(weights.size(0)));
    for (float& weight : std::span(weights.data(), static_cast<std::size_t>(weights.numel())))
      weight = static_cast<float>(limit * (2 * lt::uniform_real(random) - 1));
  }
  return parameters;
}

/// Sums over pictures.
struct Score {
  double loss = 0;
  lt::Index right = 0, count = 0;

  double mean_loss() const { return loss / static_cast<double>(count); }
  double accuracy() const { return static_cast<double>(right) / static_cast<double>(count); }
  Score& operator+=(const Score& other) {
    loss += other.loss;
    right += other.right;
    count += other.count;
    return *this;
  }
};

/// What the network makes of pictures (n, 64).
struct Activations {
  lt::Tensor<float> hidden;         // (n, 256)
  lt::Tensor<float> probabilities;  // (n, 10)
};

inline auto matrix(const lt::Tensor<float>& tensor) { return lt::as_eigen<Eigen::RowMajor>(tensor); }

inline Activations forward(const Parameters& parameters, const lt::Tensor<float>& pictures) {
  const lt::Index count = pictures.size(0);
  Activations made{lt::zeros<float>({count, kHidden}), lt::zeros<float>({count, kDigits})};
  auto hidden = matrix(made.hidden);
  hidden.noalias() = matrix(pictures) * matrix(parameters[0]);
  hidden.rowwise() += matrix(parameters[1]).row(0);
  hidden = hidden.cwiseMax(0.0f);
  auto scores = matrix(made.probabilities);
  scores.noalias() = hidden * matrix(parameters[2]);
  scores.rowwise() += matrix(parameters[3]).row(0);
  scores.colwise() -= matrix(lt::max(made.probabilities, 1, true)).col(0);  // so that exp() stays finite
  scores = scores.array().exp();
  scores.array().colwise() /= matrix(lt::sum(made.probabilities, 1, true)).col(0).array();
  return made;
}

inline Score score(const lt::Tensor<float>& probabilities, const lt::Tensor<std::int64_t>& labels) {
  Score sum{0, 0, labels.size(0)};
  const lt::Tensor<lt::Index> best = lt::argmax(probabilities, 1);
  for (lt::Index i = 0; i < sum.count; ++i) {
    sum.loss -= std::log(std::max(1e-30, static_cast<double>(probabilities(i, labels(i)))));
    sum.right += best(i) == labels(i);
  }
  return sum;
}

/// The mean gradient of the loss over the pictures, by back-propagation. Sums over pictures are litorch's, whose order
/// is fixed.
inline Score gradient(const Parameters& parameters, const lt::Tensor<float>& pictures,
                      const lt::Tensor<std::int64_t>& labels, const Parameters& result) {
  const Activations made = forward(parameters, pictures);
  const Score sum = score(made.probabilities, labels);
  const lt::Tensor<float>& error = made.probabilities;  // becomes the gradient of the loss by the scores
  for (lt::Index i = 0; i < sum.count; ++i) error(i, labels(i)) -= 1;
  matrix(error) /= static_cast<float>(sum.count);
  const lt::Tensor<float> hidden_error = lt::zeros<float>(made.hidden.shape());
  matrix(hidden_error).noalias() = matrix(error) * matrix(parameters[2]).transpose();
  matrix(hidden_error).array() *= (matrix(made.hidden).array() > 0.0f).cast<float>();
  matrix(result[0]).noalias() = matrix(pictures).transpose() * matrix(hidden_error);
  result[1].copy_(lt::sum(hidden_error, 0, true));
  matrix(result[2]).noalias() = matrix(made.hidden).transpose() * matrix(error);
  result[3].copy_(lt::sum(error, 0, true));
  return sum;
}
