// SPDX-License-Identifier: MIT
// Memory that all ranks of a node have mapped, and that a tensor of each may keep as long as it likes: the last one to let
// go frees it. A window of MPI cannot do that, as all ranks must free it together.
#pragma once

#include <litorch/distributed/mpi_agreement.hpp>

namespace litorch::detail {

/// What ranks of a node share for one result: memory of an earlier result that nobody looks at any more, or new. Kept for
/// later ones by keep(), once all have agreed that it can be used.
class MpiNodeMemory {
 public:
  /// `bytes` > 0, the same on all ranks of the node, as is what they do; `offers` are those of all ranks.
  MpiNodeMemory(const char* call, MpiRanks& ranks, const std::vector<MpiOffer>& offers, Index bytes)
      : call_(call), ranks_(ranks), bytes_(bytes), slot_(spare_for(offers)) {}

  /// Throws ShmError where there is too little memory, or it cannot be mapped, on some ranks of the node or on all.
  const Storage& get() {
    if (slot_ < MpiRanks::kSpares)
      storage_ = ranks_.spares[slot_].storage;
    else
      make();
    return storage_;
  }

  /// To be called when all ranks have it.
  void keep() {
    if (slot_ < MpiRanks::kSpares) return;
    const bool small = static_cast<std::size_t>(bytes_) <= MappingCache::limit();
    ranks_.spares[ranks_.next_spare] = small ? MpiSpare{storage_, bytes_} : MpiSpare{};
    ranks_.next_spare = (ranks_.next_spare + 1) % MpiRanks::kSpares;
    opened_.reset();
  }

 private:
  /// The first spare that is free on all ranks of the node and not much too large; kSpares where there is none.
  std::size_t spare_for(const std::vector<MpiOffer>& offers) const {
    for (std::size_t slot = 0; slot < MpiRanks::kSpares; ++slot) {
      bool fits = true;
      for (std::size_t at = 0; at < offers.size(); ++at) {
        const Index found = offers[at].spare_bytes[slot];
        if (ranks_.node_of[at] == ranks_.node_index) fits = fits && found >= bytes_ && found / 4 <= bytes_;
      }
      if (fits) return slot;
    }
    return MpiRanks::kSpares;
  }

  void make() {
    std::array<Index, 2> place{-1, -1};  // the process that has it, and the descriptor there
    std::exception_ptr error;
    if (ranks_.leads())
      error = error_of([&] {
        opened_ = std::make_unique<posix::SharedMemory>(posix::SharedMemory::anonymous(call_, bytes_));
        place = {posix::this_process().pid, opened_->fd()};
      });
    check_mpi(call_, "MPI_Bcast", MPI_Bcast(place.data(), sizeof place, MPI_BYTE, 0, ranks_.node.get()));
    if (error) std::rethrow_exception(error);
    if (place[0] < 0) return;  // its leader says why
    if (!ranks_.leads())
      opened_ = std::make_unique<posix::SharedMemory>(
          posix::SharedMemory::of_process(call_, place[0], static_cast<int>(place[1])));
    posix::MappedRegion region = opened_->map(bytes_, posix::Access::write);
    populate(region);
    std::byte* const data = region.data();
    storage_ = Storage::adopt(data, std::move(region));
  }

  /// Each rank begins with a part of its own, so that no two wait for the same page.
  void populate(const posix::MappedRegion& region) const {
    const std::size_t page = posix::page_size(), pages = (region.size() - 1) / page + 1;
    const std::size_t own =
        pages / static_cast<std::size_t>(ranks_.node_size) * static_cast<std::size_t>(ranks_.node_rank) * page;
    if (!region.populate(own, region.size() - own) || !region.populate(0, own))
      fail_shm(ShmCode::no_space, ENOMEM, call_, "(): shared memory of ", bytes_, " bytes cannot be mapped");
  }

  const char* call_;
  MpiRanks& ranks_;
  Index bytes_;
  std::size_t slot_;
  std::unique_ptr<posix::SharedMemory> opened_;  // by the leader until the others have opened it
  Storage storage_;
};

}  // namespace litorch::detail
