// SPDX-License-Identifier: MIT
// Many .npy files that are parts of one array: joined into a file larger than memory, loaded as one tensor, or mapped.
#pragma once

#include <litorch/io/npy_join.hpp>
#include <litorch/ops/chunked.hpp>

namespace litorch {

struct CatNpyOptions {
  ProgressCallback progress{};  ///< called with bytes done and bytes in all, by one thread at a time
  std::stop_token stop{};       ///< gives the work up: Cancelled is thrown, and no file appears
  posix::Durability durability = posix::Durability::synced;  ///< cached: as NumPy does, without the wait for the disk
};

namespace detail {

template <Executor E>
void join_npy(const char* call, const std::vector<std::string>& paths, const std::string& output, MakePlan make_plan,
              Index dim, const CatNpyOptions& options, E&& executor) {
  const NpyJoin join(call, paths, make_plan, dim);
  posix::OutputFile file(call, output, options.durability);
  file.remove_abandoned();
  const std::string header = npy_header(join.dtype(), false, join.shape());
  file.write(header.data(), header.size());
  join.run(executor, {nullptr, &file}, options.progress, options.stop);
  file.publish();
}

}  // namespace detail

/// The arrays in .npy files one after another along `dim`, as one .npy file in row-major order, byte for byte what
/// numpy.save(output, numpy.concatenate([numpy.load(path) ...], dim)) makes of row-major ones. Of any size: each thread
/// holds 1 MiB at a time (16 MiB for files in Fortran order), and no file is mapped. Format versions, orders and byte
/// orders may be mixed. `output` appears whole, on disk, or not at all; it may be one of the inputs. Temporary
/// files that a killed process has left in its folder are removed.
///
/// Throws FormatError; ShapeError and TypeError, which name the file that does not fit; IndexError; IoError, also where a
/// file becomes shorter meanwhile; Cancelled. Reads and writes each byte once, in one parallel region on `executor`; short
/// rows and other orders pass through memory once more. Thread-safe.
template <Executor E = DefaultExecutor>
void cat_npy(const std::vector<std::string>& paths, const std::string& output, Index dim = 0,
             const CatNpyOptions& options = {}, E&& executor = {}) {
  detail::join_npy("cat_npy", paths, output, detail::plan_cat, dim, options, executor);
}
/// The same along a new dim: all arrays have one shape, as for numpy.stack.
template <Executor E = DefaultExecutor>
void stack_npy(const std::vector<std::string>& paths, const std::string& output, Index dim = 0,
               const CatNpyOptions& options = {}, E&& executor = {}) {
  detail::join_npy("stack_npy", paths, output, detail::plan_stack, dim, options, executor);
}

/// The header of what cat_npy() would write: reads the headers of the files, and throws where they do not fit. O(files).
inline NpyHeader cat_npy_info(const std::vector<std::string>& paths, Index dim = 0) {
  return detail::NpyJoin("cat_npy_info", paths, detail::plan_cat, dim).header();
}
/// The header of what stack_npy() would write.
inline NpyHeader stack_npy_info(const std::vector<std::string>& paths, Index dim = 0) {
  return detail::NpyJoin("stack_npy_info", paths, detail::plan_stack, dim).header();
}

/// The arrays in .npy files as one new row-major tensor: read straight to where they stay, without a tensor for each.
/// Throws as cat_npy() does, TypeError where a file holds other elements than T, std::bad_alloc. Thread-safe.
template <NamedElement T, Executor E = DefaultExecutor>
Tensor<T> load_npy_shards(const std::vector<std::string>& paths, Index dim = 0, E&& executor = {}) {
  const detail::NpyJoin join("load_npy_shards", paths, detail::plan_cat, dim);
  if (join.dtype() != dtype_of<T>)
    detail::fail<TypeError>("load_npy_shards(): '", paths.front(), "' holds ", name(join.dtype()), ", not ",
                            name(dtype_of<T>), "; ask for the C++ type of ", name(join.dtype()));
  Tensor<T> out = Tensor<T>::uninitialized("load_npy_shards", join.shape());
  join.run(executor, {out.storage().data(), nullptr}, {}, {});
  return out;
}

namespace detail {

template <NamedElement T>
ChunkedTensor<const T> mapped_shards(const char* call, const std::vector<std::string>& paths, Index dim) {
  std::vector<Tensor<const T>> shards;
  shards.reserve(paths.size());
  for (const std::string& path : paths) {
    shards.push_back(map_npy<T>(path));
    if (shards.back().rank() == 0) fail<ShapeError>(call, "(): '", path, "' holds a scalar, which has no rows");
  }
  try {
    return ChunkedTensor<const T>(std::move(shards), dim);
  } catch (const ShapeError& error) {
    if (error.input() < 0) throw;
    fail_input<ShapeError>(error.input(), call, ", '", paths[static_cast<std::size_t>(error.input())],
                           "', does not fit: ", error.what());
  }
}

}  // namespace detail

/// The arrays in .npy files as one read-only tensor that is never joined: each is mapped, and read where it is looked at
/// (see map_npy, also for what must not happen to the files). Opening reads the headers and no data, and keeps no file
/// open. O(files). Throws what map_npy does; ShapeError that names the file whose shape does not fit the others.
template <NamedElement T>
ChunkedTensor<const T> map_npy_shards(const std::vector<std::string>& paths, Index dim = 0) {
  return detail::mapped_shards<T>("map_npy_shards", paths, dim);
}

}  // namespace litorch
