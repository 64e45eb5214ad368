// SPDX-License-Identifier: MIT
// Named tensors of random types, shapes and layouts, for files that hold many.
#pragma once

#include "support/npy_tensors.hpp"

#include <litorch/io/named_tensor.hpp>

#include <random>
#include <string>
#include <vector>

namespace support {

class RandomArchive {
 public:
  RandomArchive(unsigned seed, std::size_t count, bool complex128) : random_(seed) {
    const std::vector<litorch::Shape> shapes = shapes_of_every_rank();
    for (std::size_t i = 0; i < count; ++i) {
      const auto types = std::size(litorch::kDTypes) - (complex128 ? 0 : 1);
      specs_.push_back({static_cast<litorch::DType>(below(types)), shapes[below(shapes.size())], below(4)});
      names_.push_back(std::string(1 + below(5), static_cast<char>('a' + below(26))) + "/" + std::to_string(i) +
                       (below(3) == 0 ? "\xc3\xa9\"\\" : ""));
    }
    for_each(
        [&]<class T>(std::size_t i, const litorch::Tensor<T>& tensor) { tensors_.emplace_back(names_[i], tensor); });
  }

  const std::vector<std::string>& names() const { return names_; }
  const std::vector<litorch::NamedTensor>& tensors() const { return tensors_; }

  /// f.template operator()<T>(i, tensor) for each, with tensors made anew.
  template <class F>
  void for_each(F&& f) const {
    for (std::size_t i = 0; i < specs_.size(); ++i)
      litorch::visit_dtype(specs_[i].dtype, [&]<class T>() { f.template operator()<T>(i, make<T>(i)); });
  }

 private:
  struct Spec {
    litorch::DType dtype;
    litorch::Shape shape;
    std::size_t layout;
  };

  std::size_t below(std::size_t end) { return random_() % end; }

  template <class T>
  litorch::Tensor<T> make(std::size_t i) const {
    const litorch::Tensor<T> tensor = numbered<T>(specs_[i].shape, static_cast<Index>(i));
    if (specs_[i].layout == 0 || tensor.rank() == 0) return tensor;
    if (specs_[i].layout == 1) return reversed(tensor);
    return specs_[i].layout == 2 ? tensor.flip(0) : tensor.slice(tensor.rank() - 1, 0, tensor.size(-1), 2);
  }

  std::mt19937 random_;
  std::vector<Spec> specs_;
  std::vector<std::string> names_;
  std::vector<litorch::NamedTensor> tensors_;
};

}  // namespace support
