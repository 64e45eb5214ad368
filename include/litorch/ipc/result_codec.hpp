// SPDX-License-Identifier: MIT
// Results as bytes, and back: what a worker process has to say must be understood without a pointer in it.
#pragma once

#include <litorch/base/aggregate.hpp>
#include <litorch/ops/copy.hpp>
#include <litorch/posix/process_memory.hpp>
#include <litorch/tensor/recycled_memory.hpp>
#include <litorch/tensor/tensor.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace litorch::detail {

/// The memory of a worker that its result is in cannot be read, for the reason that `error`, an errno, tells.
struct UnreadableResult {
  int error;
};

/// Where a worker's result is read from. Tensors share the memory of `storage`, if there is one, and copy otherwise. Of
/// large ones the bytes may only be lent: they are in the memory of `worker`, which stays as it is meanwhile.
class ResultReader {
 public:
  ResultReader(const std::byte* data, std::size_t size, Storage storage = {}, ::pid_t worker = -1)
      : data_(data), size_(size), storage_(std::move(storage)), worker_(worker) {}

  /// Throws Error where fewer bytes are left, as nothing that a worker sends can be trusted to be whole.
  const std::byte* take(std::size_t bytes, std::size_t alignment = 1) {
    const std::size_t start = (at_ + alignment - 1) / alignment * alignment;
    if (start > size_ || bytes > size_ - start)
      fail<Error>("ProcessPool: the result of a worker is cut off or garbled");
    at_ = start + bytes;
    return data_ + start;
  }
  template <class T>
  T value() {
    T value;
    std::memcpy(&value, take(sizeof(T)), sizeof(T));
    return value;
  }
  /// The count of things that are at least `least` bytes each.
  std::size_t count(std::size_t least) {
    const auto count = value<std::uint64_t>();
    if (count > (size_ - at_) / least) fail<Error>("ProcessPool: the result of a worker is cut off or garbled");
    return static_cast<std::size_t>(count);
  }
  /// All that is left, as text.
  std::string_view rest() {
    const std::size_t size = size_ - at_;
    return {reinterpret_cast<const char*>(take(size)), size};
  }
  const Storage& storage() const noexcept { return storage_; }
  /// Tensors that are copied are put to such memory from now on, which must outlive this.
  void recycle(RecycledParts& memory) noexcept { memory_ = &memory; }
  /// A new tensor, not set. Throws std::bad_alloc.
  template <class T>
  Tensor<T> tensor(const Shape& shape) const {
    if (memory_ == nullptr) return Tensor<T>::uninitialized("ProcessPool", shape);
    return Tensor<T>::of(memory_->take(static_cast<std::size_t>(byte_count("ProcessPool", shape, sizeof(T)))), shape);
  }

  /// Copies `runs` times `run` bytes of the elements of a tensor to `to`, `to + step`, ... Throws UnreadableResult.
  void elements(std::byte* to, Index run, Index step, Index runs) {
    if (lent()) return lent_elements(to, run, step, runs);
    const std::byte* from = take(static_cast<std::size_t>(run * runs), kCacheLine);
    for (Index i = 0; i < runs; ++i, from += run) std::memcpy(to + i * step, from, static_cast<std::size_t>(run));
  }
  /// Whether the elements that come next are lent.
  bool lent() { return value<std::uint64_t>() != 0; }
  /// elements() that are known to be lent.
  void lent_elements(std::byte* to, Index run, Index step, Index runs) {
    const auto* const from = value<const std::byte*>();
    constexpr Index kShortRun = 512, kBuffer = 256 * 1024;  // bytes: many short runs come by way of a cache
    if (runs == 1 || run >= kShortRun) return read(from, to, run, step, runs);
    const Index most = kBuffer / run;
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(most, runs) * run));
    for (Index first = 0; first < runs; first += most) {
      const Index count = std::min(most, runs - first);
      read(from + first * run, buffer.data(), count * run, 0, 1);
      copy_runs(to + first * step, step, buffer.data(), run, static_cast<std::size_t>(run), count, false);
    }
  }

 private:
  /// Threads share the rows, or the bytes of a single one, where that is faster.
  void read(const std::byte* from, std::byte* to, Index run, Index step, Index runs) const {
    std::atomic<int> error = worker_ < 0 ? EFAULT : 0;
    const bool rows = runs > 1;
    const auto part = [&](Index first, Index last) {
      const Index skip = rows ? run : 1;
      const int failed =
          rows ? posix::read_process_memory(worker_, from + first * skip, to + first * step, run, step, last - first)
               : posix::read_process_memory(worker_, from + first, to + first, last - first, 0, 1);
      if (failed != 0) error = failed;
    };
    if (error == 0) for_each_range(DefaultExecutor(), rows ? runs : run, rows ? run : 1, {}, to, {}, part);
    if (error != 0) throw UnreadableResult{error};
  }

  const std::byte* data_;
  std::size_t size_;
  Storage storage_;
  ::pid_t worker_;
  RecycledParts* memory_ = nullptr;
  std::size_t at_ = 0;
};

