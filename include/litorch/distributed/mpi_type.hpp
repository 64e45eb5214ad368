// SPDX-License-Identifier: MIT
// Any layout as one derived datatype of MPI, so that elements are sent from where they are and received to where they
// belong, and counts over 2^31 - 1 are part of the type: every message has the count 1.
#pragma once

#include <litorch/distributed/mpi_call.hpp>
#include <litorch/shape/runs.hpp>

#include <limits>
#include <utility>

namespace litorch::detail {

/// Move-only owner of a committed datatype. Two types of one shape and item size, whatever their strides, match: the bytes
/// of the elements in row-major order.
class MpiType {
 public:
  /// What MPI counts with. Tests give less.
  static constexpr Index kMost = std::numeric_limits<int>::max();

  /// `layout` has elements. Throws MpiError.
  MpiType(const char* call, const Layout& layout, Index item_size, Index most = kMost) : call_(call), most_(most) {
    Dims order;
    for (Index dim = 0; dim < layout.shape.rank(); ++dim) order.push_back(dim);
    const LoopNest nest = loop_nest(layout.shape, layout.strides, layout.strides, order);
    std::size_t loop = nest.depth - 1;
    const bool run = nest.extents[loop] == 1 || nest.a[loop] == 1;
    Owner type = bytes(run ? nest.extents[loop] * item_size : item_size);
    if (!run) type = repeat(type, nest.extents[loop], nest.a[loop] * item_size);
    while (loop-- > 0)
      if (nest.extents[loop] != 1) type = repeat(type, nest.extents[loop], nest.a[loop] * item_size);
    check_mpi(call_, "MPI_Type_commit", MPI_Type_commit(&type.type));
    type_ = std::move(type);
  }

  MPI_Datatype get() const noexcept { return type_.type; }

 private:
  struct Owner {
    Owner() = default;
    explicit Owner(MPI_Datatype made) : type(made) {}
    Owner(Owner&& other) noexcept : type(std::exchange(other.type, MPI_DATATYPE_NULL)) {}
    Owner& operator=(Owner&& other) noexcept {
      std::swap(type, other.type);
      return *this;
    }
    ~Owner() {
      if (type != MPI_DATATYPE_NULL) MPI_Type_free(&type);
    }
    MPI_Datatype type = MPI_DATATYPE_NULL;
  };

  Owner bytes(Index count) const {
    Owner byte;  // not to be freed: a type of one byte that is ours
    check_mpi(call_, "MPI_Type_contiguous", MPI_Type_contiguous(1, MPI_BYTE, &byte.type));
    return repeat(byte, count, 1);
  }

  /// `count` of `old`, `stride` bytes apart: blocks of as many as MPI can count, blocks of these, and what is left.
  Owner repeat(const Owner& old, Index count, Index stride) const {
    if (count > most_) return blocks_of(repeat(old, most_, stride), most_, old, count, stride);
    // Open MPI 4.1.4 takes a stride of -1 byte for no stride at all, one item right behind the other: pairs are 2 apart.
    if (stride == -1 && count > 1) return blocks_of(both(old, old, stride), 2, old, count, stride);
    Owner made;
    MPI_Aint lower = 0, extent = 0;
    check_mpi(call_, "MPI_Type_get_extent", MPI_Type_get_extent(old.type, &lower, &extent));
    const int number = static_cast<int>(count);
    if (lower == 0 && extent == stride)
      check_mpi(call_, "MPI_Type_contiguous", MPI_Type_contiguous(number, old.type, &made.type));
    else
      check_mpi(call_, "MPI_Type_create_hvector", MPI_Type_create_hvector(number, 1, stride, old.type, &made.type));
    return made;
  }

  /// repeat() by blocks of `size` of `old`.
  Owner blocks_of(const Owner& block, Index size, const Owner& old, Index count, Index stride) const {
    const Index blocks = count / size, left = count % size;
    Owner many = repeat(block, blocks, stride * size);
    return left == 0 ? std::move(many) : both(many, repeat(old, left, stride), stride * size * blocks);
  }

  Owner both(const Owner& first, const Owner& second, Index distance) const {
    Owner made;
    const int lengths[] = {1, 1};
    const MPI_Aint places[] = {0, distance};
    const MPI_Datatype types[] = {first.type, second.type};
    check_mpi(call_, "MPI_Type_create_struct", MPI_Type_create_struct(2, lengths, places, types, &made.type));
    return made;
  }

  const char* call_;
  Index most_;
  Owner type_;
};

}  // namespace litorch::detail
