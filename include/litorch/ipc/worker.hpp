// SPDX-License-Identifier: MIT
// Worker processes: how one is started, what is sent to and fro, and the child's side, which takes tasks from its channel
// and answers each with a result or an error.
#pragma once

#include <litorch/ipc/result_codec.hpp>
#include <litorch/ops/copy.hpp>
#include <litorch/posix/channel.hpp>
#include <litorch/posix/child_process.hpp>
#include <litorch/posix/memory_file.hpp>

#include <optional>

namespace litorch::detail {

/// True in a worker process, where a nested pool runs inline.
inline bool in_worker_process = false;

inline constexpr const char* kUnknownException = "an exception that is not a std::exception";

enum class ReplyKind : std::uint64_t { result, error };

/// What the parent sends, perhaps with more behind it: a task; or the one just done once more, where its result could not
/// be read.
struct Order {
  std::uint64_t task;
  std::uint64_t lend;  // 0 where the parent cannot read the memory of its workers
};

struct ReplyHead {
  std::uint64_t task;
  ReplyKind kind;
};

/// Collects what is sent: in a message as long as it fits into one, in a file in memory otherwise. Large tensors stay where
/// they are, if they may be lent, and are kept there until the next parcel is begun.
class Parcel {
 public:
  explicit Parcel(const char* call) : call_(call), buffer_(kHead) {}

  /// Empty again, in the same memory.
  void begin(bool lends) {
    lends_ = lends;
    lent_.clear();
    buffer_.resize(kHead);
    file_.reset();
    size_ = 0;
  }
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
  /// False where the other end is gone.
  template <class Head>
  bool send(const posix::Channel& channel, const Head& head,
            posix::Channel::WhenFull when_full = posix::Channel::WhenFull::wait) {
    static_assert(sizeof head == kHead);
    std::memcpy(buffer_.data(), &head, sizeof head);
    return channel.send(call_, buffer_, file_ ? file_->fd() : -1, when_full);
  }
  /// What is behind the head of a message that process `from` sent. The message must outlive it.
  static ResultReader reader(const char* call, posix::Message& message, ::pid_t from) {
    if (!message.descriptor) {  // places count from behind the head, as the sender counted them
      const auto bytes = std::span<const std::byte>(message.bytes).subspan(std::min(kHead, message.bytes.size()));
      return {bytes.data(), bytes.size(), {}, from};
    }
    posix::MappedRegion region = posix::MemoryFile(call, std::move(message.descriptor)).map();
    std::byte* const data = region.data();
    const std::size_t size = region.size();
    JoinedPages pages(std::move(region), JoinedPages::Origin::file);
    return {data, size, Storage::mapped(std::move(pages)), from};
  }
  template <class Head>
  static Head head(const posix::Message& message) {
    static_assert(sizeof(Head) == kHead);
    return ResultReader(message.bytes.data(), message.bytes.size()).value<Head>();
  }

 private:
  static constexpr std::size_t kHead = 16;
  static constexpr std::size_t kBuffer = 32 * 1024;

  void empty_buffer() {
    file_->append(buffer_.data() + kHead, buffer_.size() - kHead);
    buffer_.resize(kHead);
  }

  const char* call_;
  bool lends_ = false;
  std::vector<Storage> lent_;
  std::vector<std::byte> buffer_;  // begins with room for the head
  std::optional<posix::MemoryFile> file_;
  std::size_t size_ = 0;
};

/// A worker process, and the channel to it. Ends it when it ends.
struct WorkerProcess {
  posix::ChildProcess process{};
  posix::Channel channel{};

  /// Runs `body(channel)` in a new process, with its end of the channel. Throws IoError.
  template <class Body>
  static WorkerProcess start(const char* call, const Body& body) {
    auto [ours, theirs] = posix::Channel::make_pair(call);
    auto process = posix::ChildProcess::start(call, [&body, &mine = ours, &channel = theirs] {
      mine.close();
      return body(channel);
    });
    return {std::move(process), std::move(ours)};
  }
};

/// Runs `job.make(task, reader)`, with what is behind the order, and `job.write(parcel)` for each task that arrives, until
/// the parent closes its end or is gone. Returns the exit code of the process. It is one thread: the processes are the
/// parallelism.
template <class Job>
int serve(const char* call, const posix::Channel& channel, Job& job) {
  in_worker_process = true;
  set_num_threads(1);
  std::optional<std::uint64_t> done;
  posix::Message message;
  Parcel reply(call);
  while (channel.receive(call, message)) {
    const auto order = Parcel::head<Order>(message);
    ReplyHead head{order.task, ReplyKind::result};
    reply.begin(order.lend != 0);
    const auto failed = [&](const char* what) {
      reply.begin(false);
      head.kind = ReplyKind::error;
      reply.write(what, std::strlen(what));
      reply.finish();
    };
    try {
      if (done != order.task) {
        ResultReader more = Parcel::reader(call, message, -1);
        job.make(static_cast<std::size_t>(order.task), more);
      }
      job.write(reply);
      reply.finish();
    } catch (const std::exception& error) {
      failed(error.what());
    } catch (...) {
      failed(kUnknownException);
    }
    done = order.task;
    posix::flush_standard_streams();
    if (!reply.send(channel, head)) return EXIT_FAILURE;
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
    ResultReader nothing(nullptr, 0);
    const auto failed = [&](const char* what) { refuse(task, std::make_exception_ptr(task_threw(call, task, what))); };
    try {
      job.make(task, nothing);
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
