// SPDX-License-Identifier: MIT
// An epoch of libtorch's C++ loader on the same datasets. Prints the median seconds as JSON.
//
//   data_loader_torch CALLS FOLDER   FOLDER holds the shards
#include "data_loader/cases.hpp"

#include <torch/torch.h>

namespace {

using bench::Index;

torch::Tensor shared(const litorch::Tensor<float>& rows) {
  return torch::from_blob(rows.data(), {rows.size(0), rows.size(1)}, torch::kFloat32).clone();
}

/// The rows of tensors, one by one and stacked, as its tutorials have it.
struct Rows : torch::data::datasets::Dataset<Rows> {
  Rows(torch::Tensor x, torch::Tensor y) : data(std::move(x)), labels(std::move(y)) {}
  torch::data::Example<> get(std::size_t i) override {
    return {data[static_cast<std::int64_t>(i)], labels[static_cast<std::int64_t>(i)]};
  }
  torch::optional<std::size_t> size() const override { return static_cast<std::size_t>(data.size(0)); }

  torch::Tensor data, labels;
};

/// Mapped shards.
struct Mapped : torch::data::datasets::Dataset<Mapped> {
  explicit Mapped(const std::string& folder) {
    for (Index i = 0; i < bench::kShards; ++i)
      shards.push_back(litorch::map_npy<std::uint8_t>(bench::shard(folder, i)));
  }
  torch::data::Example<> get(std::size_t i) override {
    const auto at = static_cast<Index>(i);
    const auto image = shards[static_cast<std::size_t>(at / bench::kShardImages)][at % bench::kShardImages];
    auto* const pixels = const_cast<std::uint8_t*>(image.data());
    return {torch::from_blob(pixels, {3, 160, 160}, torch::kUInt8), torch::zeros({1})};
  }
  torch::optional<std::size_t> size() const override {
    return static_cast<std::size_t>(bench::kShards * bench::kShardImages);
  }

  std::vector<litorch::Tensor<const std::uint8_t>> shards;
};

template <class D>
void epochs(const std::string& name, D dataset, Index batch_size, std::size_t calls) {
  const auto samples = static_cast<Index>(dataset.size().value());
  for (const std::size_t workers : {0U, 2U}) {
    auto loader = torch::data::make_data_loader<torch::data::samplers::RandomSampler>(
        dataset.map(torch::data::transforms::Stack<>()),
        torch::data::DataLoaderOptions().batch_size(static_cast<std::size_t>(batch_size)).workers(workers));
    bench::report("libtorch, " + name + ", " + std::to_string(workers) + " workers", samples, calls, [&] {
      Index delivered = 0;
      for (const auto& batch : *loader) delivered += batch.data.size(0);
      return delivered;
    });
  }
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t calls = count == 3 ? std::strtoul(arguments[1], nullptr, 10) : 0;
  if (calls == 0) return EXIT_FAILURE;
  torch::set_num_threads(1);
  epochs("rows", Rows(shared(bench::rows()), torch::zeros({bench::kRows})), bench::kRowBatch, calls);
  const auto pixels = bench::images();
  const auto images = torch::from_blob(pixels.data(), {bench::kImages, 28, 28}, torch::kUInt8);
  epochs("images", Rows(images, torch::zeros({bench::kImages}, torch::kInt64)), bench::kImageBatch, calls);
  epochs("mapped", Mapped(arguments[2]), bench::kMappedBatch, calls);
  std::puts("}");
}
