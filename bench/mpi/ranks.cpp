// SPDX-License-Identifier: MIT
// mpi_ranks MEBIBYTES CALLS: each rank has a piece of so many MiB, and all of them want all of it, along either dim: by
// litorch and by MPI called by hand, by turns in this one program. Rank 0 prints medians over the calls, of the slowest
// rank, in seconds, and the constants that a model of many machines needs.
#include <litorch/distributed/mpi.hpp>
#include <litorch/litorch.hpp>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>

using namespace litorch;

namespace {

int rank = 0, ranks = 0;

/// Each rank has as many floats as any other one, of shape (rows, columns).
struct Case {
  Index dim, rows, columns;
  Tensor<float> piece;
  Shape shape() const { return dim == 0 ? Shape{rows * ranks, columns} : Shape{rows, columns * ranks}; }
};

void all_gather(const float* from, Index count, float* to) {
  const int n = static_cast<int>(count);
  std::vector<int> counts(static_cast<std::size_t>(ranks), n), places;
  for (int i = 0; i < ranks; ++i) places.push_back(i * n);
  MPI_Allgatherv(from, n, MPI_FLOAT, to, counts.data(), places.data(), MPI_FLOAT, MPI_COMM_WORLD);
}

/// What is written by hand: the pieces one after another, and for dim 1 a pass that brings them to their places.
void by_hand(const Case& one, float* gathered, float* out) {
  if (one.dim == 0) return all_gather(one.piece.data(), one.piece.numel(), out);
  std::vector<float> packed(one.piece.data(), one.piece.data() + one.piece.numel());
  all_gather(packed.data(), one.piece.numel(), gathered);
  const auto columns = static_cast<std::size_t>(one.columns);
  for (Index i = 0; i < ranks; ++i)
    for (Index row = 0; row < one.rows; ++row)
      std::memcpy(out + (row * ranks + i) * one.columns, gathered + (i * one.rows + row) * one.columns,
                  columns * sizeof(float));
}

bool right(const Case& one, const float* found) {
  bool all = true;
  for (Index row = 0; row < one.shape()[0]; row += 97)
    for (Index column = 0; column < one.shape()[1]; column += 89) {
      const Index owner = one.dim == 0 ? row / one.rows : column / one.columns;
      all = all && found[row * one.shape()[1] + column] == static_cast<float>(owner + 1);
    }
  return all;
}

/// Of the slowest rank; all begin together.
double seconds(const std::function<void()>& call) {
  MPI_Barrier(MPI_COMM_WORLD);
  const double start = MPI_Wtime();
  call();
  double mine = MPI_Wtime() - start, slowest = 0;
  MPI_Allreduce(&mine, &slowest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return slowest;
}

std::map<std::string, std::vector<double>> found;

void report(const std::string& name, double value) { found[name].push_back(value); }

void measure(const Case& one, int calls) {
  const std::string dim = ", dim " + std::to_string(one.dim);
  Tensor<float> gathered = zeros<float>(one.shape()), out = zeros<float>(one.shape());
  report("litorch, first call" + dim, seconds([&] { mpi::all_cat(MPI_COMM_WORLD, one.piece, one.dim); }));
  for (int i = -1; i < calls; ++i) {  // the first round is not counted
    const auto turn = [&](const char* name, auto&& call) {
      const double taken = seconds(call);
      if (i >= 0) report(name + dim, taken);
    };
    turn("by hand", [&] { by_hand(one, gathered.data(), out.data()); });
    if (!right(one, out.data())) MPI_Abort(MPI_COMM_WORLD, 1);
    turn("by hand, fresh output", [&] {
      const std::unique_ptr<float[]> fresh(new float[static_cast<std::size_t>(out.numel())]);
      by_hand(one, gathered.data(), fresh.get());
    });
    Tensor<const float> result;
    turn("litorch", [&] { result = mpi::all_cat(MPI_COMM_WORLD, one.piece, one.dim); });
    if (!right(one, result.data())) MPI_Abort(MPI_COMM_WORLD, 1);
    out.fill_(0);
    turn("litorch, all_cat_into", [&] { mpi::all_cat_into(MPI_COMM_WORLD, out, one.piece, one.dim); });
    if (!right(one, out.data())) MPI_Abort(MPI_COMM_WORLD, 1);
  }
  mpi::empty_cache(MPI_COMM_WORLD);
}

/// The smallest result, for the latency of a call; and messages between two ranks, for that of a message.
void constants(int calls) {
  const Tensor<float> one = full<float>({1}, 1);
  for (int i = 0; i < 20 * calls; ++i) report("smallest all_cat", seconds([&] { mpi::all_cat(MPI_COMM_WORLD, one); }));
  std::vector<char> bytes(std::size_t{64} << 20, 1);
  for (const int size : {1, 64 << 20})
    for (int i = 0; i < 5 * calls; ++i) {
      const double start = MPI_Wtime();
      const auto send = [&](int to) { MPI_Send(bytes.data(), size, MPI_CHAR, to, 0, MPI_COMM_WORLD); };
      const auto receive = [&](int from) {
        MPI_Recv(bytes.data(), size, MPI_CHAR, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
      };
      if (rank == 0) send(1), receive(1);
      if (rank == 1) receive(0), send(0);
      if (rank == 0) report(size == 1 ? "message of 1 byte" : "message of 64 MiB", (MPI_Wtime() - start) / 2);
      MPI_Barrier(MPI_COMM_WORLD);
    }
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const Index mebibytes = argc > 1 ? std::atol(argv[1]) : 64;
  const int calls = argc > 2 ? std::atoi(argv[2]) : 5;
  const Index rows = 4096, columns = mebibytes * (Index{1} << 20) / 4 / rows;
  const Tensor<float> piece = full<float>({rows, columns}, static_cast<float>(rank + 1));
  for (const Index dim : {0, 1}) measure({dim, rows, columns, piece}, calls);
  if (ranks > 1) constants(calls);
  if (rank == 0) {
    std::cout << "{";
    for (auto& [name, values] : found) {
      std::sort(values.begin(), values.end());
      std::cout << "\"" << name << "\": " << values[values.size() / 2] << ", ";
    }
    std::cout << "\"ranks\": " << ranks << "}\n";
  }
  MPI_Finalize();
}
