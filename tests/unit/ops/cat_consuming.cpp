// SPDX-License-Identifier: MIT
// cat(std::move(pieces)): whatever the pieces are, the values are those of their elements in order, and pieces that
// somebody else holds stay as they are.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/random_tensors.hpp"
#include "support/resident_memory.hpp"
#include "support/sanitizer.hpp"

using namespace support;

namespace {

constexpr Index kPage = 4096 / sizeof(double);
constexpr Index kHuge = (Index{2} << 20) / sizeof(double);

/// A piece (n, row) of one of the kinds that are handled differently.
lt::Tensor<double> random_piece(Random& random, Index row) {
  const Index kind = random(0, 6);
  const Index pages = kHuge / row + kPage / row * random(0, 3);
  const Index rows = kind < 2 ? pages : kind == 2 ? pages + random(1, 5) : random(0, 50);
  if (kind == 6) return random_view<double>(random, {random(1, 5), row}, true);
  lt::Tensor<double> whole = lt::empty<double>({rows + (kind == 5), row});
  for (Index i = 0; i < whole.numel(); ++i) whole.data()[i] = static_cast<double>(random.engine() >> 12);
  return kind == 5 ? whole.narrow(0, 1, rows) : whole;
}

/// As bits: some are not numbers.
std::vector<std::uint64_t> elements(const lt::Tensor<double>& piece) {
  std::vector<std::uint64_t> found;
  for_each_index({piece.shape().begin(), piece.shape().end()}, [&](const std::vector<Index>& at) {
    found.push_back(std::bit_cast<std::uint64_t>(element(piece.view(), at)));
  });
  return found;
}

std::string check_consuming(std::uint64_t seed) {
  Random random(seed);
  const Index row = Index{1} << random(0, 9);
  std::vector<lt::Tensor<double>> pieces, held;
  std::vector<std::uint64_t> expected;
  const Index count = random(1, 6);
  for (Index i = 0; i < count; ++i) {
    pieces.push_back(random.chance(10) ? lt::Tensor<double>() : random_piece(random, row));
    const std::vector<std::uint64_t> values = elements(pieces.back());
    expected.insert(expected.end(), values.begin(), values.end());
    if (random.chance(15)) held.push_back(pieces.back());
    if (random.chance(10)) {  // the same piece twice
      pieces.push_back(pieces.back());
      expected.insert(expected.end(), values.begin(), values.end());
    }
  }
  std::vector<std::vector<std::uint64_t>> kept;
  for (const auto& tensor : held) kept.push_back(elements(tensor));
  if (random.chance(30)) {  // a result becomes a piece
    pieces.push_back(lt::cat(std::move(pieces), 0));
    if (pieces.size() != 1) return "the list was not emptied";
    pieces.push_back(lt::full<double>({pieces[0].rank() == 2 ? 3 : 0, row}, 7));
    expected.insert(expected.end(), static_cast<std::size_t>(pieces.back().numel()), std::bit_cast<std::uint64_t>(7.0));
    if (pieces[0].rank() == 1) pieces.pop_back();
  }
  const lt::Tensor<double> joined = lt::cat(std::move(pieces), 0);
  if (!pieces.empty()) return "the list was not emptied";
  if (!joined.is_contiguous() || elements(joined) != expected) return "values";
  for (std::size_t i = 0; i < held.size(); ++i)
    if (elements(held[i]) != kept[i]) return "a piece that somebody holds";
  return "";
}

std::vector<lt::Tensor<float>> untouched(std::size_t count) {
  std::vector<lt::Tensor<float>> pieces;
  while (pieces.size() < count) pieces.push_back(lt::zeros<float>({1024, 1024}));
  return pieces;
}

}  // namespace

