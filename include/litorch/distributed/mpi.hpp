// SPDX-License-Identifier: MIT
// Tensors of the ranks of an MPI program, on any MPI of version 3 or later: target litorch::mpi.
//
//   const auto whole = litorch::mpi::all_cat(MPI_COMM_WORLD, rows);          // the rows of all ranks, on every rank
//   const auto weights = litorch::mpi::all_reduce_mean(MPI_COMM_WORLD, mine);
#pragma once

#include <litorch/distributed/mpi_concat.hpp>
#include <litorch/distributed/mpi_mean.hpp>
