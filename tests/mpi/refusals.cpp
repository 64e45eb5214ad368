// SPDX-License-Identifier: MIT
// One rank with the wrong shape, elements, dim, root or call, or that throws: all ranks throw the same, and can go on.
#include "mpi/harness.hpp"

namespace harness {
namespace {

/// All ranks get an E of one text that mentions `parts`, and the communicator still works.
template <class E, class F>
void all_throw(const World& world, const char* what, std::initializer_list<std::string> parts, F call) {
  const std::string message = support::message_of<E>(call);
  expect(support::mentions(message, parts), world, std::string(what) + ": " + message);
  char first[1200]{}, mine[1200]{};
  message.copy(mine, sizeof mine - 1);
  message.copy(first, sizeof first - 1);
  MPI_Bcast(first, sizeof first, MPI_BYTE, 0, world.comm);
  expect(std::string(first) == mine, world, std::string(what) + ": rank 0 was told another error");
  expect(mpi::all_cat(world.comm, full<int>({2}, 1)).numel() == 2 * world.size, world, "no all_cat after an error");
}

void wrong_rank(const World& world, int wrong) {
  const bool mine = world.rank == wrong;
  const std::string who = "input " + std::to_string(wrong), whose = "rank " + std::to_string(wrong);
  const bool base = wrong == 0;  // then the others differ from it
  all_throw<ShapeError>(world, "shape", {"litorch::mpi::all_cat(): input", "expected"}, [&] {
    mpi::all_cat(world.comm, ones<float>({2, mine ? 4 : 3}));
  });
  all_throw<ShapeError>(world, "dims", {"litorch::mpi::cat(): input", " dims, expected "}, [&] {
    mpi::cat(world.comm, ones<float>(mine ? Shape{2, 3, 1} : Shape{2, 3}), 0, world.size - 1);
  });
  all_throw<TypeError>(world, "elements", {"(): input ", "float64", "float32"}, [&] {
    if (mine)
      mpi::all_cat(world.comm, ones<double>({2, 3}));
    else
      mpi::all_cat(world.comm, ones<float>({2, 3}));
  });
  all_throw<IndexError>(world, "dim", {base ? "" : who, " has dim ", "expected"}, [&] {
    mpi::all_cat(world.comm, ones<float>({2, 3}), mine ? 1 : 0);
  });
  all_throw<IndexError>(world, "root", {"names root"}, [&] {
    mpi::cat(world.comm, ones<float>({2, 3}), 0, mine ? 1 : 0);
  });
  all_throw<Error>(world, "call", {"mpi::cat()", "mpi::all_cat()", "the same call"}, [&] {
    if (mine)
      mpi::cat(world.comm, ones<float>({2, 3}));
    else
      mpi::all_cat(world.comm, ones<float>({2, 3}));
  });
  all_throw<ShapeError>(world, "mean", {"litorch::mpi::all_reduce_mean(): input", "expected"}, [&] {
    mpi::all_reduce_mean(world.comm, ones<float>({2, mine ? 4 : 3}));
  });
  all_throw<ShapeError>(world, "parameters", {"other shapes"}, [&] {
    mpi::all_reduce_mean(world.comm, std::vector{ones<float>(mine ? Shape{3, 2} : Shape{2, 3}), ones<float>({4})});
  });
  all_throw<ShapeError>(world, "rows", {"litorch::mpi::scatter()", "rows"},
                        [&] { mpi::scatter(world.comm, ones<float>({world.size}), 0, mine ? 2 : 1); });
  all_throw<ShapeError>(world, "output", {whose, "the output has shape (1,)"}, [&] {
    mpi::all_cat_into(world.comm, ones<float>({mine ? 1 : 2 * world.size}), ones<float>({2}));
  });
  all_throw<OverlapError>(world, "overlap", {whose, "shares memory"}, [&] {
    const Tensor<float> out = ones<float>({2 * world.size});
    mpi::all_cat_into(world.comm, out, mine ? out.narrow(0, 1, 2) : ones<float>({2}));
  });
}

void throwing_rank(const World& world, int wrong) {
  const bool mine = world.rank == wrong;
  const std::string whose = "rank " + std::to_string(wrong);
  const auto piece = [&](auto error) {
    return [=] {
      if (mine) throw error;
      return ones<float>({2, 3});
    };
  };
  all_throw<WorkerException>(world, "exception", {whose + " failed: the disk is full"},
                             [&] { mpi::all_cat(world.comm, piece(std::runtime_error("the disk is full"))); });
  all_throw<WorkerException>(world, "bad_alloc", {whose, "bad_alloc"},
                             [&] { mpi::cat(world.comm, piece(std::bad_alloc()), 0, 0); });
  all_throw<WorkerException>(world, "number", {whose, "no std::exception"},
                             [&] { mpi::all_reduce_mean(world.comm, piece(5)); });
  all_throw<TypeError>(world, "litorch's own", {whose, "unknown letter"},
                       [&] { mpi::all_cat(world.comm, piece(TypeError("unknown letter"))); });
  all_throw<IoError>(world, "errno", {whose, "no file"},
                     [&] { mpi::all_cat(world.comm, piece(IoError("no file", 2))); });
  // More memory than there can be on one rank, after all have agreed on the shapes.
  const Index huge = Index{1} << 46;
  all_throw<WorkerException>(world, "memory", {"rank 0 failed", "bad_alloc"}, [&] {
    mpi::cat(world.comm, ones<float>({1, 1}).expand({mine ? huge : 1, 1}), 0, 0);
  });
}

}  // namespace

void refusals(const World& world) {
  all_throw<ShapeError>(world, "scalars", {"litorch::mpi::scatter(): the tensor of rank 0 is a scalar"},
                        [&] { mpi::scatter(world.comm, ones<float>({})); });
  all_throw<IndexError>(world, "dim of none", {"litorch::mpi::all_cat(): dim 2 is out of range"}, [&] {
    mpi::all_cat(world.comm, ones<float>({2, 3}), 2);
  });
  all_throw<IndexError>(world, "root of none", {"is no rank of the communicator"}, [&] {
    mpi::cat(world.comm, ones<float>({2, 3}), 0, world.size);
  });
  all_throw<ShapeError>(world, "no parameters", {"list of inputs is empty"},
                        [&] { mpi::all_reduce_mean(world.comm, std::vector<Tensor<float>>()); });
  const std::string nobody = support::message_of<MpiError>([&] { mpi::all_cat(MPI_COMM_NULL, ones<float>({2})); });
  expect(support::mentions(nobody, {"litorch::mpi::all_cat()", "MPI_COMM_NULL"}), world, nobody);
  for (int wrong = 0; world.size > 1 && wrong < world.size; ++wrong) wrong_rank(world, wrong);
  for (int wrong = 0; wrong < world.size; ++wrong) throwing_rank(world, wrong);
}

}  // namespace harness
