// SPDX-License-Identifier: MIT
// The digits: read from their shards, normalised, and each moved a little, another way in each epoch.
#pragma once

#include <litorch/litorch.hpp>

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace lt = litorch;

/// Shards of images and labels; the last ones are held out: they are never trained on.
struct Shards {
  static constexpr std::size_t kCount = 8, kTraining = 6;

  explicit Shards(const std::string& folder) {
    for (std::size_t shard = 0; shard < kCount; ++shard) {
      const std::string end = "-0" + std::to_string(shard) + ".npy";
      (shard < kTraining ? images : held_out_images).push_back(folder + "/images" + end);
      (shard < kTraining ? labels : held_out_labels).push_back(folder + "/labels" + end);
    }
  }
  std::vector<std::string> images, labels, held_out_images, held_out_labels;
};

/// Sums over the pixels of a shard, which are whole numbers: exact, in any order.
struct PixelSums {
  double count = 0, sum = 0, squares = 0;
};

inline PixelSums pixel_sums(const std::string& shard) {
  PixelSums sums;
  const auto pixels = lt::load_npy<std::uint8_t>(shard).flatten();
  for (const double pixel : std::span(pixels.data(), static_cast<std::size_t>(pixels.numel()))) {
    sums.count += 1;
    sums.sum += pixel;
    sums.squares += pixel * pixel;
  }
  return sums;
}

struct Normalisation {
  explicit Normalisation(const std::vector<PixelSums>& shards) {
    PixelSums all;
    for (const PixelSums& shard : shards) {
      all.count += shard.count;
      all.sum += shard.sum;
      all.squares += shard.squares;
    }
    mean = all.sum / all.count;
    deviation = std::sqrt(all.squares / all.count - mean * mean);
  }
  float operator()(double pixel) const { return static_cast<float>((pixel - mean) / deviation); }

  double mean, deviation;
};

/// The picture (8, 8) as it looks turned by up to 11 degrees, 10 % smaller or larger, and shifted by up to 0.8 pixels,
/// with pixels in between interpolated; what comes in from outside is blank.
inline lt::Tensor<float> moved(const lt::Tensor<const std::uint8_t>& picture, const Normalisation& normalised,
                               lt::SampleRandom& random) {
  const auto between = [&random](double most) { return most * (2 * lt::uniform_real(random) - 1); };
  const double angle = between(0.2), size = 1 + between(0.1), down = between(0.8), right = between(0.8);
  const double cosine = std::cos(angle) / size, sine = std::sin(angle) / size;
  const auto pixel = [&](lt::Index y, lt::Index x) {
    return y < 0 || y > 7 || x < 0 || x > 7 ? 0.0 : static_cast<double>(picture(y, x));
  };
  const auto result = lt::Tensor<float>(lt::zeros<float>({64}));
  for (lt::Index y = 0; y < 8; ++y) {
    for (lt::Index x = 0; x < 8; ++x) {
      const double v = static_cast<double>(y) - 3.5, u = static_cast<double>(x) - 3.5;
      const double from_y = cosine * v - sine * u + 3.5 + down, from_x = sine * v + cosine * u + 3.5 + right;
      const auto top = static_cast<lt::Index>(std::floor(from_y)), left = static_cast<lt::Index>(std::floor(from_x));
      const double below = from_y - std::floor(from_y), beside = from_x - std::floor(from_x);
      const double upper = (1 - beside) * pixel(top, left) + beside * pixel(top, left + 1);
      const double lower = (1 - beside) * pixel(top + 1, left) + beside * pixel(top + 1, left + 1);
      result(8 * y + x) = normalised((1 - below) * upper + below * lower);
    }
  }
  return result;
}

/// The dataset of training. Its files are mapped, not read.
class MovedDigits {
 public:
  MovedDigits(const Shards& shards, const Normalisation& normalised)
      : images_(shards.images), labels_(shards.labels), normalised_(normalised) {}

  lt::Index size() const { return images_.size(); }
  std::pair<lt::Tensor<float>, std::int64_t> get(lt::Index i, lt::SampleRandom& random) const {
    return {moved(images_.get(i), normalised_, random), labels_.get(i).item()};
  }

 private:
  lt::NpyDataset<std::uint8_t> images_;
  lt::NpyDataset<std::int64_t> labels_;
  Normalisation normalised_;
};

/// What the network is tested on: pictures (n, 64) as they are, and labels (n).
struct HeldOut {
  HeldOut(const Shards& shards, const Normalisation& normalised)
      : labels(lt::load_npy_shards<std::int64_t>(shards.held_out_labels)) {
    const auto images = lt::load_npy_shards<std::uint8_t>(shards.held_out_images);
    pictures = lt::zeros<float>({images.size(0), 64});
    for (lt::Index i = 0; i < images.numel(); ++i) pictures.data()[i] = normalised(images.data()[i]);
  }

  lt::Tensor<float> pictures;
  lt::Tensor<std::int64_t> labels;
};
