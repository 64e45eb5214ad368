// SPDX-License-Identifier: MIT
// The ranks of a communicator and the machines they are on, found once and kept with the communicator.
#pragma once

#include <litorch/distributed/mpi_call.hpp>
#include <litorch/posix/process_identity.hpp>
#include <litorch/posix/shared_memory.hpp>
#include <litorch/tensor/storage.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <vector>

namespace litorch::detail {

/// Move-only owner of a communicator. One that is left when MPI is finalised went with it.
class MpiComm {
 public:
  MpiComm() = default;
  explicit MpiComm(MPI_Comm comm) noexcept : comm_(comm) {}
  MpiComm(MpiComm&& other) noexcept : comm_(std::exchange(other.comm_, MPI_COMM_NULL)) {}
  MpiComm& operator=(MpiComm&& other) noexcept {
    std::swap(comm_, other.comm_);
    return *this;
  }
  ~MpiComm() {
    int ended = 0;
    MPI_Finalized(&ended);
    if (comm_ != MPI_COMM_NULL && ended == 0) MPI_Comm_free(&comm_);
  }
  MPI_Comm get() const noexcept { return comm_; }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
};

/// Shared memory of a node that waits for its next result.
struct MpiSpare {
  Storage storage;
  Index bytes = 0;
  /// How much of it can be used: nothing while a tensor of this rank is in it.
  Index free_bytes() const noexcept { return storage.use_count() == 1 ? bytes : 0; }
};

/// Communicators of litorch's own for the group of a user's communicator. They return errors, and their messages cannot be
/// mistaken for the user's. A node is a set of ranks that can map each other's memory; its first rank leads it.
struct MpiRanks {
  static constexpr std::size_t kSpares = 2;  ///< so that a loop has the next result while it still looks at the last

  MpiComm all, node, leaders;
  int rank = 0, size = 0;            ///< in `all`
  int node_rank = 0, node_size = 0;  ///< in `node`
  int node_index = 0;                ///< the rank of this node's leader in `leaders`
  std::vector<int> node_of;          ///< the node_index of every rank
  Index most = 0;                    ///< what MPI counts with
  std::array<MpiSpare, kSpares> spares;
  std::size_t next_spare = 0;  ///< the one to be replaced; the same in all ranks of a node

  bool leads() const noexcept { return node_rank == 0; }

  /// Those of `comm`; all ranks find them together in the first call. Throws MpiError.
  static MpiRanks& of(const char* call, MPI_Comm comm) {
    MpiRanks* const kept = known(call, comm);
    return kept != nullptr ? *kept : attach(call, comm, 0, kMpiMost);
  }
  static void drop_spares(const char* call, MPI_Comm comm) {
    if (MpiRanks* const kept = known(call, comm)) kept->spares = {};
  }

  /// Finds them with ranks of another `colour` taken for ranks of another node, and a smaller `most`: one machine as many.
  static MpiRanks& attach(const char* call, MPI_Comm comm, int colour, Index most) {
    auto ranks = std::make_unique<MpiRanks>();
    ranks->find(call, comm, colour, most);
    check_mpi(call, "MPI_Comm_set_attr", MPI_Comm_set_attr(comm, key(call), ranks.get()));
    return *ranks.release();
  }

  static constexpr Index kMpiMost = 2147483647;

 private:
  static MpiRanks* known(const char* call, MPI_Comm comm) {
    require_mpi(call, comm);
    void* kept = nullptr;
    int found = 0;
    check_mpi(call, "MPI_Comm_get_attr", MPI_Comm_get_attr(comm, key(call), &kept, &found));
    return found != 0 ? static_cast<MpiRanks*>(kept) : nullptr;
  }

  /// Attributes end with their communicator, in all of its ranks at once.
  static int key(const char* call) {
    static const int made = [&] {
      int fresh = MPI_KEYVAL_INVALID;
      const auto forget = [](MPI_Comm, int, void* kept, void*) {
        delete static_cast<MpiRanks*>(kept);
        return MPI_SUCCESS;
      };
      check_mpi(call, "MPI_Comm_create_keyval", MPI_Comm_create_keyval(MPI_COMM_NULL_COPY_FN, forget, &fresh, nullptr));
      return fresh;
    }();
    return made;
  }

