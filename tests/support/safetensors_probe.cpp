// SPDX-License-Identifier: MIT
// safetensors_probe IN OUT ...: loads every tensor of IN, maps it where it can be mapped, and saves them as OUT.
#include "support/formats_probe.hpp"

#include <litorch/io/safetensors.hpp>

int main(int argc, char** argv) {
  return support::copy_files(argc, argv, [](const std::string& in, const std::string& out) {
    const litorch::SafetensorsReader reader(in);
    std::vector<litorch::NamedTensor> tensors;
    for (const litorch::SafetensorsEntry& entry : reader.entries())
      litorch::visit_dtype(entry.dtype.value(), [&]<class T>() {
        if (entry.data_offset % static_cast<litorch::Index>(alignof(T)) == 0)
          tensors.emplace_back(entry.name, reader.map<T>(entry.name));
        else
          tensors.emplace_back(entry.name, reader.load<T>(entry.name));
      });
    litorch::save_safetensors(out, tensors, reader.metadata(), {.durability = litorch::posix::Durability::cached});
  });
}