/// A Sink is `void write(const void*, std::size_t)` and `std::size_t size() const`, the bytes written so far; and may
/// have `bool lend(const Storage&, std::size_t)`: true if it keeps these bytes where they are until they have been read.
template <class Sink>
void write_aligned(Sink& sink, const void* data, std::size_t bytes, std::size_t alignment) {
  static constexpr std::byte kZeros[kCacheLine]{};
  sink.write(kZeros, (alignment - sink.size() % alignment) % alignment);
  sink.write(data, bytes);
}
template <class Sink>
void write_count(Sink& sink, std::size_t count) {
  const auto wide = static_cast<std::uint64_t>(count);
  sink.write(&wide, sizeof wide);
}

template <class T>
struct ResultCodec;

/// What can leave the process that made it.
template <class T>
concept Sendable = ResultCodec<T>::kSendable;

/// `write(sink, value)` and `read(reader)` for each kind of result.
template <class T>
struct ResultCodec {
  static constexpr bool kSendable = std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>;

  template <class Sink>
  static void write(Sink& sink, const T& value) {
    sink.write(&value, sizeof(T));
  }
  static T read(ResultReader& reader) { return reader.value<T>(); }
};

template <class T>
std::size_t byte_size(const Shape& shape) {
  return static_cast<std::size_t>(byte_count("ProcessPool", shape, sizeof(T)));
}

template <class T>
struct ResultCodec<Tensor<T>> {
  static constexpr bool kSendable = true;

  template <class Sink>
  static void write(Sink& sink, const Tensor<T>& tensor) {
    write_count(sink, static_cast<std::size_t>(tensor.rank()));
    for (const Index extent : tensor.shape()) write_count(sink, static_cast<std::size_t>(extent));
    const auto dense = tensor.contiguous();
    const std::size_t bytes = byte_size<T>(dense.shape());
    bool lent = false;
    if constexpr (requires { sink.lend(dense.storage(), bytes); }) lent = sink.lend(dense.storage(), bytes);
    write_count(sink, lent ? 1 : 0);
    if (!lent) return write_aligned(sink, dense.data(), bytes, kCacheLine);
    const auto* const place = reinterpret_cast<const std::byte*>(dense.data());
    sink.write(&place, sizeof place);
  }

  static Tensor<T> read(ResultReader& reader) {
    const Shape shape = read_shape(reader);
    return read_elements(reader, shape);
  }
  static Shape read_shape(ResultReader& reader) {
    Dims extents;
    for (std::size_t rank = reader.count(sizeof(Index)); rank > 0; --rank) extents.push_back(reader.value<Index>());
    return Shape(extents);
  }
  static Tensor<T> read_elements(ResultReader& reader, const Shape& shape) {
    const std::size_t bytes = byte_size<T>(shape);
    const bool lent = reader.lent();
    if (!lent && reader.storage().use_count() > 0) {
      auto* const elements = reinterpret_cast<T*>(const_cast<std::byte*>(reader.take(bytes, kCacheLine)));
      return Tensor<T>(reader.storage(), TensorView<T>(elements, row_major(shape)));
    }
    const std::byte* const sent = lent ? nullptr : reader.take(bytes, kCacheLine);  // throws before memory is taken
    auto copy = reader.tensor<std::remove_const_t<T>>(shape);
    if (lent)
      reader.lent_elements(erased(copy).data, static_cast<Index>(bytes), 0, 1);
    else if (bytes > 0)
      std::memcpy(erased(copy).data, sent, bytes);
    return copy;
  }
};