  void find(const char* call, MPI_Comm comm, int colour, Index count_limit) {
    most = count_limit;
    all = made(call, "MPI_Comm_dup", [&](MPI_Comm* fresh) { return MPI_Comm_dup(comm, fresh); });
    check_mpi(call, "MPI_Comm_set_errhandler", MPI_Comm_set_errhandler(all.get(), MPI_ERRORS_RETURN));
    check_mpi(call, "MPI_Comm_rank", MPI_Comm_rank(all.get(), &rank));
    check_mpi(call, "MPI_Comm_size", MPI_Comm_size(all.get(), &size));
    const MpiComm coloured = split(call, all, colour);
    const MpiComm machine = made(call, "MPI_Comm_split_type", [&](MPI_Comm* fresh) {
      return MPI_Comm_split_type(coloured.get(), MPI_COMM_TYPE_SHARED, rank, MPI_INFO_NULL, fresh);
    });
    node = split(call, machine, shares_memory(call, machine) ? 0 : 1 + rank);
    check_mpi(call, "MPI_Comm_rank", MPI_Comm_rank(node.get(), &node_rank));
    check_mpi(call, "MPI_Comm_size", MPI_Comm_size(node.get(), &node_size));
    leaders = split(call, all, leads() ? 0 : MPI_UNDEFINED);
    if (leads()) check_mpi(call, "MPI_Comm_rank", MPI_Comm_rank(leaders.get(), &node_index));
    check_mpi(call, "MPI_Bcast", MPI_Bcast(&node_index, 1, MPI_INT, 0, node.get()));
    node_of.resize(static_cast<std::size_t>(size));
    check_mpi(call, "MPI_Allgather", MPI_Allgather(&node_index, 1, MPI_INT, node_of.data(), 1, MPI_INT, all.get()));
  }

  /// Whether this rank can map what the first of `machine` has: not so between containers on one machine.
  static bool shares_memory(const char* call, const MpiComm& machine) {
    std::array<Index, 3> offer{-1, -1, 0};  // process, descriptor, a number to know it by
    int leader = 0;
    check_mpi(call, "MPI_Comm_rank", MPI_Comm_rank(machine.get(), &leader));
    std::unique_ptr<posix::SharedMemory> memory;
    try {
      if (leader == 0) {
        memory = std::make_unique<posix::SharedMemory>(posix::SharedMemory::anonymous(call, sizeof offer));
        offer = {posix::this_process().pid, memory->fd(),
                 static_cast<Index>(reinterpret_cast<std::uintptr_t>(memory.get()))};
        memory->write(offer.data(), sizeof offer);
      }
    } catch (const std::exception&) {
      offer[0] = -1;  // then each rank is a node by itself
    }
    check_mpi(call, "MPI_Bcast", MPI_Bcast(offer.data(), sizeof offer, MPI_BYTE, 0, machine.get()));
    bool shares = leader == 0;
    try {
      if (leader != 0 && offer[0] >= 0) {
        std::array<Index, 3> found{};
        const auto theirs = posix::SharedMemory::of_process(call, offer[0], static_cast<int>(offer[1]));
        shares = theirs.read(found.data(), sizeof found) == sizeof found && found == offer;
      }
    } catch (const std::exception&) {
      shares = false;
    }
    check_mpi(call, "MPI_Barrier", MPI_Barrier(machine.get()));  // the first rank keeps it open until all have looked
    return shares;
  }

  MpiComm split(const char* call, const MpiComm& from, int colour) const {
    return made(call, "MPI_Comm_split",
                [&](MPI_Comm* fresh) { return MPI_Comm_split(from.get(), colour, rank, fresh); });
  }
  template <class Make>
  static MpiComm made(const char* call, const char* function, const Make& make) {
    MPI_Comm fresh = MPI_COMM_NULL;
    check_mpi(call, function, make(&fresh));
    return MpiComm(fresh);
  }
};

}  // namespace litorch::detail
