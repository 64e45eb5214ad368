// SPDX-License-Identifier: MIT
// Digits from shards on disk, shuffled and shifted at random by workers, batch by batch:
//
//   data_loader examples/data/digits
//
// prints (the times are those of the machine):
//
//   epoch 0: 29 batches, 1797 digits, mean ink 4.88
//   epoch 1: 29 batches, 1797 digits, mean ink 4.88
//   resumed behind batch 10 of epoch 1: 19 batches to go
//   the consumer waited ...
#include <litorch/litorch.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace lt = litorch;

namespace {

/// (8, 8) digits from 0 to 16, and what they show; each moved by up to a pixel, another way each epoch.
struct Digits {
  lt::NpyDataset<std::uint8_t> images;
  lt::NpyDataset<std::int64_t> labels;

  lt::Index size() const { return images.size(); }
  std::pair<lt::Tensor<float>, std::int64_t> get(lt::Index i, lt::SampleRandom& random) const {
    const auto source = images.get(i).reshape({8, 8});
    const lt::Index down = lt::uniform_index(random, 3) - 1, right = lt::uniform_index(random, 3) - 1;
    const auto moved = lt::zeros<float>({8, 8});
    for (lt::Index row = 0; row < 8; ++row)
      for (lt::Index column = 0; column < 8; ++column)
        moved((row + down + 8) % 8, (column + right + 8) % 8) = static_cast<float>(source(row, column));
    return {moved, labels.get(i).item()};
  }
};

Digits open(const std::string& folder) {
  std::vector<std::string> images, labels;
  for (int shard = 0; shard < 8; ++shard) {
    images.push_back(folder + "/images-0" + std::to_string(shard) + ".npy");
    labels.push_back(folder + "/labels-0" + std::to_string(shard) + ".npy");
  }
  return {lt::NpyDataset<std::uint8_t>(images), lt::NpyDataset<std::int64_t>(labels)};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : "examples/data/digits";
  const lt::DataLoaderOptions options{.batch_size = 64, .shuffle = true, .num_workers = 2, .seed = 42};
  lt::DataLoader loader(open(folder), options);
  lt::LoaderState middle;
  for (int epoch = 0; epoch < 2; ++epoch) {
    lt::Index batches = 0, digits = 0;
    double ink = 0;
    for (const auto& [images, labels] : loader) {
      digits += labels.size(0);
      ink += lt::sum(images).item();
      if (++batches == 10) middle = loader.state();
    }
    std::printf("epoch %d: %td batches, %td digits, mean ink %.2f\n", epoch, batches, digits,
                ink / static_cast<double>(64 * digits));
  }
  lt::DataLoader resumed(open(folder), options);
  resumed.restore(middle);
  lt::Index left = 0;
  for ([[maybe_unused]] const auto& batch : resumed) ++left;
  std::printf("resumed behind batch %td of epoch 1: %td batches to go\n", middle.delivered, left);
  std::printf("%s\n", loader.stats().hint().c_str());
}
