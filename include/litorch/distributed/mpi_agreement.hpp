// SPDX-License-Identifier: MIT
// What the ranks must agree on before the first element is sent: that all of them are in the same call, with tensors that
// fit, and that none has failed. Otherwise all throw the same, and nobody waits for ever.
#pragma once

#include <litorch/distributed/mpi_ranks.hpp>
#include <litorch/ipc/segment_header.hpp>

#include <exception>
#include <limits>

namespace litorch::detail {

/// What a rank brings to a call.
struct MpiOffer {
  char call[32]{};
  std::int32_t failed = 0;
  std::uint32_t dtype = 0, item_size = 0;
  std::int32_t root = 0;
  std::int64_t dim = 0;  ///< or what else must be the same everywhere
  std::int64_t rank = 0;
  std::array<Index, kMaxRank> extents{};
  std::array<Index, MpiRanks::kSpares> spare_bytes{};
  std::uint64_t detail = 0;  ///< what the call makes of it

  Shape shape() const { return Shape(extents.begin(), extents.begin() + rank); }
  ElementFormat format() const noexcept { return {dtype, item_size}; }
  void set_shape(const Shape& shape) {
    rank = shape.rank();
    std::copy(shape.begin(), shape.end(), extents.begin());
  }
};

/// An exception as bytes, for the other ranks.
class MpiFault {
 public:
  MpiFault() = default;
  explicit MpiFault(std::exception_ptr error) {
    try {
      std::rethrow_exception(std::move(error));
    } catch (const ShapeError& caught) {
      set(Kind::shape, caught);
    } catch (const IndexError& caught) {
      set(Kind::index, caught);
    } catch (const TypeError& caught) {
      set(Kind::type, caught);
    } catch (const OverlapError& caught) {
      set(Kind::overlap, caught);
    } catch (const IoError& caught) {
      set(Kind::io, caught, 0, caught.errno_value());
    } catch (const ShmError& caught) {
      set(Kind::shm, caught, static_cast<int>(caught.code()), caught.errno_value());
    } catch (const MpiError& caught) {
      set(Kind::mpi, caught, caught.code());
    } catch (const std::exception& caught) {
      set(Kind::other, caught);
    } catch (...) {
      std::strcpy(text_, "an exception that is no std::exception");
    }
  }

  /// The same type on every rank; WorkerException for types that are not litorch's. `rank` is whose fault it is.
  [[noreturn]] void raise(const char* call, int rank) const {
    const std::string text = to_text("litorch::", call, "(): rank ", rank, " failed: ", text_);
    switch (kind_) {
      case Kind::shape: throw ShapeError(text, rank);
      case Kind::index: throw IndexError(text, rank);
      case Kind::type: throw TypeError(text, rank);
      case Kind::overlap: throw OverlapError(text, rank);
      case Kind::io: throw IoError(text, errno_);
      case Kind::shm: throw ShmError(text, static_cast<ShmCode>(code_), errno_);
      case Kind::mpi: throw MpiError(text, code_);
      case Kind::other: break;
    }
    throw WorkerException(text, rank);
  }

 private:
  enum class Kind : std::int32_t { other, shape, index, type, overlap, io, shm, mpi };

  void set(Kind kind, const std::exception& error, int code = 0, int errno_value = 0) noexcept {
    kind_ = kind;
    code_ = code;
    errno_ = errno_value;
    std::strncpy(text_, error.what(), sizeof text_ - 1);
  }

  Kind kind_ = Kind::other;
  std::int32_t code_ = 0, errno_ = 0;
  char text_[1000]{};
};

/// Throws on every rank what `error` is on rank `at`.
[[noreturn]] LITORCH_COLD inline void raise_everywhere(const char* call, const MpiRanks& ranks, int at,
                                                       const std::exception_ptr& error) {
  MpiFault fault;
  if (ranks.rank == at) fault = MpiFault(error);
  check_mpi(call, "MPI_Bcast", MPI_Bcast(&fault, sizeof fault, MPI_BYTE, at, ranks.all.get()));
  fault.raise(call, at);
}

/// Returns where `error` is nothing on all ranks, else throws the error of the first that has one. Nobody returns before
/// all have called.
inline void agree(const char* call, const MpiRanks& ranks, const std::exception_ptr& error) {
  const int none = std::numeric_limits<int>::max(), mine = error ? ranks.rank : none;
  int first = none;
  check_mpi(call, "MPI_Allreduce", MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, ranks.all.get()));
  if (first != none) raise_everywhere(call, ranks, first, error);
}

/// The offers of all ranks, of which this one's is `mine`, or `error` is why it has none. Throws the same on all ranks: the
/// first rank's error; Error for ranks in different calls, IndexError for different dims or roots, or a root that there is
/// not, TypeError for different elements.
inline std::vector<MpiOffer> exchange_offers(const char* call, const MpiRanks& ranks, MpiOffer mine,
                                             const std::exception_ptr& error) {
  std::strncpy(mine.call, call, sizeof mine.call - 1);
  mine.failed = error ? 1 : 0;
  for (std::size_t i = 0; i < MpiRanks::kSpares; ++i) mine.spare_bytes[i] = ranks.spares[i].free_bytes();
  std::vector<MpiOffer> offers(static_cast<std::size_t>(ranks.size));
  check_mpi(call, "MPI_Allgather",
            MPI_Allgather(&mine, sizeof mine, MPI_BYTE, offers.data(), sizeof mine, MPI_BYTE, ranks.all.get()));
  const MpiOffer& first = offers.front();
  for (int at = 0; at < ranks.size; ++at)  // before anybody throws: the error of a rank comes in a message
    if (offers[static_cast<std::size_t>(at)].failed != 0) raise_everywhere(call, ranks, at, error);
  for (Index at = 0; at < ranks.size; ++at) {
    const MpiOffer& offer = offers[static_cast<std::size_t>(at)];
    const char* const both = "; give all ranks the same";
    if (std::strcmp(offer.call, first.call) != 0)
      throw Error(to_text("litorch::mpi: rank ", at, " calls ", std::string_view(offer.call), "(), rank 0 ",
                          std::string_view(first.call), "(); all ranks must make the same call"),
                  at);
    if (offer.dim != first.dim)
      fail_input<IndexError>(at, call, " has dim ", offer.dim, ", expected ", first.dim, " as input 0", both);
    if (offer.root != first.root)
      fail_input<IndexError>(at, call, " names root ", offer.root, ", expected ", first.root, " as input 0", both);
    if (offer.dtype != first.dtype || offer.item_size != first.item_size)
      fail_input<TypeError>(at, call, " has elements of ", format_name(offer.format()), ", expected ",
                            format_name(first.format()), " as input 0", both);
  }
  if (first.root < 0 || first.root >= ranks.size)
    fail<IndexError>(call, "(): root ", first.root, " is no rank of the communicator; give 0 to ", ranks.size - 1);
  return offers;
}

/// f(), or why not.
template <class F>
std::exception_ptr error_of(F&& f) noexcept {
  try {
    f();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

}  // namespace litorch::detail