TEST_CASE("a consuming cat agrees with the naive oracle and leaves shared pieces alone") {
  for (const lt::Index limit : {Index{1} << 30, Index{0}}) {
    const lt::Index before = lt::memory_stats().cache_limit;
    lt::set_cache_limit(limit);
    for (std::uint64_t seed = 0; seed < cases(60); ++seed) {
      INFO("seed " << seed << ", cache limit " << limit);
      REQUIRE(check_consuming(seed) == "");
    }
    lt::set_cache_limit(before);
  }
}

TEST_CASE("pieces of whole pages are moved, not copied: pages that nobody touched stay untouched") {
  const lt::Tensor<float> joined = lt::cat(untouched(6), 0);
  CHECK(joined.shape() == lt::Shape{6 * 1024, 1024});
  CHECK(resident_pages(joined.data(), static_cast<std::size_t>(joined.numel()) * 4) == 0);
  joined(5 * 1024, 3) = 4;
  CHECK(joined(5 * 1024, 3) == 4);
  const lt::Tensor<float> stacked = lt::stack(untouched(3), 0);
  CHECK(stacked.shape() == lt::Shape{3, 1024, 1024});
  CHECK(resident_pages(stacked.data(), static_cast<std::size_t>(stacked.numel()) * 4) == 0);
}

TEST_CASE("pieces along an inner dim, of one type with const, or of no bytes can be consumed too") {
  std::vector<lt::Tensor<int>> columns{lt::full<int>({3, 2}, 1), lt::full<int>({3, 1}, 2)};
  CHECK(lt::equal(lt::cat(std::move(columns), 1), lt::tensor<int>({{1, 1, 2}, {1, 1, 2}, {1, 1, 2}})));
  CHECK(columns.empty());
  std::vector<lt::Tensor<const int>> constant{lt::full<int>({1 << 20}, 3), lt::full<int>({1 << 20}, 4)};
  const lt::Tensor<int> joined = lt::cat(std::move(constant));
  CHECK(joined((1 << 20) - 1) == 3);
  CHECK(joined(1 << 20) == 4);
  CHECK(lt::cat(std::vector<lt::Tensor<int>>(4), 0).shape() == lt::Shape{0});
  CHECK(lt::stack(std::vector<lt::Tensor<int>>(4), 1).shape() == lt::Shape{0, 4});
}

TEST_CASE("a consuming cat that is refused consumes nothing") {
  std::vector<lt::Tensor<int>> pieces{lt::ones<int>({1 << 20, 2}), lt::ones<int>({4, 3})};
  CHECK(mentions(message_of<lt::ShapeError>([&] { lt::cat(std::move(pieces)); }),
                 {"cat(): input 1", "size 3", "expected 2"}));
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0].shape() == lt::Shape{1 << 20, 2});
  CHECK(pieces[1](3, 2) == 1);
}

TEST_CASE("consumed pieces that lie side by side arrive whole, whatever their strides and whoever holds them") {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < cases(40); ++seed) {
    Random random(seed);
    const Index rows = random(500, 3000);
    std::vector<lt::Tensor<double>> pieces, copies, held;
    for (Index i = random(1, 5); i > 0; --i) {
      const Index columns = random(1, 300), kind = random(0, 4);
      const bool turned = kind == 1;
      auto piece = lt::empty<double>(turned ? lt::Shape{columns, rows} : lt::Shape{rows, columns});
      for (Index at = 0; at < piece.numel(); ++at) piece.data()[at] = static_cast<double>(random.engine() >> 20);
      if (turned) piece = piece.t();
      if (kind == 2) piece = piece.flip(0);
      if (kind == 3) piece = piece.narrow(1, columns / 2, columns - columns / 2);
      if (random.chance(20)) held.push_back(piece);
      pieces.push_back(piece);
      if (random.chance(20)) pieces.push_back(piece);
    }
    for (const auto& piece : pieces) copies.push_back(piece.clone());
    const auto before = held.empty() ? lt::Tensor<double>() : held[0].clone();
    wrong += !equal(lt::cat(std::move(pieces), 1), lt::cat(copies, 1));
    if (!held.empty()) wrong += !equal(held[0], before);
  }
  CHECK(wrong == 0);
}
