// SPDX-License-Identifier: MIT
// Every template of the header as a user compiles it.
#include <litorch/io/safetensors.hpp>

#include <cstdio>
#include <cstdlib>

namespace lt = litorch;

int main() {
  const std::string path = "instantiated.safetensors";
  lt::Index count = 0;
  for (std::size_t i = 0; i + 1 < std::size(lt::kDTypes); ++i)  // the format has no complex128
    lt::visit_dtype(static_cast<lt::DType>(i), [&]<class T>() {
      const lt::Tensor<T> tensor = lt::Tensor<T>::of(lt::Storage::allocate_zeroed(6 * sizeof(T)), {2, 3});
      const lt::Tensor<const T> read_only = tensor;
      lt::save_safetensors(path, {{"a", tensor}, {"b", tensor.view()}, {"c", read_only.t()}}, {{"made by", "me"}});
      const lt::SafetensorsReader reader(path);
      count += reader.load<T>("a").numel() + lt::load_safetensors<T>(path, "b").numel();
      count += reader.map<T>("a").numel() + lt::map_safetensors<T>(path, "b").numel();
      count += lt::safetensors_info(path).tensors.at(2).shape.numel();
    });
  std::remove(path.c_str());
  return count == 30 * (static_cast<lt::Index>(std::size(lt::kDTypes)) - 1) ? EXIT_SUCCESS : EXIT_FAILURE;
}
