// SPDX-License-Identifier: MIT
// What does an epoch of a DataLoader cost? Prints the median seconds as JSON, for each dataset and 0 and 2 workers, and
// beside it: the first by hand, a plain copy of the last, and the share of its time that a slow consumer waits.
//
//   data_loader_litorch CALLS FOLDER   FOLDER holds the shards, or gets them
#include "data_loader/cases.hpp"

#include <filesystem>
#include <numeric>
#include <random>
#include <thread>

namespace lt = litorch;

namespace {

using bench::Index;

void make_shards(const std::string& folder) {
  for (Index i = 0; i < bench::kShards; ++i)
    if (!std::filesystem::exists(bench::shard(folder, i)))
      lt::save_npy(bench::shard(folder, i),
                   lt::full<std::uint8_t>({bench::kShardImages, 3, 160, 160}, static_cast<std::uint8_t>(i + 1)));
}

Index samples_of(const lt::Tensor<float>& batch) { return batch.size(0); }
Index samples_of(const lt::Tensor<std::uint8_t>& batch) { return batch.size(0); }
template <class First, class Second>
Index samples_of(const std::tuple<First, Second>& batch) {
  return samples_of(std::get<0>(batch));
}

template <class D>
void epochs(const std::string& name, const D& dataset, Index batch_size, std::size_t calls) {
  for (const auto& [workers, kind, label] :
       {std::tuple{0, lt::Workers::threads, "0 workers"}, std::tuple{2, lt::Workers::threads, "2 workers"},
        std::tuple{2, lt::Workers::processes, "2 processes"}}) {
    lt::DataLoader loader(
        dataset,
        {.batch_size = batch_size, .shuffle = true, .num_workers = static_cast<std::size_t>(workers), .workers = kind});
    bench::report("litorch, " + name + ", " + label, dataset.size(), calls, [&] {
      Index samples = 0;
      for (const auto& batch : loader) samples += samples_of(batch);
      return samples;
    });
  }
}

/// The same job by hand: a random order, and a new tensor for each batch.
void by_hand(std::size_t calls) {
  const lt::Tensor<float> rows = bench::rows();
  std::vector<Index> order(bench::kRows);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random;
  bench::report("by hand, rows", bench::kRows, calls, [&] {
    Index samples = 0;
    std::shuffle(order.begin(), order.end(), random);
    for (Index first = 0; first < bench::kRows; first += bench::kRowBatch) {
      const Index count = std::min(bench::kRowBatch, bench::kRows - first);
      const auto batch = lt::empty<float>({count, 5});
      for (Index k = 0; k < count; ++k)
        std::memcpy(batch.data() + k * 5, rows.data() + order[static_cast<std::size_t>(first + k)] * 5,
                    5 * sizeof(float));
      samples += samples_of(batch);
    }
    return samples;
  });
}

/// The bytes of the mapped images, copied once by one thread to a batch that is there already: what the memory can do.
void copy_mapped(const lt::NpyDataset<std::uint8_t>& images, std::size_t calls) {
  const auto batch = lt::empty<std::uint8_t>({bench::kMappedBatch, 3, 160, 160});
  const Index bytes = batch.numel() / bench::kMappedBatch;
  bench::report("copy, mapped", images.size(), calls, [&] {
    for (Index i = 0; i < images.size(); ++i)
      std::memcpy(batch.data() + i % bench::kMappedBatch * bytes, images.get(i).data(),
                  static_cast<std::size_t>(bytes));
    return images.size();
  });
}

/// The share of its time that a consumer waits that works for 2 ms on each batch.
void slow_consumer() {
  const lt::TensorDataset dataset(bench::images());
  lt::DataLoader loader(dataset, {.batch_size = bench::kImageBatch, .shuffle = true, .num_workers = 2});
  for (const auto& batch : loader) {
    (void)batch;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  bench::print_value("wait of a slow consumer", loader.stats().wait_share());
}

}  // namespace

int main(int count, char** arguments) {
  const std::size_t calls = count == 3 ? std::strtoul(arguments[1], nullptr, 10) : 0;
  if (calls == 0) {
    std::fputs("data_loader_litorch CALLS FOLDER\n", stderr);
    return EXIT_FAILURE;
  }
  make_shards(arguments[2]);
  std::vector<std::string> paths;
  for (Index i = 0; i < bench::kShards; ++i) paths.push_back(bench::shard(arguments[2], i));

  by_hand(10 * calls);
  epochs("rows", lt::TensorDataset(bench::rows()), bench::kRowBatch, 10 * calls);
  epochs("images", lt::TensorDataset(bench::images(), lt::arange<std::int64_t>(0, bench::kImages)), bench::kImageBatch,
         calls);
  epochs("mapped", lt::NpyDataset<std::uint8_t>(paths), bench::kMappedBatch, calls);
  copy_mapped(lt::NpyDataset<std::uint8_t>(paths), calls);
  slow_consumer();
  std::puts("}");
}
