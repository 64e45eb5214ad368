// SPDX-License-Identifier: MIT
// The ranks of an MPI program each have rows, and a column, of their own; every rank gets them all as one tensor. A rank
// that fails is an error on all of them, and no rank waits for ever. With 4 ranks, `mpirun -n 4 mpi_cat`, it prints:
//
//   rows of 4 ranks: (10, 3)
//   columns of 4 ranks: tensor([[0, 1, 2, 3],
//           [0, 1, 2, 3]], dtype=int32)
//   mean of the weights: tensor([1.5000, 1.5000])
//   rank 3 has (2, 3) of the 10 rows
//   litorch::mpi::all_cat(): rank 2 failed: the file of this rank is missing
#include <litorch/distributed/mpi.hpp>
#include <litorch/litorch.hpp>

#include <iostream>

namespace lt = litorch;

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const MPI_Comm comm = MPI_COMM_WORLD;
  int rank = 0, ranks = 0;
  MPI_Comm_rank(comm, &rank);
  MPI_Comm_size(comm, &ranks);
  const bool first = rank == 0, last = rank == ranks - 1;

  const auto rows = lt::mpi::all_cat(comm, lt::full<float>({rank + 1, 3}, float(rank)));  // not as many on each rank
  const auto columns = lt::mpi::all_cat(comm, lt::full<int>({2, 1}, rank), 1);
  if (first) std::cout << "rows of " << ranks << " ranks: " << rows.shape() << "\n";
  if (first) std::cout << "columns of " << ranks << " ranks: " << columns << "\n";

  const auto weights = lt::mpi::all_reduce_mean(comm, lt::full<float>({2}, float(rank)));  // as average() has it
  if (first) std::cout << "mean of the weights: " << weights << std::endl;

  const auto mine = lt::mpi::scatter(comm, rows);  // and the rows to the ranks again
  MPI_Barrier(comm);
  if (last)
    std::cout << "rank " << rank << " has " << mine.shape() << " of the " << rows.size(0) << " rows" << std::endl;
  MPI_Barrier(comm);

  try {
    lt::mpi::all_cat(comm, [&] {
      if (rank == 2) throw std::runtime_error("the file of this rank is missing");
      return lt::ones<float>({1, 3});
    });
  } catch (const lt::WorkerException& error) {
    if (last) std::cout << error.what() << std::endl;
  }
  MPI_Finalize();
}
