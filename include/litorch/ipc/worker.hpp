// SPDX-License-Identifier: MIT
// The child's side of a process pool: takes task numbers from its channel and answers each with a result or an error.
#pragma once

#include <litorch/ipc/result_codec.hpp>
#include <litorch/parallel/thread_pool.hpp>
#include <litorch/posix/channel.hpp>
#include <litorch/posix/child_process.hpp>
#include <litorch/posix/memory_file.hpp>

#include <optional>

namespace litorch::detail {

/// True in a worker process, where a nested pool runs inline.
inline bool in_worker_process = false;

inline constexpr const char* kUnknownException = "an exception that is not a std::exception";

enum class ReplyKind : std::uint64_t { result, error };

/// What the parent sends: a task; or the task just done once more, where its result could not be read.
struct Order {
  std::uint64_t task;
  std::uint64_t lend;  // 0 where the parent cannot read the memory of its workers
};

struct ReplyHead {
  std::uint64_t task;
  ReplyKind kind;
};

/// Collects an answer: in a message as long as it fits into one, in a file in memory otherwise. Large tensors stay where
/// they are, if they may be lent, and are kept there as long as the reply is.
class Reply {
 public:
  Reply(const char* call, bool lends) : call_(call), lends_(lends), buffer_(sizeof(ReplyHead)) {}

  bool lend(const Storage& storage, std::size_t bytes) {
    constexpr std::size_t kLeast = 16 * 1024;
    if (!lends_ || bytes < kLeast) return false;
    lent_.push_back(storage);
    return true;
  }

  void write(const void* data, std::size_t bytes) {
    const auto* const from = static_cast<const std::byte*>(data);
    size_ += bytes;
    if (buffer_.size() + bytes > kBuffer) {
      if (!file_) file_.emplace(call_);
      empty_buffer();
      if (bytes > kBuffer) return file_->append(from, bytes);
    }
    buffer_.insert(buffer_.end(), from, from + bytes);
  }
  std::size_t size() const noexcept { return size_; }

  /// Nothing is written after this.
  void finish() {
    if (!file_) return;
    empty_buffer();
    file_->seal();
  }
  /// False where the parent is gone.
  bool send(const posix::Channel& channel, ReplyHead head) {
    std::memcpy(buffer_.data(), &head, sizeof head);
    return channel.send(call_, buffer_, file_ ? file_->fd() : -1);
  }

 private:
  static constexpr std::size_t kBuffer = 32 * 1024;

  void empty_buffer() {
    file_->append(buffer_.data() + sizeof(ReplyHead), buffer_.size() - sizeof(ReplyHead));
    buffer_.resize(sizeof(ReplyHead));
  }

  const char* call_;
  bool lends_;
  std::vector<Storage> lent_;
  std::vector<std::byte> buffer_;  // begins with room for the head
  std::optional<posix::MemoryFile> file_;
  std::size_t size_ = 0;
};

/// Runs `job.make(task)` and `job.write(reply)` for each task that arrives, until the parent closes its end or is gone.
/// Returns the exit code of the process. It is one thread: the processes are the parallelism.
template <class Job>
int serve(const char* call, const posix::Channel& channel, Job& job) {
  in_worker_process = true;
  set_num_threads(1);
  std::optional<std::uint64_t> done;
  std::optional<Reply> reply;
  while (const auto message = channel.receive(call)) {
    const auto order = ResultReader(message->bytes.data(), message->bytes.size()).value<Order>();
    ReplyHead head{order.task, ReplyKind::result};
    reply.emplace(call, order.lend != 0);
    const auto failed = [&](const char* what) {
      reply.emplace(call, false);
      head.kind = ReplyKind::error;
      reply->write(what, std::strlen(what));
      reply->finish();
    };
    try {
      if (done != order.task) job.make(static_cast<std::size_t>(order.task));
      job.write(*reply);
      reply->finish();
    } catch (const std::exception& error) {
      failed(error.what());
    } catch (...) {
      failed(kUnknownException);
    }
    done = order.task;
    posix::flush_standard_streams();
    if (!reply->send(channel, head)) return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

/// A result that stays in the process.
class InlineReply {
 public:
  void write(const void* data, std::size_t bytes) {
    const auto* const from = static_cast<const std::byte*>(data);
    bytes_.insert(bytes_.end(), from, from + bytes);
  }
  std::size_t size() const noexcept { return bytes_.size(); }
  ResultReader reader() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::vector<std::byte> bytes_;
};

inline WorkerException task_threw(const char* call, std::size_t task, std::string_view text) {
  return WorkerException(to_text("litorch::", call, "(): task ", task, " threw: ", text), static_cast<Index>(task));
}

/// What a team does, in this process and in order.
template <class Job, class Accept, class Refuse>
void run_inline(const char* call, std::size_t tasks, Job& job, Accept& accept, Refuse& refuse) {
  for (std::size_t task = 0; task < tasks; ++task) {
    InlineReply reply;
    const auto failed = [&](const char* what) { refuse(task, std::make_exception_ptr(task_threw(call, task, what))); };
    try {
      job.make(task);
      job.write(reply);
    } catch (const std::exception& error) {
      failed(error.what());
      continue;
    } catch (...) {
      failed(kUnknownException);
      continue;
    }
    ResultReader reader = reply.reader();
    accept(task, reader);
  }
}

}  // namespace litorch::detail
