// SPDX-License-Identifier: MIT
// Freed memory is used again, within its limit, and never by two tensors at once.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <set>

using namespace litorch;

namespace {

/// A limit for one test; the one before it afterwards.
struct Limit {
  explicit Limit(Index bytes) {
    empty_cache();
    set_cache_limit(bytes);
  }
  ~Limit() {
    empty_cache();
    set_cache_limit(before);
  }
  Index before = memory_stats().cache_limit;
};

constexpr Index kMiB = 1 << 20;

}  // namespace

TEST_CASE("size classes hold what was asked for, with at most an eighth more") {
  constexpr detail::SizeClass kClasses{64};
  std::size_t wrong = 0, last = 0;
  for (std::size_t bytes = 1; bytes < 3'000'000; bytes += bytes < 5000 ? 1 : 997) {
    const std::size_t index = kClasses.index_of(bytes), size = kClasses.bytes_of(index);
    wrong += size < bytes || (bytes >= 64 * 8 && size > bytes + bytes / 8 + 64) || size % 64 != 0 || index < last;
    wrong += kClasses.index_of(size) != index;
    last = index;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a freed mapping is used again by a tensor of about its size") {
  const Limit limit(64 * kMiB);
  const void* first = nullptr;
  {
    const auto a = empty<char>({8 * kMiB});
    first = a.data();
  }
  CHECK(memory_stats().cached_bytes == 8 * kMiB);
  const Index hits = memory_stats().hits;
  const auto b = empty<char>({8 * kMiB - 5});
  CHECK(b.data() == first);
  CHECK(memory_stats().hits == hits + 1);
  CHECK(memory_stats().cached_bytes == 0);
  const auto c = empty<char>({8 * kMiB});
  CHECK(c.data() != first);
}

TEST_CASE("zeros are zero, whatever the memory held before") {
  const Limit limit(64 * kMiB);
  for (const Index bytes : {Index{100}, 100'000 * Index{1}, 4 * kMiB}) {
    full<char>({bytes}, 7);
    CHECK(equal(zeros<char>({bytes}), full<char>({bytes}, 0)));
  }
}

TEST_CASE("the cache keeps within its limit, and gives all back when asked") {
  const Limit limit(10 * kMiB);
  {
    const auto a = empty<char>({4 * kMiB}), b = empty<char>({4 * kMiB}), c = empty<char>({4 * kMiB}),
               d = empty<char>({20 * kMiB});
  }
  CHECK(memory_stats().cached_bytes == 8 * kMiB);
  set_cache_limit(5 * kMiB);
  CHECK(memory_stats().cached_bytes <= 5 * kMiB);
  set_cache_limit(10 * kMiB);
  empty<char>({4 * kMiB});
  empty_cache();
  CHECK(memory_stats().cached_bytes == 0);
  CHECK_THROWS_AS(set_cache_limit(-1), Error);
}

TEST_CASE("with a limit of 0 nothing is kept, and everything works") {
  const Limit limit(0);
  for (int i = 0; i < 3; ++i) {
    const std::vector<Tensor<float>> pieces(3, full<float>({1 << 20}, float(i)));
    CHECK(equal(cat(pieces), full<float>({3 << 20}, float(i))));
  }
  CHECK(memory_stats().cached_bytes == 0);
}

TEST_CASE("no two tensors share a block, in any order of making and ending them") {
  const Limit limit(64 * kMiB);
  std::mt19937_64 random(5);
  std::vector<Tensor<Index>> live;
  int wrong = 0;
  for (Index i = 0; i < 20'000; ++i) {
    if (live.size() < 40 && random() % 2 == 0) {
      const Index count = 1 + static_cast<Index>(random() % (i % 100 == 0 ? 500'000 : 3000));
      live.push_back(empty<Index>({count}));
      live.back()(0) = i;
      live.back()(count - 1) = i;
    } else if (!live.empty()) {
      const std::size_t chosen = random() % live.size();
      wrong += live[chosen](0) != live[chosen](live[chosen].numel() - 1);
      std::swap(live[chosen], live.back());
      live.pop_back();
    }
  }
  CHECK(wrong == 0);
}
