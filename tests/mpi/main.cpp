// SPDX-License-Identifier: MIT
// The tests of litorch::mpi, which mpirun starts with 1 to 4 ranks: each group as it is, with every rank taken for a machine
// of its own, with pairs taken for machines, and with odd and even ranks on two machines; MPI that counts to 7 only as well.
// Prints `ok` where all ranks are satisfied.
#include "mpi/harness.hpp"

#include <cstdlib>

using namespace harness;

namespace {

/// What is wrong with MPI outside of MPI_Init() and MPI_Finalize() is an error, not the end of the process.
void outside_of_mpi(const World& world, const char* expected) {
  const std::string message = support::message_of<MpiError>([] { mpi::all_cat(MPI_COMM_WORLD, ones<float>({2})); });
  expect(message.find(expected) != std::string::npos, world, "outside of MPI: " + message);
}

}  // namespace

int main(int argc, char** argv) {
  World world;
  outside_of_mpi(world, "litorch::mpi::all_cat(): MPI is not initialised");
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &world.rank);
  MPI_Comm_size(MPI_COMM_WORLD, &world.size);
  const auto run = [&] {
    concatenation(world);
    means(world);
    scattering(world);
    refusals(world);
  };
  world.comm = MPI_COMM_WORLD;
  datatypes(world);
  run();
  const int colours[] = {0, world.rank, world.rank / 2, world.rank % 2, world.rank == 0 ? 0 : 1};
  for (const int colour : colours) {
    MPI_Comm_dup(MPI_COMM_WORLD, &world.comm);
    litorch::detail::MpiRanks::attach("test", world.comm, colour, 7);
    run();
    MPI_Comm_free(&world.comm);
  }
  // A tensor outlives its communicator, and MPI.
  MPI_Comm_dup(MPI_COMM_WORLD, &world.comm);
  const Tensor<const int> kept = mpi::all_cat(world.comm, full<int>({3}, world.rank));
  MPI_Comm_free(&world.comm);
  int all = 0;
  MPI_Allreduce(&failures, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  MPI_Finalize();
  outside_of_mpi(world, "litorch::mpi::all_cat(): MPI is finalised");
  for (int i = 0; i < world.size; ++i) expect(kept(3 * i) == i, world, "a result after MPI_Finalize()");
  if (all == 0 && failures == 0 && world.rank == 0) std::puts("ok");
  return all + failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
