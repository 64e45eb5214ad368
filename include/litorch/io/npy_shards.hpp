// SPDX-License-Identifier: MIT
// Many .npy files that are parts of one array: joined into a file larger than memory, loaded as one tensor, or mapped.
#pragma once

#include <litorch/io/npy_join.hpp>
#include <litorch/io/npy_options.hpp>
#include <litorch/ops/chunked.hpp>

#include <exception>

namespace litorch {

namespace detail {

template <Executor E>
void join_npy(const char* call, const std::vector<std::string>& paths, const std::string& output, MakePlan make_plan,
              Index dim, const CatNpyOptions& options, E&& executor) {
  const NpyJoin join(call, paths, make_plan, dim, target_of(options, &conversion_of<>));
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
/// holds 1 MiB at a time (16 MiB for files in Fortran order; half as much again where it converts), and no file is mapped.
/// Format versions, orders and byte orders may be mixed, element types too with `options.dtype`, to which they are
/// converted as cat_as() does. `output` appears whole, on disk, or not at all; it may be one of the inputs. Temporary
/// files that a killed process has left in its folder are removed.
///
/// Throws FormatError; ShapeError and TypeError, which name the file that does not fit; IndexError; IoError, also where a
/// file becomes shorter meanwhile; Cancelled. Reads and writes each byte once, in one parallel region on `executor`; short
/// rows, other orders and conversions pass through memory once more each. Thread-safe.
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

/// The header of what cat_npy() would write: reads the headers of the files, and throws where they do not fit, are too
/// short or cannot be converted. O(files).
inline NpyHeader cat_npy_info(const std::vector<std::string>& paths, Index dim = 0, const CatNpyOptions& options = {}) {
  return detail::NpyJoin("cat_npy_info", paths, detail::plan_cat, dim, detail::target_of(options)).header();
}
/// The header of what stack_npy() would write.
inline NpyHeader stack_npy_info(const std::vector<std::string>& paths, Index dim = 0,
                                const CatNpyOptions& options = {}) {
  return detail::NpyJoin("stack_npy_info", paths, detail::plan_stack, dim, detail::target_of(options)).header();
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
/// The same as elements of type T, whatever the files hold, converted as cat_as() does: no converted file is ever stored.
/// Throws TypeError where a file needs Casting::unsafe.
template <NamedElement T, Executor E = DefaultExecutor>
Tensor<T> load_npy_shards_as(const std::vector<std::string>& paths, Index dim = 0, Casting casting = Casting::safe,
                             E&& executor = {}) {
  constexpr const char* kCall = "load_npy_shards_as";
  const detail::NpyJoin join(kCall, paths, detail::plan_cat, dim, {dtype_of<T>, casting, &detail::conversion_of<>});
  Tensor<T> out = Tensor<T>::uninitialized(kCall, join.shape());
  join.run(executor, {out.storage().data(), nullptr}, {}, {});
  return out;
}

namespace detail {

/// map_npy() of each file, many at a time. Throws what the first file that cannot be mapped throws, whichever is met first.
template <NamedElement T, Executor E>
std::vector<Tensor<const T>> map_each(const char* call, const std::vector<std::string>& paths, E&& executor) {
  constexpr std::size_t kTurn = 64;  // files, a millisecond's work, in order
  std::vector<Tensor<const T>> shards(paths.size());
  std::vector<std::exception_ptr> errors((paths.size() + kTurn - 1) / kTurn);
  executor.run(errors.size(), [&](std::size_t turn) {
    try {
      for (std::size_t i = turn * kTurn; i < std::min(paths.size(), (turn + 1) * kTurn); ++i) {
        shards[i] = map_npy<T>(paths[i]);
        if (shards[i].rank() == 0) fail<ShapeError>(call, "(): '", paths[i], "' holds a scalar, which has no rows");
      }
    } catch (...) {
      errors[turn] = std::current_exception();
    }
  });
  for (const std::exception_ptr& error : errors)
    if (error) std::rethrow_exception(error);
  return shards;
}

template <NamedElement T, Executor E>
ChunkedTensor<const T> mapped_shards(const char* call, const std::vector<std::string>& paths, Index dim, E&& executor) {
  std::vector<Tensor<const T>> shards = map_each<T>(call, paths, executor);
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
/// open. O(files), shared by the threads of `executor`. Throws what map_npy does; ShapeError that names the file whose
/// shape does not fit the others. Thread-safe.
template <NamedElement T, Executor E = DefaultExecutor>
ChunkedTensor<const T> map_npy_shards(const std::vector<std::string>& paths, Index dim = 0, E&& executor = {}) {
  return detail::mapped_shards<T>("map_npy_shards", paths, dim, executor);
}

}  // namespace litorch
