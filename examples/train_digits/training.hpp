// SPDX-License-Identifier: MIT
// Gradient descent by workers: threads that share each batch, or processes that each train a replica for an epoch.
#pragma once

#include "data.hpp"
#include "model.hpp"

#include "support/progress.hpp"

#include <functional>
#include <memory>
#include <string>

struct TrainingOptions {
  lt::Workers workers = lt::Workers::threads;
  std::size_t threads = 2;  ///< or processes
  int epochs = 40;
  std::uint64_t seed = 1;
};

struct EpochScores {
  Score training, held_out;
};

/// What descent goes on from: the parameters, and the running mean of their gradients.
struct Descent {
  Parameters weights, momentum;
};

/// One step down. `rate` is that of the step.
inline void step(const Descent& descent, const Parameters& gradients, float rate) {
  constexpr float kKept = 0.9f, kDecay = 1e-4f;
  for (std::size_t at = 0; at < gradients.size(); ++at) {
    auto weights = matrix(descent.weights[at]), momentum = matrix(descent.momentum[at]);
    momentum = kKept * momentum + matrix(gradients[at]) + kDecay * weights;
    weights -= rate * momentum;
  }
}

/// How work is divided does not depend on the number of workers, so neither does any bit of the result.
inline constexpr lt::Index kShares = 4, kBatch = 64;

inline float rate_of(int epoch, int epochs) {
  return 0.05f * (1 - static_cast<float>(epoch) / static_cast<float>(epochs));
}

/// How well the weights do on pictures that are not learnt from; by threads, if there are several.
inline Score evaluate(const Parameters& weights, const HeldOut& held_out) {
  const auto pictures = lt::chunk(held_out.pictures, kShares);
  const auto labels = lt::chunk(held_out.labels, kShares);
  std::vector<Score> scores(pictures.size());
  lt::parallel_for(scores.size(),
                   [&](std::size_t i) { scores[i] = score(forward(weights, pictures[i]).probabilities, labels[i]); });
  Score sum;
  for (const Score& each : scores) sum += each;
  return sum;
}

/// The batches of one share of the digits, made by whoever asks for them: each share has its own, as each machine would.
inline lt::DataLoader<MovedDigits> share_loader(const TrainingOptions& options, const MovedDigits& digits,
                                                lt::Index share) {
  return lt::DataLoader(digits, {.batch_size = kBatch / kShares,
                                 .sampler = lt::DistributedSampler(lt::ShuffledSampler(digits.size(), options.seed),
                                                                   share, kShares, lt::Uneven::drop),
                                 .drop_last = true,
                                 .seed = options.seed});
}

/// Threads: for each step they move the digits of the shares and find their gradients, which are averaged.
class ThreadTraining {
 public:
  ThreadTraining(const TrainingOptions& options, const MovedDigits& digits) : epochs_(options.epochs) {
    for (lt::Index share = 0; share < kShares; ++share) {
      loaders_.push_back(share_loader(options, digits, share));
      gradients_.push_back(zero_parameters());
    }
  }

  Score epoch(Descent& descent, int number, ProgressBar& bar) {
    for (auto& loader : loaders_) loader.set_epoch(static_cast<std::uint64_t>(number));
    const auto steps = static_cast<std::size_t>(loaders_.front().size());
    Score sum;
    for (std::size_t done = 0; done < steps; bar.show(++done, steps)) {
      std::vector<Score> scores(kShares);
      lt::parallel_for(kShares, [&](std::size_t i) {
        const auto& [pictures, labels] = *loaders_[i].next();
        scores[i] = gradient(descent.weights, pictures, labels, gradients_[i]);
      });
      step(descent, lt::average(gradients_), rate_of(number, epochs_));
      for (const Score& score : scores) sum += score;
    }
    return sum;
  }

 private:
  int epochs_;
  std::vector<lt::DataLoader<MovedDigits>> loaders_;
  std::vector<Parameters> gradients_;
};

/// Processes: in each epoch every replica goes on from the same weights, with its own share of the digits, and writes
/// what it has become to its row of a shared tensor; then the rows are averaged.
class ProcessTraining {
 public:
  ProcessTraining(const TrainingOptions& options, const MovedDigits& digits)
      : options_(options), digits_(digits), rows_({kShares, 2 * size_of(zero_parameters())}) {}

  Score epoch(Descent& descent, int number, ProgressBar& bar) {
    const std::vector<lt::Index> replicas{0, 1, 2, 3};
    static_assert(kShares == 4);
    const auto progress = [&bar](std::size_t done, std::size_t total) { bar.show(done, total); };
    lt::ProcessPool pool({.processes = options_.threads, .progress = progress});
    const auto train = [&](lt::Index replica) { return train_replica(descent, replica, number); };
    Score sum;
    for (const Score& score : pool.map(train, replicas)) sum += score;
    take(descent, lt::average(lt::unbind(rows_.tensor())));
    return sum;
  }

 private:
  static lt::Index size_of(const Parameters& parameters) {
    lt::Index size = 0;
    for (const auto& parameter : parameters) size += parameter.numel();
    return size;
  }

  /// In a worker process, which may train several replicas, one after the other: each starts from a copy.
  Score train_replica(const Descent& start, lt::Index replica, int number) const {
    const Descent descent{copy_of(start.weights), copy_of(start.momentum)};
    auto loader = share_loader(options_, digits_, replica);
    loader.set_epoch(static_cast<std::uint64_t>(number));
    const Parameters gradients = zero_parameters();
    Score sum;
    for (const auto& [pictures, labels] : loader) {
      sum += gradient(descent.weights, pictures, labels, gradients);
      step(descent, gradients, rate_of(number, options_.epochs));
    }
    std::vector<lt::Tensor<float>> pieces;
    for (const Parameters& parameters : {descent.weights, descent.momentum})
      for (const auto& parameter : parameters) pieces.push_back(parameter.flatten());
    lt::cat_into(rows_.tensor()[replica], pieces);
    return sum;
  }

  static Parameters copy_of(const Parameters& parameters) {
    Parameters copies;
    for (const auto& parameter : parameters) copies.push_back(parameter.clone());
    return copies;
  }

  /// Parameters from the row that they were joined to.
  static void take(const Descent& descent, const lt::Tensor<float>& row) {
    lt::Index start = 0;
    for (const Parameters& parameters : {descent.weights, descent.momentum})
      for (const auto& parameter : parameters) {
        parameter.copy_(row.narrow(0, start, parameter.numel()).reshape(parameter.shape().dims()));
        start += parameter.numel();
      }
  }

  TrainingOptions options_;
  MovedDigits digits_;
  lt::SharedTensor<float> rows_;
};
