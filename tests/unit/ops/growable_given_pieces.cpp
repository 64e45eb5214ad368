// SPDX-License-Identifier: MIT
// Pieces that are given to a Growable may wait to be copied: the rows are the same, in order, and nothing that somebody
// else can still reach is left uncopied.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/random_tensors.hpp"

#include <vector>

using namespace support;

namespace {

using GivenRows = lt::Growable<std::int32_t>;

/// Of `count` rows of 64, the values `first`, `first` + 1, ...
lt::Tensor<std::int32_t> ascending(Index first, Index count) {
  const auto from = static_cast<std::int32_t>(first), to = static_cast<std::int32_t>(first + count * 64);
  return lt::arange<std::int32_t>(from, to).reshape({count, 64});
}
Index misplaced(const lt::Tensor<std::int32_t>& rows) {
  Index wrong = 0;
  for (Index i = 0; i < rows.numel(); ++i) wrong += rows.data()[i] != static_cast<std::int32_t>(i);
  return wrong;
}
/// Counts the regions that it is asked for.
struct CountingExecutor {
  int* regions;

  std::size_t size() const { return 2; }
  template <class F>
  void run(std::size_t n, F&& f) const {
    ++*regions;
    lt::InlineExecutor().run(n, f);
  }
};

/// Large enough to wait, and not so large that it is copied at once.
constexpr Index kWaiting = 128;

}  // namespace

TEST_CASE("rows are in order however given pieces, kept ones and looks at the rows alternate") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    GivenRows rows;
    if (random.chance(30)) rows.reserve(random(0, 4000));
    std::vector<lt::Tensor<std::int32_t>> views;
    Index count = 0;
    for (Index step = random(1, 60); step > 0; --step) {
      const Index more = random.chance(70) ? random(64, 200) : random.chance(70) ? random(0, 5) : 5000;
      lt::Tensor<std::int32_t> piece = ascending(count * 64, more);
      const lt::Tensor<std::int32_t> other = random.chance(20) ? piece : lt::Tensor<std::int32_t>();
      if (random.chance(20))
        rows.append(std::as_const(piece));
      else if (random.chance(20))
        rows.append(std::move(piece), lt::InlineExecutor());
      else
        rows.append(std::move(piece));
      count += more;
      if (random.chance(10)) views.push_back(rows.view());
    }
    INFO("seed " << seed);
    Index wrong = 0;
    for (const auto& view : views) wrong += misplaced(view);
    REQUIRE(rows.rows() == count);
    const auto whole = std::move(rows).tensor();
    REQUIRE(wrong + misplaced(whole) == 0);
    REQUIRE(whole.size(0) == count);
  }
}

TEST_CASE("a piece that was given is empty, whether it waits or not") {
  GivenRows rows;
  for (const Index count : {Index{1}, kWaiting, Index{8192}}) {
    auto piece = ascending(rows.rows() * 64, count);
    rows.append(std::move(piece));
    CHECK(piece.numel() == 0);
    CHECK(piece.storage().use_count() == 0);
  }
  CHECK(misplaced(std::move(rows).tensor()) == 0);
}

TEST_CASE("a row that is given alone may wait too") {
  lt::Growable<float> rows(lt::Shape{8192});
  for (int i = 0; i < 5; ++i) rows.append(lt::full<float>({8192}, static_cast<float>(i)));
  const auto whole = std::move(rows).tensor();
  REQUIRE(whole.shape() == lt::Shape{5, 8192});
  for (Index i = 0; i < 5; ++i) CHECK(lt::equal(whole[i], lt::full<float>({8192}, static_cast<float>(i))));
}

TEST_CASE("what others can still change is copied before append() returns") {
  GivenRows rows;
  auto kept = ascending(0, kWaiting);
  rows.append(lt::Tensor<std::int32_t>(kept));  // a second share in it
  kept.fill_(-1);
  std::vector<std::int32_t> memory(kWaiting * 64);
  for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::int32_t>(kWaiting * 64 + Index(i));
  rows.append(lt::from_blob(memory.data(), {kWaiting, 64}, 0));  // owned by somebody whom nobody knows
  std::fill(memory.begin(), memory.end(), -1);
  CHECK(misplaced(std::move(rows).tensor()) == 0);
}

TEST_CASE("a given piece that is refused is as it was, and so are those that wait") {
  GivenRows rows;
  rows.append(ascending(0, kWaiting));
  auto wrong = lt::ones<std::int32_t>({kWaiting, 65});
  CHECK(mentions(message_of<lt::ShapeError>([&] { rows.append(std::move(wrong)); }),
                 {"append()", "(128, 65)", "expected rows of shape (64,)", "128 rows"}));
  CHECK(wrong.shape() == lt::Shape{kWaiting, 65});
  CHECK(rows.rows() == kWaiting);
  CHECK(misplaced(std::move(rows).tensor()) == 0);
}

TEST_CASE("pieces that wait move along, and end with who has them") {
  GivenRows rows;
  rows.append(ascending(0, kWaiting));
  GivenRows moved = std::move(rows);
  moved.append(ascending(kWaiting * 64, kWaiting));
  CHECK(rows.rows() == 0);
  CHECK(misplaced(std::move(moved).tensor()) == 0);
  GivenRows ended;
  ended.append(ascending(0, kWaiting));
}

TEST_CASE("a small part of something large does not wait, so that the rest can end") {
  const lt::Index limit = lt::memory_stats().cache_limit;
  lt::set_cache_limit(lt::Index{1} << 30);
  GivenRows rows;
  rows.append(ascending(0, kWaiting));
  auto part = ascending(0, 100 * kWaiting).narrow(0, kWaiting, kWaiting);
  const lt::Index before = lt::memory_stats().cached_bytes;
  rows.append(std::move(part));
  CHECK(lt::memory_stats().cached_bytes > before);
  CHECK(misplaced(std::move(rows).tensor()) == 0);
  lt::empty_cache();
  lt::set_cache_limit(limit);
}

TEST_CASE("given pieces wait until 4 MiB are worth a region of all threads") {
  constexpr Index kFew = 4 * 1024 * 1024 / (kWaiting * 64 * 4);
  int regions = 0;
  const CountingExecutor executor{&regions};
  GivenRows rows;
  rows.reserve((kFew + 1) * kWaiting);
  for (Index i = 0; i < kFew; ++i) rows.append(ascending(i * kWaiting * 64, kWaiting), executor);
  CHECK(regions == 0);
  rows.append(ascending(kFew * kWaiting * 64, kWaiting), executor);
  CHECK(regions == 1);
  CHECK(misplaced(std::move(rows).tensor()) == 0);
}
