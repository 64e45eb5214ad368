// SPDX-License-Identifier: MIT
// How joins and splits of .npy files are done.
#pragma once

#include <litorch/io/npy_pieces.hpp>

namespace litorch {

/// Of cat_npy(), stack_npy() and split_npy().
struct CatNpyOptions {
  ProgressCallback progress{};  ///< called with bytes done and bytes in all, by one thread at a time
  std::stop_token stop{};       ///< gives the work up: Cancelled is thrown, and no file appears
  posix::Durability durability = posix::Durability::synced;  ///< cached: as NumPy does, without the wait for the disk
  std::optional<DType> dtype{};     ///< of the output, to which the files' elements are converted
  Casting casting = Casting::safe;  ///< unsafe: also where values could be lost, see cat_as()
};

namespace detail {

inline NpyTarget target_of(const CatNpyOptions& options, Conversion (*conversion)(DType, DType) = nullptr) {
  return {options.dtype, options.casting, conversion};
}

}  // namespace detail
}  // namespace litorch
