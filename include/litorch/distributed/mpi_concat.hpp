// SPDX-License-Identifier: MIT
// Pieces that the ranks of an MPI program have become one tensor; rows of one tensor go to the ranks.
#pragma once

#include <litorch/distributed/mpi_join.hpp>
#include <litorch/distributed/mpi_node_memory.hpp>
#include <litorch/parallel/crew.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

namespace litorch {
namespace detail {

/// What the ranks of this node have written before is there for all of them afterwards. Who is there long before the
/// others leaves them the CPU, for which MPI_Barrier would compete with them where there are more ranks than CPUs.
inline void mpi_node_barrier(const char* call, const MpiRanks& ranks) {
  constexpr std::chrono::microseconds kPolite{200}, kLongestNap{1000};
  std::atomic_thread_fence(std::memory_order_seq_cst);
  MPI_Request request = MPI_REQUEST_NULL;
  check_mpi(call, "MPI_Ibarrier", MPI_Ibarrier(ranks.node.get(), &request));
  const auto all_there = [&] {
    int done = 0;
    check_mpi(call, "MPI_Test", MPI_Test(&request, &done, MPI_STATUS_IGNORE));
    return done != 0;
  };
  const auto start = std::chrono::steady_clock::now();
  spin_until(all_there);
  while (!all_there()) {
    const auto waited = std::chrono::steady_clock::now() - start;
    if (waited < kPolite)
      std::this_thread::yield();
    else
      std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(waited / 16, kLongestNap));
  }
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

/// The leaders send the pieces of their nodes round in a ring, each from its place in the result to its place in the next.
template <class Join, class Out>
std::vector<std::unique_ptr<MpiTransfer>> mpi_ring(const Join& join, const Out& out) {
  const MpiRanks& ranks = join.ranks();
  int nodes = 0;
  check_mpi("mpi::all_cat", "MPI_Comm_size", MPI_Comm_size(ranks.leaders.get(), &nodes));
  const auto add_node = [&](MpiTransfer& transfer, MpiTransfer::Way way, int peer, int node) {
    const auto on_node = [&](int rank) { return ranks.node_of[static_cast<std::size_t>(rank)] == node; };
    for (int first = 0, last = 0; first < ranks.size; first = std::max(last, first + 1)) {
      for (last = first; last < ranks.size && on_node(last);) ++last;  // neighbours are one range
      if (last > first) transfer.add(way, peer, erased(join.range(out, first, last)));
    }
  };
  std::vector<std::unique_ptr<MpiTransfer>> steps;
  for (int step = 0; step + 1 < nodes; ++step) {
    const int me = ranks.node_index, next = (me + 1) % nodes, before = (me + nodes - 1) % nodes;
    steps.push_back(std::unique_ptr<MpiTransfer>(new MpiTransfer(join.transfer(ranks.leaders.get()))));
    add_node(*steps.back(), MpiTransfer::Way::receive, before, (me + 2 * nodes - step - 1) % nodes);
    add_node(*steps.back(), MpiTransfer::Way::send, next, (me + nodes - step) % nodes);
  }
  return steps;
}

}  // namespace detail

namespace mpi {

/// The pieces of all ranks one after another along `dim`, in the order of the ranks, as a row-major tensor on every rank.
/// There is one copy of it a machine: its ranks write their pieces to their places in shared memory, where all of them read
/// the result; so it is read-only, and clone() makes one of a rank's own. Only one rank a machine sends and receives.
///
/// `piece`: a tensor of any strides, or a callable that makes one. Shapes obey the rules of cat(); input i of an error is
/// rank i. Called by all ranks of `comm` with the same dim, else all throw: ShapeError, IndexError, TypeError (other
/// elements), Error (another call); ShmError and WorkerException for what failed on one rank, its callable included. Where
/// MPI itself fails, MpiError, on one rank or more.
///
/// Each byte is written once a machine, and crosses the network once for each of the other machines. Memory of a result
/// that no rank of the machine looks at any more is used again by the next call, two results a communicator are kept for
/// that (within set_cache_limit(); see mpi::empty_cache()): memory that the kernel has to find first is many times slower.
/// The tensor keeps its memory as any other; it may outlive the communicator, and MPI. Called by one thread at a time for
/// one communicator, as MPI demands. The first call for a communicator looks for the ranks of each machine.
template <Piece P>
auto all_cat(MPI_Comm comm, P&& piece, Index dim = 0) {
  constexpr const char* kCall = "mpi::all_cat";
  using T = detail::MpiElement<P>;
  const detail::MpiJoin<std::remove_reference_t<P>> join(kCall, comm, piece, dim, 0);
  detail::MpiRanks& ranks = join.ranks();
  const Shape& shape = join.shape();
  const bool alone = ranks.node_size == 1 || shape.numel() == 0;
  const Index bytes = detail::byte_count(kCall, shape, sizeof(T));
  std::optional<detail::MpiNodeMemory> memory;
  Tensor<T> out;
  std::vector<std::unique_ptr<detail::MpiTransfer>> steps;
  const std::exception_ptr error = detail::error_of([&] {
    if (!alone) memory.emplace(kCall, ranks, join.offers(), bytes);
    out = alone ? Tensor<T>::uninitialized(kCall, shape) : Tensor<T>::of(memory->get(), shape);
    if (ranks.leads() && out.data() != nullptr) steps = detail::mpi_ring(join, out.view());
  });
  detail::agree(kCall, ranks, error);
  if (memory) memory->keep();
  if (shape.numel() == 0) return Tensor<const T>(out);
  join.put_own(out);
  detail::mpi_node_barrier(kCall, ranks);
  if (steps.empty() && ranks.node_size == ranks.size) return Tensor<const T>(out);
  for (const auto& step : steps) step->run();
  detail::mpi_node_barrier(kCall, ranks);
  return Tensor<const T>(out);
}

/// all_cat() into memory of each rank's own: `out` may be any view that names each element once, on each rank another one.
/// Every rank sends its piece to all others, each of which receives it straight to its place in `out`. Throws as all_cat()
/// does, before the first write; ShapeError where an `out` has another shape, OverlapError where it shares memory with the
/// piece or with itself. Each rank sends and receives each byte of the result about once.
template <TensorLike Out, Piece P>
void all_cat_into(MPI_Comm comm, const Out& out, P&& piece, Index dim = 0) {
  constexpr const char* kCall = "mpi::all_cat_into";
  using T = detail::MpiElement<P>;
  static_assert(std::same_as<typename Out::element_type, T>, "litorch: the output has the elements of the pieces");
  const detail::MpiJoin<std::remove_reference_t<P>> join(kCall, comm, piece, dim, 0);
  const detail::MpiRanks& ranks = join.ranks();
  detail::MpiTransfer transfer = join.transfer(ranks.all.get());
  const TensorView<T> view(out);
  const std::exception_ptr error = detail::error_of([&] {
    if (out.shape() != join.shape())
      detail::fail<ShapeError>(kCall, "(): the output has shape ", out.shape(), ", expected ", join.shape());
    detail::require_own_elements(kCall, out.layout());
    if (detail::share_bytes(detail::ErasedView(erased(view)), detail::ErasedView(erased(join.piece())), sizeof(T)))
      detail::fail<OverlapError>(kCall, "(): the piece shares memory with the output (shape ", out.shape(),
                                 "); clone() it or give another output");
    for (int step = 1; step < ranks.size; ++step) {
      join.receive(transfer, (ranks.rank + ranks.size - step) % ranks.size, view);
      join.send_own(transfer, (ranks.rank + step) % ranks.size);
    }
  });
  detail::agree(kCall, ranks, error);
  transfer.run();
  join.put_own(view);
}

/// all_cat() on rank `root` alone, whose own the result is: every piece is received straight to its place. Elsewhere the
/// result is Tensor(), of shape (0,). Throws as all_cat() does, also IndexError for different roots and for a root that is
/// no rank. Each byte is sent once.
template <Piece P>
auto cat(MPI_Comm comm, P&& piece, Index dim = 0, int root = 0) {
  constexpr const char* kCall = "mpi::cat";
  using T = detail::MpiElement<P>;
  const detail::MpiJoin<std::remove_reference_t<P>> join(kCall, comm, piece, dim, root);
  const detail::MpiRanks& ranks = join.ranks();
  detail::MpiTransfer transfer = join.transfer(ranks.all.get());
  Tensor<T> out;
  const std::exception_ptr error = detail::error_of([&] {
    if (ranks.rank != root) return join.send_own(transfer, root);
    out = Tensor<T>::uninitialized(kCall, join.shape());
    for (int peer = 0; peer < ranks.size; ++peer)
      if (peer != root) join.receive(transfer, peer, out.view());
  });
  detail::agree(kCall, ranks, error);
  if (ranks.rank == root) join.put_own(out);
  transfer.run();
  return out;
}

/// Rows (indices of dim 0) of `whole`, a tensor on rank `root` that no other rank looks at: each rank gets `rows` of them as
/// a tensor of its own, the first ones rank 0 and so on, sent from where they are, whatever the strides. With rows = -1
/// everywhere, all get as many, and the first ranks one more where they do not come out even. cat(comm, part, 0, root) is
/// the way back. Throws the same on all ranks: ShapeError where `whole` has no dims or another number of rows than all the
/// ranks take, IndexError and TypeError as cat() does. Each byte is sent once.
template <TensorLike Whole>
auto scatter(MPI_Comm comm, const Whole& whole, int root = 0, Index rows = -1) {
  constexpr const char* kCall = "mpi::scatter";
  using T = typename Whole::value_type;
  const detail::MpiRanks& ranks = detail::MpiRanks::of(kCall, comm);
  detail::MpiOffer mine = detail::mpi_offer<T>(ranks.rank == root ? whole.shape() : Shape(), 0, root);
  mine.detail = static_cast<std::uint64_t>(rows);
  const std::vector<detail::MpiOffer> offers = detail::exchange_offers(kCall, ranks, mine, nullptr);
  const Shape shape = offers[static_cast<std::size_t>(root)].shape();
  if (shape.rank() == 0)
    detail::fail<ShapeError>(kCall, "(): the tensor of rank ", root, " is a scalar, which has no rows");
  std::vector<Index> starts{0};
  Index left = shape[0];
  for (Index at = 0; at < ranks.size; ++at) {
    const auto wanted = static_cast<Index>(offers[static_cast<std::size_t>(at)].detail);
    const Index equal = shape[0] / ranks.size + (at < shape[0] % ranks.size ? 1 : 0);
    const bool alike = (wanted == -1) == (static_cast<Index>(offers[0].detail) == -1);
    const Index count = wanted == -1 ? equal : wanted;
    if (count < 0 || count > left || !alike)
      detail::fail_input<ShapeError>(at, kCall, " takes ", wanted, " rows, ", left, " are left of ", shape[0],
                                     " (shape ", shape, "); give all ranks -1, or counts that sum up to them");
    starts.push_back(starts.back() + count);
    left -= count;
  }
  if (left != 0)
    detail::fail<ShapeError>(kCall, "(): the ranks take ", starts.back(), " rows of ", shape[0], " (shape ", shape,
                             ")");

  Tensor<T> part;
  detail::MpiTransfer transfer(kCall, ranks.all.get(), sizeof(T), ranks.most);
  const auto rows_of = [&](int rank) {
    const auto at = static_cast<std::size_t>(rank);
    return whole.narrow(0, starts[at], starts[at + 1] - starts[at]);
  };
  const auto me = static_cast<std::size_t>(ranks.rank);
  const std::exception_ptr error = detail::error_of([&] {
    part = Tensor<T>::uninitialized(kCall, shape.with(0, starts[me + 1] - starts[me]));
    if (ranks.rank != root) return transfer.add(detail::MpiTransfer::Way::receive, root, erased(part));
    for (int peer = 0; peer < ranks.size; ++peer)
      if (peer != root) transfer.add(detail::MpiTransfer::Way::send, peer, erased(rows_of(peer)));
  });
  detail::agree(kCall, ranks, error);
  if (ranks.rank == root)
    detail::copy_elements(InlineExecutor(), erased(part), erased(rows_of(root)), sizeof(T), detail::Tuning());
  transfer.run();
  return part;
}

/// Lets go of the memory that this rank keeps for the results of `comm`; tensors keep theirs. Any rank may call it alone.
/// Throws MpiError as all calls do.
inline void empty_cache(MPI_Comm comm) { detail::MpiRanks::drop_spares("mpi::empty_cache", comm); }

}  // namespace mpi
}  // namespace litorch
