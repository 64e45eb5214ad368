// SPDX-License-Identifier: MIT
// Rows of .npy files as a dataset that may be larger than memory.
#pragma once

#include <litorch/data/dataset.hpp>
#include <litorch/io/npy_shards.hpp>

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
  /// Of the type and the shape, not of the elements.
  std::uint64_t fingerprint() const {
    std::uint64_t all = sizeof(T);
    for (const Index extent : rows_.shape()) all = detail::stream_key(all, static_cast<std::uint64_t>(extent), 0);
    return all;
  }
  /// All rows, for who wants more of them than one.
  const ChunkedTensor<const T>& rows() const noexcept { return rows_; }

 private:
  static ChunkedTensor<const T> mapped(const std::vector<std::string>& paths) {
    if (paths.empty()) detail::fail<ShapeError>("NpyDataset(): no files");
    return detail::mapped_shards<T>("NpyDataset", paths, 0, DefaultExecutor());
  }

  ChunkedTensor<const T> rows_;
};

template <class T>
inline constexpr bool detail::kPlainRows<NpyDataset<T>> = true;

}  // namespace litorch
