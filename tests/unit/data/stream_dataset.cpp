// SPDX-License-Identifier: MIT
// Sources that are read once.
#include "support/catch.hpp"

#include <litorch/data/stream_dataset.hpp>

#include <iterator>
#include <list>
#include <sstream>
#include <string>
#include <vector>

using namespace litorch;

namespace {

struct Countdown {
  std::optional<int> next() { return left > 0 ? std::optional(left--) : std::nullopt; }
  int left = 3;
};

/// The words of a stream: a range of one pass that can only be moved.
struct Words {
  explicit Words(const std::string& text) : stream(std::make_unique<std::istringstream>(text)) {}
  Words(Words&&) = default;
  std::istream_iterator<std::string> begin() { return std::istream_iterator<std::string>(*stream); }
  std::istream_iterator<std::string> end() { return {}; }
  std::unique_ptr<std::istringstream> stream;
};

template <StreamDataset S>
std::vector<StreamSampleOf<S>> drained(S& stream) {
  std::vector<StreamSampleOf<S>> samples;
  while (auto sample = stream.next()) samples.push_back(std::move(*sample));
  return samples;
}

}  // namespace

static_assert(StreamDataset<Countdown> && StreamDataset<RangeStream<std::vector<int>>> && !StreamDataset<int>);
static_assert(!StreamDataset<const Countdown> && std::is_same_v<StreamSampleOf<Countdown>, int>);

TEST_CASE("a stream gives its samples once, then nothing for ever") {
  RangeStream stream(std::vector<int>{1, 2, 3});
  CHECK(drained(stream) == std::vector<int>{1, 2, 3});
  CHECK_FALSE(stream.next());
  CHECK_FALSE(stream.next());
  Countdown countdown;
  CHECK(drained(countdown) == std::vector<int>{3, 2, 1});
  RangeStream empty(std::list<int>{});
  CHECK_FALSE(empty.next());
}

TEST_CASE("a stream looks at an lvalue where it is and may be moved on the way") {
  std::list<std::string> list{"a", "b", "c"};
  RangeStream referring(list);
  static_assert(std::is_same_v<decltype(referring), RangeStream<std::list<std::string>&>>);
  CHECK(referring.next() == "a");
  list.back() = "z";
  RangeStream moved = std::move(referring);
  CHECK(drained(moved) == std::vector<std::string>{"b", "z"});
  RangeStream owning(std::vector<int>{4, 5});
  CHECK(owning.next() == 4);
  RangeStream moved_too = std::move(owning);
  CHECK(drained(moved_too) == std::vector<int>{5});
}

TEST_CASE("a range of one pass is a stream") {
  RangeStream stream(Words("many words of one pass"));
  CHECK(drained(stream) == std::vector<std::string>{"many", "words", "of", "one", "pass"});
}
