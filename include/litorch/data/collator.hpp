// SPDX-License-Identifier: MIT
// Samples become a batch: each is written to its place in it as soon as it is there, by whichever thread has it.
#pragma once

#include <litorch/base/aggregate.hpp>
#include <litorch/data/batch_buffer.hpp>

#include <string>

namespace litorch::detail {

/// Builds batches of samples of type S, one after another:
///   open(sample, count)  the next batch has room for `count` samples like this one
///   put(k, sample)       sample k of it, in any order, by several threads at once for different k
///   keep(kept)           of it there are only these samples, in ascending order
///   take(count)          the batch: its first `count` samples
/// Buffers are used again once nobody has a share in the batch that they became.
template <class S>
struct Collator {
  static_assert(Aggregate<S>,
                "litorch::DataLoader: samples are tensors, numbers, std::string, structures of up to 8 of these, and "
                "pairs, tuples and maps of them; for others give a function from std::vector<Sample> to a batch");
  using Batch = typename Collator<MembersOf<S>>::Batch;

  void open(const S& sample, Index count) { members_.open(members_of(sample), count); }
  void put(Index k, const S& sample) { members_.put(k, members_of(sample)); }
  void keep(std::span<const Index> kept) { members_.keep(kept); }
  Batch take(Index count) { return members_.take(count); }

 private:
  Collator<MembersOf<S>> members_;
};

/// The type of a batch of samples of type S.
template <class S>
using BatchOf = typename Collator<S>::Batch;

/// Tensors of one shape: a tensor with a new dim 0.
template <class T>
struct Collator<Tensor<T>> : BatchBuffer<std::remove_const_t<T>> {
  using Batch = Tensor<std::remove_const_t<T>>;

  void open(const Tensor<T>& sample, Index count) { this->open_rows(sample.shape(), count); }
  void put(Index k, const Tensor<T>& sample) const {
    if (sample.shape() != this->row_shape())
      fail<ShapeError>("collate(): a sample has shape ", sample.shape(), ", expected ", this->row_shape(),
                       " as another one of its batch; pad_collate takes samples of several lengths");
    const ErasedView& from = erased(sample);
    if (sample.is_contiguous())
      copy_run(this->row(k), from.data, static_cast<std::size_t>(this->row_bytes()), false, nullptr);
    else
      copy_elements(InlineExecutor(), {this->row(k), row_major(this->row_shape())}, from, sizeof(T), {});
  }

  Index sample_bytes() const noexcept { return this->row_bytes(); }
  /// put(first + k, source[indices[k]]) for each k.
  void gather(const Tensor<T>& source, std::span<const Index> indices, Index first) const {
    const ErasedView& from = erased(source);
    const Index step = from.layout.strides[0] * static_cast<Index>(sizeof(T)), bytes = this->row_bytes();
    const Strides inner(from.layout.strides.begin() + 1, from.layout.strides.end());
    if (!is_contiguous({this->row_shape(), inner})) {
      for (const Index index : indices) put(first++, source[index]);
      return;
    }
    std::byte* to = this->row(first);
    for (std::size_t k = 0, run = 1; k < indices.size(); k += run) {
      run = 1;  // rows that are neighbours there and here
      while (step == bytes && k + run < indices.size() && indices[k + run] == indices[k] + static_cast<Index>(run))
        ++run;
      const std::size_t size = run * static_cast<std::size_t>(bytes);
      copy_run(to, from.data + indices[k] * step, size, false, nullptr);
      to += size;
    }
  }
};

/// Numbers: a tensor of one dim.
template <class T>
requires(std::is_arithmetic_v<T> || std::is_enum_v<T>) struct Collator<T> : BatchBuffer<T> {
  using Batch = Tensor<T>;

  void open(const T&, Index count) { this->open_rows(Shape(), count); }
  void put(Index k, const T& value) const { std::memcpy(this->row(k), &value, sizeof value); }
};

/// Texts: a vector of them.
template <>
struct Collator<std::string> {
  using Batch = std::vector<std::string>;

  void open(const std::string&, Index count) { batch_.resize(static_cast<std::size_t>(count)); }
  void put(Index k, const std::string& text) { batch_[static_cast<std::size_t>(k)] = text; }
  void keep(std::span<const Index> kept) {
    for (std::size_t to = 0; const Index from : kept) batch_[to++].swap(batch_[static_cast<std::size_t>(from)]);
  }
  Batch take(Index count) {
    batch_.resize(static_cast<std::size_t>(count));
    return std::exchange(batch_, {});
  }

 private:
  Batch batch_;
};

/// Tuples, and pairs: a tuple, or a pair, of batches.
template <template <class...> class Tuple, class... S>
struct TupleCollator {
  using Batch = Tuple<BatchOf<S>...>;

  template <class Sample>
  void open(const Sample& sample, Index count) {
    each([&](auto& part, auto i) { part.open(std::get<i>(sample), count); });
  }
  template <class Sample>
  void put(Index k, const Sample& sample) {
    each([&](auto& part, auto i) { part.put(k, std::get<i>(sample)); });
  }
  void keep(std::span<const Index> kept) {
    each([&](auto& part, auto) { part.keep(kept); });
  }
  Batch take(Index count) {
    return std::apply([&](auto&... part) { return Batch(part.take(count)...); }, parts_);
  }
  Index sample_bytes() const {
    return std::apply([](const auto&... part) { return (Index{0} + ... + part.sample_bytes()); }, parts_);
  }
  /// f(collator, i) for each part, i as a constant.
  template <class F>
  void each(F f) {
    [&]<std::size_t... kAt>(std::index_sequence<kAt...>) {
      (f(std::get<kAt>(parts_), std::integral_constant<std::size_t, kAt>()), ...);
    }
    (std::index_sequence_for<S...>());
  }

 private:
  std::tuple<Collator<S>...> parts_;
};
template <class... S>
struct Collator<std::tuple<S...>> : TupleCollator<std::tuple, S...> {};
template <class A, class B>
struct Collator<std::pair<A, B>> : TupleCollator<std::pair, A, B> {};

/// Maps with the same keys: a map of batches.
template <template <class...> class Map, class Key, class Value, class... Rest>
requires std::same_as<typename Map<Key, Value, Rest...>::mapped_type, Value>
struct Collator<Map<Key, Value, Rest...>> {
  using Sample = Map<Key, Value, Rest...>;
  using Batch = Map<Key, BatchOf<Value>>;

  void open(const Sample& sample, Index count) {
    parts_.resize(sample.size());
    std::size_t at = 0;
    for (const auto& [key, value] : sample) {
      parts_[at].first = key;
      parts_[at++].second.open(value, count);
    }
  }
  void put(Index k, const Sample& sample) {
    if (sample.size() != parts_.size()) fail_keys(sample.size());
    for (auto& [key, part] : parts_) {
      const auto found = sample.find(key);
      if (found == sample.end()) fail_keys(sample.size());
      part.put(k, found->second);
    }
  }
  void keep(std::span<const Index> kept) {
    for (auto& [key, part] : parts_) part.keep(kept);
  }
  Batch take(Index count) {
    Batch batch;
    for (auto& [key, part] : parts_) batch.emplace(key, part.take(count));
    return batch;
  }

 private:
  [[noreturn]] void fail_keys(std::size_t size) const {
    fail<Error>("collate(): a sample has ", size, " keys that are not the ", parts_.size(),
                " of another one of its batch; give each sample the same keys");
  }
  std::vector<std::pair<Key, Collator<Value>>> parts_;
};

}  // namespace litorch::detail
