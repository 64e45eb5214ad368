// SPDX-License-Identifier: MIT
// The mean of what the ranks of an MPI program have, element by element: their gradients, or their weights.
#pragma once

#include <litorch/distributed/mpi_join.hpp>
#include <litorch/ops/cat.hpp>
#include <litorch/ops/reduction.hpp>
#include <litorch/parallel/index_range.hpp>

#include <tuple>

namespace litorch {
namespace detail {

/// All of the rows' mean to `means`, as mean(rows, 0) has it.
template <class T, class Mean>
void mpi_mean_rows(const TensorView<const T>& rows, Mean* means) {
  const MeanFold<T> fold;
  const Index count = rows.size(0);
  fold_dim(
      InlineExecutor(), fold, rows, 0, [&](Index line, const auto& value) { means[line] = fold.finish(value, count); },
      Tuning());
}

/// Each rank makes the mean of a part of the elements and gives it to the others. `local` makes the elements of this rank,
/// row-major, and `shapes` is the same number on ranks whose shapes are the same.
template <class T, class Local>
auto mpi_mean(const char* call, MPI_Comm comm, const Local& local, std::uint64_t shapes) {
  using Mean = typename MeanFold<T>::Result;
  using Way = MpiTransfer::Way;
  const MpiRanks& ranks = MpiRanks::of(call, comm);
  Tensor<const T> whole;
  const std::exception_ptr failed = error_of([&] { whole = local(); });
  MpiOffer mine = mpi_offer<T>(whole.shape(), 0, 0);
  mine.detail = shapes;
  const std::vector<MpiOffer> offers = exchange_offers(call, ranks, mine, failed);
  const std::vector<Layout> layouts = offered_layouts(offers);
  for (Index at = 0; at < ranks.size; ++at)
    if (offers[static_cast<std::size_t>(at)].detail != offers[0].detail)
      fail_input<ShapeError>(at, call, " is a list of other shapes than input 0; give all ranks the same parameters");
  plan_stack(call, span_of(layouts), 0);

  const Index count = whole.numel();
  const AlignedPartition parts(count, std::max(sizeof(T), sizeof(Mean)), 0, ranks.size);
  const auto part = [&](const auto& all, int rank) {
    const IndexRange range = parts.part(rank);
    return all.narrow(0, range.begin, range.size());
  };
  const TensorView<const T> elements = whole.view().reshape({count});
  Tensor<Mean> result;
  Tensor<T> rows;  // of this rank's part, one from each rank
  TensorView<Mean> means;
  MpiTransfer there(call, ranks.all.get(), sizeof(T), ranks.most);
  MpiTransfer back(call, ranks.all.get(), sizeof(Mean), ranks.most);
  agree(call, ranks, error_of([&] {
          result = Tensor<Mean>::uninitialized(call, whole.shape());
          means = result.view().reshape({count});
          rows = Tensor<T>::uninitialized(call, {ranks.size, parts.part(ranks.rank).size()});
          for (int step = 1; step < ranks.size; ++step) {
            const int from = (ranks.rank + ranks.size - step) % ranks.size, to = (ranks.rank + step) % ranks.size;
            there.add(Way::receive, from, erased(rows[from]));
            there.add(Way::send, to, erased(part(elements, to)));
            back.add(Way::receive, from, erased(part(means, from)));
            back.add(Way::send, to, erased(part(means, ranks.rank)));
          }
        }));
  const TensorView<T> own = rows.view()[ranks.rank];
  copy_elements(InlineExecutor(), erased(own), erased(part(elements, ranks.rank)), sizeof(T), Tuning());
  there.run();
  agree(call, ranks, error_of([&] { mpi_mean_rows<T>(rows, part(means, ranks.rank).data()); }));
  back.run();
  return result;
}

/// A row-major tensor of the same elements, shared where it can be.
template <TensorLike Handle>
Tensor<const typename Handle::value_type> mpi_dense(const Handle& handle) {
  using T = typename Handle::value_type;
  if constexpr (std::convertible_to<Handle, Tensor<const T>>)
    if (handle.is_contiguous()) return handle;
  Tensor<T> copy = Tensor<T>::uninitialized("mpi::all_reduce_mean", handle.shape());
  copy_elements(InlineExecutor(), erased(copy), erased(handle), sizeof(T), Tuning());
  return copy;
}

/// Tells lists of shapes apart: FNV-1a over ranks and extents.
inline std::uint64_t shapes_hash(const StridedSpan<const Layout>& layouts) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&](Index value) { hash = (hash ^ static_cast<std::uint64_t>(value)) * 0x100000001b3; };
  for (Index i = 0; i < layouts.size(); ++i) {
    add(layouts[i].shape.rank());
    for (const Index extent : layouts[i].shape) add(extent);
  }
  return hash;
}

}  // namespace detail

namespace mpi {

/// The element-wise mean over the ranks, as a new row-major tensor on every rank: average() of the tensors in the order of
/// the ranks, bit by bit. So it depends on the number of ranks and their order, and on nothing else: not on MPI, nor on
/// which machines the ranks are on. Of integers it is double; Float16 is added up as float.
///
/// `piece`: a tensor of any strides, or a callable that makes one. Called by all ranks with one shape, else all throw:
/// ShapeError, TypeError, and what all_cat() throws for a rank that fails. Each rank sends and receives every byte twice
/// (less the share of one rank), in 2 (ranks - 1) messages, and takes memory for two tensors.
template <Piece P>
auto all_reduce_mean(MPI_Comm comm, P&& piece) {
  using T = detail::MpiElement<P>;
  return detail::mpi_mean<T>(
      "mpi::all_reduce_mean", comm, [&] { return detail::mpi_dense(detail::mpi_piece(piece)); }, 0);
}

/// The same for many tensors, the parameters of a model, in the messages of one: a vector of means in their order, which
/// share one block of memory. Throws ShapeError also for an empty list.
template <TensorRange Parameters>
auto all_reduce_mean(MPI_Comm comm, Parameters&& parameters) {
  using T = detail::ElementOf<Parameters>;
  const detail::TensorList<Parameters> list(parameters);
  const detail::StridedSpan<const Layout> layouts = list.views().each(&detail::ErasedView::layout);
  const auto flat = [&] {
    std::vector<Tensor<const T>> rows;
    for (const auto& parameter : list.handles())
      rows.push_back(detail::mpi_dense(parameter).reshape({parameter.numel()}));
    return Tensor<const T>(litorch::cat(rows, 0, InlineExecutor()));
  };
  const auto means = detail::mpi_mean<T>("mpi::all_reduce_mean", comm, flat, detail::shapes_hash(layouts));
  std::vector<std::remove_cvref_t<decltype(means)>> result;
  Index start = 0;
  for (const auto& parameter : list.handles()) {
    result.push_back(means.narrow(0, start, parameter.numel()).reshape(parameter.shape().dims()));
    start += parameter.numel();
  }
  return result;
}

/// The same for tensors of several element types, one after another: a tuple of means.
template <class... Ts>
auto all_reduce_mean(MPI_Comm comm, const std::tuple<Tensor<Ts>...>& parameters) {
  return std::apply([&](const auto&... each) { return std::tuple{all_reduce_mean(comm, each)...}; },
                    parameters);  // braces: in order
}

}  // namespace mpi
}  // namespace litorch
