// SPDX-License-Identifier: MIT
// Messages that are all under way at once.
#pragma once

#include <litorch/distributed/mpi_type.hpp>
#include <litorch/ops/copy.hpp>
#include <litorch/parallel/executor.hpp>

#include <vector>

namespace litorch::detail {

/// What one rank sends and receives. Everything that can run out of memory is done by add(), before the first message.
class MpiTransfer {
 public:
  enum class Way { send, receive };

  MpiTransfer(const char* call, MPI_Comm comm, std::size_t item_size, Index most = MpiType::kMost)
      : call_(call), comm_(comm), item_size_(static_cast<Index>(item_size)), most_(most) {}
  MpiTransfer(const MpiTransfer&) = delete;
  MpiTransfer& operator=(const MpiTransfer&) = delete;

  /// The elements of `view` to or from `peer`; none are no message. Messages to one peer arrive in the order of add().
  void add(Way way, int peer, const ErasedView& view) {
    if (view.layout.shape.numel() == 0) return;
    const bool apart = item_size_ == 1 && lone_bytes(view.layout);
    const Layout layout = apart ? row_major(view.layout.shape) : view.layout;
    const auto bytes = static_cast<std::size_t>(apart ? layout.shape.numel() : 0);
    messages_.push_back(
        {way, peer, view, apart ? Storage::allocate(bytes) : Storage(), MpiType(call_, layout, item_size_, most_)});
    requests_.reserve(messages_.size());
  }

  /// Receives first, so that messages find their place. Throws MpiError, after which the communicator is of no use.
  void run() {
    for (const Way way : {Way::receive, Way::send})
      for (const Message& message : messages_)
        if (message.way == way) start(message);
    const int count = static_cast<int>(requests_.size());
    check_mpi(call_, "MPI_Waitall", MPI_Waitall(count, requests_.data(), MPI_STATUSES_IGNORE));
    for (const Message& message : messages_)
      if (message.way == Way::receive && message.staged.data() != nullptr) copy(message.view, message.packed());
    requests_.clear();
    messages_.clear();
  }

 private:
  struct Message {
    Way way;
    int peer;
    ErasedView view;
    Storage staged;  ///< the same elements as a row, where MPI cannot be trusted with the view
    MpiType type;

    ErasedView packed() const { return {staged.data(), row_major(view.layout.shape)}; }
    std::byte* data() const { return staged.data() != nullptr ? staged.data() : view.data; }
  };

  /// Bytes without a neighbour: with datatypes of them, Open MPI 4.1.4 put elements where they do not belong.
  static bool lone_bytes(const Layout& layout) {
    const LoopNest nest = element_loops(layout);
    return nest.inner_extent() > 1 && nest.a[nest.depth - 1] != 1;
  }
  static void copy(const ErasedView& to, const ErasedView& from) {
    copy_elements(InlineExecutor(), to, from, 1, Tuning());
  }

  void start(const Message& message) {
    constexpr int kTag = 1;
    MPI_Request request = MPI_REQUEST_NULL;
    if (message.way == Way::send && message.staged.data() != nullptr) copy(message.packed(), message.view);
    if (message.way == Way::send)
      check_mpi(call_, "MPI_Isend",
                MPI_Isend(message.data(), 1, message.type.get(), message.peer, kTag, comm_, &request));
    else
      check_mpi(call_, "MPI_Irecv",
                MPI_Irecv(message.data(), 1, message.type.get(), message.peer, kTag, comm_, &request));
    requests_.push_back(request);
  }

  const char* call_;
  MPI_Comm comm_;
  Index item_size_, most_;
  std::vector<Message> messages_;
  std::vector<MPI_Request> requests_;
};

}  // namespace litorch::detail
