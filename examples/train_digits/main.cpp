// SPDX-License-Identifier: MIT
// Digits from shards on disk are normalised and moved by workers, and teach a small network what digits look like:
//
//   train_digits examples/data/digits --threads 2
//
// prints
//
//   1300 digits to learn from, 497 held out; pixels 4.89 +- 6.01
//   epoch  1: loss 1.418, right  49.6 %; held out: loss 0.582, right  82.5 %
//   ...
//   epoch 40: loss 0.086, right  98.2 %; held out: loss 0.126, right  96.4 %
//   held out: 479 of 497 right, 96.4 %; weights eaea731e1c2613e2
//
// Other compilers and processors round otherwise, which shows in the last digits and in the checksum of the weights.
#include "chart.hpp"
#include "training.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>
#include <map>

namespace {

struct Options {
  std::string folder = "examples/data/digits", output;
  TrainingOptions training;
};

/// FNV-1a of the bytes: equal weights have equal ones.
std::uint64_t checksum(const Parameters& parameters) {
  std::uint64_t sum = 0xcbf29ce484222325;
  for (const auto& parameter : parameters)
    for (const std::byte byte : std::as_bytes(std::span(parameter.data(), static_cast<std::size_t>(parameter.numel()))))
      sum = (sum ^ static_cast<std::uint64_t>(byte)) * 0x100000001b3;
  return sum;
}

/// By the workers: each sums up shards.
Normalisation measure(const Shards& shards, const TrainingOptions& options) {
  if (options.workers == lt::Workers::processes)
    return Normalisation(lt::ProcessPool({.processes = options.threads}).map(pixel_sums, shards.images));
  std::vector<PixelSums> sums(shards.images.size());
  lt::parallel_for(sums.size(), [&](std::size_t shard) { sums[shard] = pixel_sums(shards.images[shard]); });
  return Normalisation(sums);
}

template <class Training>
std::vector<EpochScores> train(const Options& options, Training training, Descent& descent, const HeldOut& held_out) {
  std::vector<EpochScores> history;
  for (int epoch = 0; epoch < options.training.epochs; ++epoch) {
    EpochScores scores;
    {
      ProgressBar bar("epoch " + std::to_string(epoch + 1), std::chrono::milliseconds(0), ProgressBar::AtEnd::goes);
      scores.training = training.epoch(descent, epoch, bar);
    }
    scores.held_out = evaluate(descent.weights, held_out);
    history.push_back(scores);
    std::printf("epoch %2d: loss %.3f, right %5.1f %%; held out: loss %.3f, right %5.1f %%\n", epoch + 1,
                scores.training.mean_loss(), 100 * scores.training.accuracy(), scores.held_out.mean_loss(),
                100 * scores.held_out.accuracy());
  }
  return history;
}

void write_file(const std::string& path, const std::string& text) {
  lt::posix::OutputFile file("train_digits", path, lt::posix::Durability::cached);
  file.write(text.data(), text.size());
  file.publish();
}

Panel panel(const char* title, const char* unit, double low, double high, double tick,
            const std::vector<EpochScores>& history, double (*value)(const Score&)) {
  Curve training{"training", "#0072b2", {}}, held_out{"held out", "#d55e00", {}};
  for (const EpochScores& scores : history) {
    training.values.push_back(value(scores.training));
    held_out.values.push_back(value(scores.held_out));
  }
  return {title, unit, low, high, tick, {training, held_out}};
}

void write_pictures(const Options& options, const std::vector<EpochScores>& history, const Parameters& weights,
                    const HeldOut& held_out) {
  double least = 1, most = 0;  // so that all of the curves are seen
  for (const EpochScores& scores : history)
    for (const Score& score : {scores.training, scores.held_out}) {
      least = std::min(least, score.accuracy());
      most = std::max(most, score.mean_loss());
    }
  const Panel right = panel("digits that are recognised", " %", 10 * std::floor(10 * std::min(least, 0.9)), 100, 10,
                            history, [](const Score& score) { return 100 * score.accuracy(); });
  const Panel loss = panel("mean loss", "", 0, std::ceil(2 * most) / 2, 0.5, history,
                           [](const Score& score) { return score.mean_loss(); });
  write_file(options.output + "/learning_curve.svg", learning_curve("Learning to read digits", {right, loss}));
  const auto counts = lt::zeros<lt::Index>({kDigits, kDigits});
  const lt::Tensor<lt::Index> taken_for = lt::argmax(forward(weights, held_out.pictures).probabilities, 1);
  for (lt::Index i = 0; i < taken_for.numel(); ++i) counts(held_out.labels(i), taken_for(i)) += 1;
  write_file(options.output + "/confusion.svg",
             confusion_picture("Held-out digits, and what they are taken for", counts));
  lt::save_npy(options.output + "/hidden_weights.npy", weights[0]);
}

void run(const Options& options) {
  // Processes are parallel enough.
  lt::set_num_threads(options.training.workers == lt::Workers::threads ? options.training.threads : 1);
  const Shards shards(options.folder);
  const Normalisation normalised = measure(shards, options.training);
  const MovedDigits digits(shards, normalised);
  const HeldOut held_out(shards, normalised);
  std::printf("%td digits to learn from, %td held out; pixels %.2f +- %.2f\n", digits.size(), held_out.labels.size(0),
              normalised.mean, normalised.deviation);
  Descent descent{initial_parameters(options.training.seed), zero_parameters()};
  const std::vector<EpochScores> history =
      options.training.workers == lt::Workers::threads
          ? train(options, ThreadTraining(options.training, digits), descent, held_out)
          : train(options, ProcessTraining(options.training, digits), descent, held_out);
  std::printf("held out: %td of %td right, %.1f %%; weights %016llx\n", history.back().held_out.right,
              history.back().held_out.count, 100 * history.back().held_out.accuracy(),
              static_cast<unsigned long long>(checksum(descent.weights)));
  if (!options.output.empty()) write_pictures(options, history, descent.weights, held_out);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Teaches a small network to read digits, in parallel, the same bits for any number of workers.",
               "train_digits");
  app.add_option("folder", options.folder, "Where the shards are")->capture_default_str();
  const std::map<std::string, lt::Workers> kinds{{"threads", lt::Workers::threads},
                                                 {"processes", lt::Workers::processes}};
  app.add_option("--workers", options.training.workers,
                 "threads, which share each batch; or processes, whose weights "
                 "are averaged after each epoch")
      ->transform(CLI::CheckedTransformer(kinds))
      ->option_text("threads|processes");
  app.add_option("-j,--threads", options.training.threads, "How many workers work at once")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_option("--epochs", options.training.epochs, "How often each digit is looked at")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--seed", options.training.seed, "Of the first weights, the order and the moves")
      ->capture_default_str();
  app.add_option("-o,--output", options.output, "A folder for learning_curve.svg, confusion.svg and hidden_weights.npy")
      ->check(CLI::ExistingDirectory);
  try {
    app.parse(argc, argv);
    run(options);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "train_digits: " << error.what() << '\n';
    return 2;
  }
}
