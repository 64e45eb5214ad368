// SPDX-License-Identifier: MIT
// Messages that are all under way at once.
#pragma once

#include <litorch/distributed/mpi_type.hpp>
#include <litorch/tensor/tensor_view.hpp>

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
    messages_.push_back({way, peer, view.data, MpiType(call_, view.layout, item_size_, most_)});
    requests_.reserve(messages_.size());
  }

  /// Receives first, so that messages find their place. Throws MpiError, after which the communicator is of no use.
  void run() {
    for (const Way way : {Way::receive, Way::send})
      for (const Message& message : messages_)
        if (message.way == way) start(message);
    const int count = static_cast<int>(requests_.size());
    check_mpi(call_, "MPI_Waitall", MPI_Waitall(count, requests_.data(), MPI_STATUSES_IGNORE));
    requests_.clear();
    messages_.clear();
  }

 private:
  struct Message {
    Way way;
    int peer;
    std::byte* data;
    MpiType type;
  };

  void start(const Message& message) {
    constexpr int kTag = 1;
    MPI_Request request = MPI_REQUEST_NULL;
    if (message.way == Way::send)
      check_mpi(call_, "MPI_Isend",
                MPI_Isend(message.data, 1, message.type.get(), message.peer, kTag, comm_, &request));
    else
      check_mpi(call_, "MPI_Irecv",
                MPI_Irecv(message.data, 1, message.type.get(), message.peer, kTag, comm_, &request));
    requests_.push_back(request);
  }

  const char* call_;
  MPI_Comm comm_;
  Index item_size_, most_;
  std::vector<Message> messages_;
  std::vector<MPI_Request> requests_;
};

}  // namespace litorch::detail