template <>
struct ResultCodec<std::string> {
  static constexpr bool kSendable = true;

  template <class Sink>
  static void write(Sink& sink, std::string_view text) {
    write_count(sink, text.size());
    sink.write(text.data(), text.size());
  }
  static std::string read(ResultReader& reader) {
    const std::size_t size = reader.count(1);
    return std::string(reinterpret_cast<const char*>(reader.take(size)), size);
  }
};

template <class T>
struct ResultCodec<std::vector<T>> {
  static constexpr bool kSendable = Sendable<T>;

  /// A vector, or a span that is read as one.
  template <class Sink, class Values>
  static void write(Sink& sink, const Values& values) {
    write_count(sink, values.size());
    for (const T& value : values) ResultCodec<T>::write(sink, value);
  }
  static std::vector<T> read(ResultReader& reader) {
    std::vector<T> values;
    read_into(reader, values);
    return values;
  }
  /// In the memory that `values` has already.
  static void read_into(ResultReader& reader, std::vector<T>& values) {
    values.clear();
    for (std::size_t count = reader.count(1); count > 0; --count) values.push_back(ResultCodec<T>::read(reader));
  }
};

template <class... Parts>
struct ResultCodec<std::tuple<Parts...>> {
  static constexpr bool kSendable = (Sendable<Parts> && ...);

  template <class Sink>
  static void write(Sink& sink, const std::tuple<Parts...>& parts) {
    std::apply([&](const Parts&... each) { (ResultCodec<Parts>::write(sink, each), ...); }, parts);
  }
  static std::tuple<Parts...> read(ResultReader& reader) {
    return std::tuple<Parts...>{ResultCodec<Parts>::read(reader)...};  // braces: from left to right
  }
};

template <class A, class B>
struct ResultCodec<std::pair<A, B>> {
  static constexpr bool kSendable = Sendable<A> && Sendable<B>;

  template <class Sink>
  static void write(Sink& sink, const std::pair<A, B>& pair) {
    ResultCodec<A>::write(sink, pair.first);
    ResultCodec<B>::write(sink, pair.second);
  }
  static std::pair<A, B> read(ResultReader& reader) {
    return std::pair<A, B>{ResultCodec<A>::read(reader), ResultCodec<B>::read(reader)};
  }
};

template <template <class...> class Map, class Key, class Value, class... Rest>
requires std::same_as<typename Map<Key, Value, Rest...>::mapped_type, Value>
struct ResultCodec<Map<Key, Value, Rest...>> {
  static constexpr bool kSendable = Sendable<Key> && Sendable<Value>;

  template <class Sink>
  static void write(Sink& sink, const Map<Key, Value, Rest...>& map) {
    write_count(sink, map.size());
    for (const auto& [key, value] : map) {
      ResultCodec<Key>::write(sink, key);
      ResultCodec<Value>::write(sink, value);
    }
  }
  static Map<Key, Value, Rest...> read(ResultReader& reader) {
    Map<Key, Value, Rest...> map;
    for (std::size_t count = reader.count(1); count > 0; --count) {
      Key key = ResultCodec<Key>::read(reader);
      map.emplace(std::move(key), ResultCodec<Value>::read(reader));
    }
    return map;
  }
};

/// Plain structures, member by member, unless their bytes are all there is to them.
template <class S>
requires(Aggregate<S> && !std::is_trivially_copyable_v<S>) struct ResultCodec<S> {
  using Members = ResultCodec<MembersOf<S>>;
  static constexpr bool kSendable = Members::kSendable;

  template <class Sink>
  static void write(Sink& sink, const S& structure) {
    std::apply([&](const auto&... each) { (ResultCodec<std::remove_cvref_t<decltype(each)>>::write(sink, each), ...); },
               members_of(structure));
  }
  static S read(ResultReader& reader) {
    return std::apply([](auto&&... each) { return S{std::move(each)...}; }, Members::read(reader));
  }
};

}  // namespace litorch::detail
