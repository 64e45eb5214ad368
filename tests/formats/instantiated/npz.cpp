// SPDX-License-Identifier: MIT
// Every template of the header as a user compiles it.
#include <litorch/io/npz.hpp>

#include <cstdio>
#include <cstdlib>

namespace lt = litorch;

int main() {
  const std::string path = "instantiated.npz";
  lt::Index count = 0;
  for (std::size_t i = 0; i < std::size(lt::kDTypes); ++i)
    lt::visit_dtype(static_cast<lt::DType>(i), [&]<class T>() {
      const lt::Tensor<T> tensor = lt::Tensor<T>::of(lt::Storage::allocate_zeroed(6 * sizeof(T)), {2, 3});
      const lt::Tensor<const T> read_only = tensor;
      lt::save_npz(path, {{"a", tensor}, {"b", tensor.view()}, {"c", read_only.t()}}, {.compressed = i % 2 == 0});
      lt::NpzReader reader(path);
      count += reader.load<T>("a").numel() + lt::load_npz<T>(path, "b").numel();
      count += lt::npz_info(path).at(2).header.shape.numel() + reader.entry("c").header.shape.numel();
    });
  std::remove(path.c_str());
  return count == 24 * static_cast<lt::Index>(std::size(lt::kDTypes)) ? EXIT_SUCCESS : EXIT_FAILURE;
}
