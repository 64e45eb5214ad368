// SPDX-License-Identifier: MIT
// The child's side of a process pool: takes task numbers from its channel and answers each with a result or an error.
#pragma once

#include <litorch/ipc/result_codec.hpp>
#include <litorch/posix/channel.hpp>
#include <litorch/posix/child_process.hpp>
#include <litorch/posix/memory_file.hpp>

#include <optional>

namespace litorch::detail {

/// True in a worker process, where a nested pool runs inline.
inline bool in_worker_process = false;

inline constexpr const char* kUnknownException = "an exception that is not a std::exception";

enum class ReplyKind : std::uint64_t { result, error, question };

struct ReplyHead {
  std::uint64_t task;
  ReplyKind kind;
};

/// Collects an answer: in a message as long as it fits into one, in a file in memory otherwise.
class Reply {
 public:
  Reply(const char* call, const posix::Channel& channel, std::uint64_t task)
      : call_(call), channel_(channel), task_(task), buffer_(sizeof(ReplyHead)) {}

  /// Asks the parent something; true for a yes.
  bool ask(std::span<const std::byte> question) const {
    std::vector<std::byte> message(sizeof(ReplyHead));
    message.insert(message.end(), question.begin(), question.end());
    if (!send(ReplyKind::question, message, -1)) return false;
    const auto answer = channel_.receive(call_);
    return answer && ResultReader(answer->bytes.data(), answer->bytes.size()).value<std::uint64_t>() != 0;
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

  /// False where the parent is gone.
  bool send(ReplyKind kind) {
    if (file_) empty_buffer();
    return send(kind, buffer_, file_ ? file_->fd() : -1);
  }

 private:
  static constexpr std::size_t kBuffer = 32 * 1024;

  bool send(ReplyKind kind, std::vector<std::byte>& message, int descriptor) const {
    const ReplyHead head{task_, kind};
    std::memcpy(message.data(), &head, sizeof head);
    return channel_.send(call_, message, descriptor);
  }
  void empty_buffer() {
    file_->append(buffer_.data() + sizeof(ReplyHead), buffer_.size() - sizeof(ReplyHead));
    buffer_.resize(sizeof(ReplyHead));
  }

  const char* call_;
  const posix::Channel& channel_;
  std::uint64_t task_;
  std::vector<std::byte> buffer_;  // begins with room for the head
  std::optional<posix::MemoryFile> file_;
  std::size_t size_ = 0;
};

/// Runs `job(task, reply)` for each task that arrives, until the parent closes its end or is gone. Returns the exit
/// code of the process. It is one thread: the processes are the parallelism.
template <class Job>
int serve(const char* call, const posix::Channel& channel, const Job& job) {
  in_worker_process = true;
  set_num_threads(1);
  while (const auto message = channel.receive(call)) {
    const auto task = ResultReader(message->bytes.data(), message->bytes.size()).value<std::uint64_t>();
    ReplyKind kind = ReplyKind::result;
    std::optional<Reply> reply(std::in_place, call, channel, task);
    const auto failed = [&](const char* what) {
      reply.emplace(call, channel, task);
      kind = ReplyKind::error;
      reply->write(what, std::strlen(what));
    };
    try {
      job(static_cast<std::size_t>(task), *reply);
    } catch (const std::exception& error) {
      failed(error.what());
    } catch (...) {
      failed(kUnknownException);
    }
    posix::flush_standard_streams();
    if (!reply->send(kind)) return EXIT_FAILURE;
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
  bool ask(std::span<const std::byte>) const noexcept { return false; }
  ResultReader reader() const { return {bytes_.data(), bytes_.size()}; }

 private:
  std::vector<std::byte> bytes_;
};

inline WorkerException task_threw(const char* call, std::size_t task, std::string_view text) {
  return WorkerException(to_text("litorch::", call, "(): task ", task, " threw: ", text), static_cast<Index>(task));
}

/// What a team does, in this process and in order.
template <class Work>
void run_inline(const char* call, std::size_t tasks, Work& work) {
  for (std::size_t task = 0; task < tasks; ++task) {
    InlineReply reply;
    const auto failed = [&](const char* what) {
      work.refuse(task, std::make_exception_ptr(task_threw(call, task, what)));
    };
    try {
      work.job(task, reply);
    } catch (const std::exception& error) {
      failed(error.what());
      continue;
    } catch (...) {
      failed(kUnknownException);
      continue;
    }
    ResultReader reader = reply.reader();
    work.accept(task, reader);
  }
}

}  // namespace litorch::detail
