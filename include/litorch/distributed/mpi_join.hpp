// SPDX-License-Identifier: MIT
// The pieces of all ranks as one concatenation: which range of the result each one becomes.
#pragma once

#include <litorch/distributed/mpi_agreement.hpp>
#include <litorch/distributed/mpi_transfer.hpp>
#include <litorch/ops/concat_plan.hpp>
#include <litorch/ops/copy.hpp>
#include <litorch/parallel/executor.hpp>
#include <litorch/tensor/tensor.hpp>

#include <concepts>
#include <optional>

namespace litorch {
namespace detail {

/// What a rank gives for its piece: a tensor, or what makes one.
template <class Piece>
struct MpiPieceOf {
  using Handle = std::remove_cvref_t<Piece>;
};
/// Not a tensor, which can be called without indices as well.
template <class Piece>
concept MpiMaker = !TensorLike<std::remove_cvref_t<Piece>> && std::invocable<Piece&>;
template <MpiMaker Piece>
struct MpiPieceOf<Piece> {
  using Handle = std::remove_cvref_t<std::invoke_result_t<Piece&>>;
};

template <class Piece>
using MpiHandle = typename MpiPieceOf<std::remove_reference_t<Piece>>::Handle;
template <class Piece>
using MpiElement = typename MpiHandle<Piece>::value_type;

/// The piece itself, or what `piece` makes.
template <class Piece>
MpiHandle<Piece> mpi_piece(Piece& piece) {
  if constexpr (MpiMaker<Piece>)
    return piece();
  else
    return piece;
}

template <class T>
MpiOffer mpi_offer(const Shape& shape, Index dim, int root) {
  MpiOffer offer;
  const ElementFormat format = element_format<T>();
  offer.dtype = format.dtype;
  offer.item_size = format.item_size;
  offer.dim = dim;
  offer.root = root;
  offer.set_shape(shape);
  return offer;
}

/// The layouts that tensors of the offered shapes have as row-major ones: enough to plan with.
inline std::vector<Layout> offered_layouts(const std::vector<MpiOffer>& offers) {
  std::vector<Layout> layouts;
  layouts.reserve(offers.size());
  for (const MpiOffer& offer : offers) layouts.push_back(row_major(offer.shape()));
  return layouts;
}
inline StridedSpan<const Layout> span_of(const std::vector<Layout>& layouts) {
  return {layouts.data(), sizeof(Layout), static_cast<Index>(layouts.size())};
}

/// The piece of this rank and the plan of all of them. Constructed by all ranks together; throws the same on all of them.
template <class Piece>
class MpiJoin {
 public:
  using Handle = MpiHandle<Piece>;
  using T = typename Handle::value_type;
  using Way = MpiTransfer::Way;

  MpiJoin(const char* call, MPI_Comm comm, Piece& piece, Index dim, int root)
      : call_(call), ranks_(MpiRanks::of(call, comm)) {
    const std::exception_ptr error = error_of([&] { piece_.emplace(mpi_piece(piece)); });
    const MpiOffer mine = mpi_offer<T>(piece_ ? piece_->shape() : Shape(), dim, root);
    offers_ = exchange_offers(call, ranks_, mine, error);
    layouts_ = offered_layouts(offers_);
    plan_.emplace(plan_cat(call, span_of(layouts_), dim));
    byte_count(call, plan_->shape, sizeof(T));
    Index start = 0;
    for (const Layout& layout : layouts_) {
      starts_.push_back(start);
      start += plan_->extent_of(layout.shape);
    }
    starts_.push_back(start);
  }

  MpiRanks& ranks() const { return ranks_; }
  const std::vector<MpiOffer>& offers() const { return offers_; }
  const Shape& shape() const { return plan_->shape; }
  TensorView<const T> piece() const { return TensorView<const T>(*piece_); }
  bool gives(int rank) const { return extent(rank) > 0 && plan_->numel() > 0; }

  /// Where the pieces of ranks [first, last) are in `out`.
  TensorView<T> range(const TensorView<T>& out, int first, int last) const {
    const Index start = starts_[static_cast<std::size_t>(first)];
    return out.narrow(plan_->dim, start, starts_[static_cast<std::size_t>(last)] - start);
  }

  /// This rank's own piece to its place, by this rank alone: the ranks are the workers here.
  void put_own(const TensorView<T>& out) const {
    if (!gives(ranks_.rank)) return;
    const TensorView<T> place = range(out, ranks_.rank, ranks_.rank + 1);
    Tuning tuning;
    if (plan_->numel() * static_cast<Index>(sizeof(T)) >= tuning.stream_from) tuning.stream_from = 0;
    copy_elements(InlineExecutor(), erased(place), erased(piece()), sizeof(T), tuning);
  }
  void send_own(MpiTransfer& transfer, int peer) const {
    if (gives(ranks_.rank)) transfer.add(Way::send, peer, erased(piece()));
  }
  void receive(MpiTransfer& transfer, int peer, const TensorView<T>& out) const {
    if (gives(peer)) transfer.add(Way::receive, peer, erased(range(out, peer, peer + 1)));
  }
  MpiTransfer transfer(MPI_Comm comm) const { return MpiTransfer(call_, comm, sizeof(T), ranks_.most); }

 private:
  Index extent(int rank) const {
    const auto at = static_cast<std::size_t>(rank);
    return starts_[at + 1] - starts_[at];
  }

  const char* call_;
  MpiRanks& ranks_;
  std::optional<Handle> piece_;
  std::vector<MpiOffer> offers_;
  std::vector<Layout> layouts_;
  std::optional<ConcatPlan> plan_;
  std::vector<Index> starts_;  // along the dim, of the piece of each rank, and the end
};

}  // namespace detail

namespace mpi {

/// A Tensor or TensorView, or a callable that makes one. What a callable throws, all ranks throw.
template <class P>
concept Piece = TensorLike<detail::MpiHandle<P>>;

}  // namespace mpi
}  // namespace litorch
