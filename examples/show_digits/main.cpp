// SPDX-License-Identifier: MIT
// Checks joined digit shards against what is known of the whole set, and draws some of them.
#include <litorch/litorch.hpp>

#include <iostream>

namespace lt = litorch;

namespace {

template <class T>
std::int64_t sum(const lt::Tensor<T>& tensor) {
  std::int64_t total = 0;
  for (lt::Index i = 0; i < tensor.numel(); ++i) total += tensor.data()[i];
  return total;
}

void require(bool holds, const char* what) {
  std::cout << (holds ? "  ok   " : "  FAIL ") << what << '\n';
  if (!holds) std::exit(1);
}

/// How many pictures are nearest to the mean of the pictures with their own label: about nine in ten while labels are in
/// step with images, one in ten once they are not.
lt::Index in_step(const lt::Tensor<std::uint8_t>& images, const lt::Tensor<std::int64_t>& labels) {
  const auto pixels = images.reshape({images.size(0), -1});
  const auto means = lt::zeros<double>({10, pixels.size(1)});
  const auto counts = lt::zeros<double>({10});
  for (lt::Index i = 0; i < pixels.size(0); ++i) {
    counts(labels(i)) += 1;
    for (lt::Index p = 0; p < pixels.size(1); ++p) means(labels(i), p) += pixels(i, p);
  }
  lt::Index hits = 0;
  for (lt::Index i = 0; i < pixels.size(0); ++i) {
    double least = HUGE_VAL;
    std::int64_t nearest = -1;
    for (std::int64_t digit = 0; digit < 10; ++digit) {
      double distance = 0;
      for (lt::Index p = 0; p < pixels.size(1); ++p) {
        const double off = means(digit, p) / counts(digit) - pixels(i, p);
        distance += off * off;
      }
      if (distance < least) least = distance, nearest = digit;
    }
    hits += nearest == labels(i);
  }
  return hits;
}

/// A row of pictures side by side: their columns joined along the last dim.
void draw(const lt::Tensor<std::uint8_t>& pictures) {
  const auto row = lt::cat(lt::unbind(pictures), -1);
  for (lt::Index y = 0; y < row.size(0); ++y) {
    std::cout << "  ";
    for (lt::Index x = 0; x < row.size(1); ++x)
      std::cout << " .:-=+*#%@"[row(y, x) * 9 / 16] << (x % 8 == 7 ? "  " : "");
    std::cout << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::cerr << "usage: show_digits IMAGES.npy LABELS.npy\n";
    return 2;
  }
  const auto images = lt::load_npy<std::uint8_t>(argv[1]);
  const auto labels = lt::load_npy<std::int64_t>(argv[2]);
  require(images.shape() == lt::Shape{1797, 8, 8}, "images have shape (1797, 8, 8)");
  require(labels.shape() == lt::Shape{1797}, "labels have shape (1797,)");
  require(sum(images) == 561718, "pixels sum up to 561718");
  require(sum(labels) == 8070, "labels sum up to 8070");
  const lt::Index hits = in_step(images, labels);
  require(hits > 1500, "labels are in step with images");
  std::cout << "       (" << hits << " of 1797 images are nearest to the mean of their own label)\n\n";

  std::vector<lt::Tensor<std::uint8_t>> ones;
  for (std::int64_t digit = 0; digit < 10; ++digit) {
    lt::Index last = labels.numel() - 1;
    while (labels(last) != digit) --last;
    ones.push_back(images[last]);
  }
  draw(lt::stack(std::span(ones).first(5)));
  std::cout << "     0         1         2         3         4\n\n";
  draw(lt::stack(std::span(ones).last(5)));
  std::cout << "     5         6         7         8         9\n";
} catch (const std::exception& error) {
  std::cerr << "show_digits: " << error.what() << '\n';
  return 2;
}
