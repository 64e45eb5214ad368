// SPDX-License-Identifier: MIT
// npz_probe IN OUT ...: loads every array of IN and saves them as OUT, deflated where the first of IN was.
#include "support/formats_probe.hpp"

#include <litorch/io/npz.hpp>

int main(int argc, char** argv) {
  return support::copy_files(argc, argv, [](const std::string& in, const std::string& out) {
    litorch::NpzReader reader(in);
    std::vector<litorch::NamedTensor> tensors;
    bool compressed = false;
    for (const litorch::NpzEntry& entry : litorch::npz_info(in)) {
      if (tensors.empty()) compressed = entry.compressed;
      litorch::visit_dtype(entry.header.dtype,
                           [&]<class T>() { tensors.emplace_back(entry.name, reader.load<T>(entry.name)); });
    }
    litorch::save_npz(out, tensors, {.compressed = compressed, .durability = litorch::posix::Durability::cached});
  });
}
