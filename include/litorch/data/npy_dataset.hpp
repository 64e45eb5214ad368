// SPDX-License-Identifier: MIT
// Rows of .npy files as a dataset that may be larger than memory.
#pragma once

#include <litorch/data/dataset.hpp>
#include <litorch/io/npy.hpp>
#include <litorch/ops/chunked.hpp>

namespace litorch {

/// Sample i is row i of the files, as if they were one tensor along dim 0. The files are mapped (see map_npy, also for
/// what must not happen to them): opening them reads the headers and no data, keeps no file open, and a sample is a
/// read-only view, whose rows are read when they are looked at.
template <NamedElement T>
class NpyDataset {
 public:
  /// O(files). Throws what map_npy does; ShapeError that names the file whose shape does not fit the one of the first.
  explicit NpyDataset(const std::vector<std::string>& paths) : rows_(mapped(paths)) {}

  Index size() const { return rows_.size(0); }
  /// O(log files). Throws IndexError.
  Tensor<const T> get(Index i) const { return rows_.select(detail::checked_sample("NpyDataset::get", i, size())); }
  /// All rows, for who wants more of them than one.
  const ChunkedTensor<const T>& rows() const noexcept { return rows_; }

 private:
  static ChunkedTensor<const T> mapped(const std::vector<std::string>& paths) {
    if (paths.empty()) detail::fail<ShapeError>("NpyDataset(): no files");
    std::vector<Tensor<const T>> shards;
    shards.reserve(paths.size());
    for (const std::string& path : paths) {
      shards.push_back(map_npy<T>(path));
      if (shards.back().rank() == 0)
        detail::fail<ShapeError>("NpyDataset(): '", path, "' holds a scalar, which has no rows");
    }
    try {
      return ChunkedTensor<const T>(std::move(shards));
    } catch (const ShapeError& error) {
      if (error.input() < 0) throw;
      detail::fail_input<ShapeError>(error.input(), "NpyDataset", ", '", paths[static_cast<std::size_t>(error.input())],
                                     "', does not fit: ", error.what());
    }
  }

  ChunkedTensor<const T> rows_;
};

}  // namespace litorch
