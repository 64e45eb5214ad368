// SPDX-License-Identifier: MIT
// Any layout as one derived datatype of MPI, so that elements are sent from where they are and received to where they
// belong, and counts over 2^31 - 1 are part of the type: every message has the count 1.
#pragma once

#include <litorch/distributed/mpi_call.hpp>
#include <litorch/shape/runs.hpp>

#include <limits>
#include <utility>

namespace litorch::detail {

/// The loops that visit the elements of `layout` in row-major order.
inline LoopNest element_loops(const Layout& layout) {
  Dims order;
  for (Index dim = 0; dim < layout.shape.rank(); ++dim) order.push_back(dim);
  return loop_nest(layout.shape, layout.strides, layout.strides, order);
}

/// Move-only owner of a committed datatype. Two types of one shape and item size, whatever their strides, match: the bytes
/// of the elements in row-major order.
class MpiType {
 public:
  /// What MPI counts with. Tests give less.
  static constexpr Index kMost = std::numeric_limits<int>::max();

  /// `layout` has elements. Throws MpiError.
  MpiType(const char* call, const Layout& layout, Index item_size, Index most = kMost) : call_(call), most_(most) {
    const LoopNest nest = element_loops(layout);
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
    Owner made;
    if (count <= most_) {
      MPI_Aint lower = 0, extent = 0;
      check_mpi(call_, "MPI_Type_get_extent", MPI_Type_get_extent(old.type, &lower, &extent));
      const int number = static_cast<int>(count);
      if (lower == 0 && extent == stride)
        check_mpi(call_, "MPI_Type_contiguous", MPI_Type_contiguous(number, old.type, &made.type));
      else
        check_mpi(call_, "MPI_Type_create_hvector", MPI_Type_create_hvector(number, 1, stride, old.type, &made.type));
      return made;
    }
    const Index blocks = count / most_, left = count % most_;
    Owner many = repeat(repeat(old, most_, stride), blocks, stride * most_);
    if (left == 0) return many;
    const Owner rest = repeat(old, left, stride);
    const int lengths[] = {1, 1};
    const MPI_Aint places[] = {0, stride * most_ * blocks};
    const MPI_Datatype types[] = {many.type, rest.type};
    check_mpi(call_, "MPI_Type_create_struct", MPI_Type_create_struct(2, lengths, places, types, &made.type));
    return made;
  }

  const char* call_;
  Index most_;
  Owner type_;
};

}  // namespace litorch::detail
