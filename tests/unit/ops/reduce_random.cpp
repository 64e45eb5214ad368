// SPDX-License-Identifier: MIT
// Every reduction against a naive one, on random shapes, dims, strides and thread counts.
#include "support/catch.hpp"
#include "support/naive_reduce.hpp"
#include "support/sanitizer.hpp"

#include <deque>

using namespace support;

namespace {

template <class T>
auto naive_sum(const std::vector<T>& line) {
  using Acc = typename lt::detail::SumTypes<T>::Acc;
  std::vector<Acc> wide;
  for (const T& x : line) wide.push_back(static_cast<Acc>(x));
  return static_cast<typename lt::detail::SumTypes<T>::Result>(promised_sum(wide));
}

/// The index of the first element that no other beats: the first NaN, else the first of the greatest.
template <class T>
Index naive_best(const std::vector<T>& line, bool greatest) {
  std::size_t best = 0;
  for (std::size_t i = line.size(); i-- > 0;) {
    const bool beats = greatest ? line[i] >= line[best] : line[i] <= line[best];
    if (line[i] != line[i] || (beats && line[best] == line[best])) best = i;
  }
  return static_cast<Index>(best);
}

template <class U>
bool holds(const lt::Tensor<U>& tensor, const std::vector<Index>& extents, const std::vector<U>& expected) {
  const auto found = all_elements(tensor.view());
  bool same = tensor.shape() == lt::Shape(extents) && tensor.is_contiguous() && found.size() == expected.size();
  for (std::size_t i = 0; same && i < found.size(); ++i) same = same_value(found[i], expected[i]);
  return same;
}

template <class T>
std::string check_reduction(std::uint64_t seed, std::deque<lt::ThreadPool>& pools) {
  Random random(seed);
  const Index rank = random(1, 5);
  std::vector<Index> extents = random_shape(random, rank, 200);
  const Index dim = random(0, rank - 1);
  if (random.chance(20)) extents[static_cast<std::size_t>(dim)] = random(0, 700);
  const lt::Tensor<T> tensor = random_view<T>(random, extents, true);
  const Index given = random.chance(50) ? dim : dim - rank;
  const bool keepdim = random.chance(30);
  const lt::detail::Tuning tuning{random(1, 300), 0};
  auto& pool = pools[static_cast<std::size_t>(random(0, static_cast<Index>(pools.size()) - 1))];
  const auto along = [&](const auto& fold) {
    return lt::detail::reduce_dim("test", pool, fold, lt::TensorView<const T>(tensor), given, keepdim, tuning);
  };

  const auto lines = lines_of(tensor.view(), dim);
  const auto all = all_elements(tensor.view());
  std::vector<decltype(naive_sum(all))> sums;
  for (const auto& line : lines) sums.push_back(naive_sum(line));
  const bool empty = extents[static_cast<std::size_t>(dim)] == 0;
  std::vector<Index> reduced = extents;
  if (keepdim)
    reduced[static_cast<std::size_t>(dim)] = 1;
  else
    reduced.erase(reduced.begin() + dim);
  if (!holds(along(lt::detail::SumFold<T>()), reduced, sums)) return "sum";
  if (!same_value(lt::sum(tensor, pool).item(), naive_sum(all))) return "sum of all";
  if (empty) return "";

  std::vector<T> greatest, least;
  std::vector<Index> where;
  for (const auto& line : lines) {
    where.push_back(naive_best(line, true));
    greatest.push_back(line[static_cast<std::size_t>(where.back())]);
    least.push_back(line[static_cast<std::size_t>(naive_best(line, false))]);
  }
  if (!holds(along(lt::detail::ExtremeFold<T, true>()), reduced, greatest)) return "max";
  if (!holds(along(lt::detail::ExtremeFold<T, false>()), reduced, least)) return "min";
  if (!holds(along(lt::detail::FirstGreatestFold<T>()), reduced, where)) return "argmax";
  if (all.empty()) return "";
  if (lt::argmax(tensor, pool).item() != naive_best(all, true)) return "argmax of all";
  if (!same_value(lt::min(tensor, pool).item(), all[static_cast<std::size_t>(naive_best(all, false))]))
    return "min of all";
  return "";
}

template <class T>
void check_reductions(std::uint64_t first_seed) {
  const std::uint64_t count = cases(1500);
  std::deque<lt::ThreadPool> pools;
  for (std::size_t threads = 1; threads <= 8; ++threads) pools.emplace_back(threads);
  for (std::uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    const std::string fault = check_reduction<T>(seed, pools);
    INFO("seed " << seed);
    if (!fault.empty()) REQUIRE(fault == "");
  }
  SUCCEED(count << " cases");
}

}  // namespace

TEST_CASE("reductions of int8 agree with naive ones") { check_reductions<std::int8_t>(0); }
TEST_CASE("reductions of uint8 agree with naive ones") { check_reductions<std::uint8_t>(10'000); }
TEST_CASE("reductions of int64 agree with naive ones") { check_reductions<std::int64_t>(20'000); }
TEST_CASE("reductions of float16 agree with naive ones") { check_reductions<lt::Float16>(30'000); }
TEST_CASE("reductions of float agree with naive ones bit by bit") { check_reductions<float>(40'000); }
TEST_CASE("reductions of double agree with naive ones bit by bit") { check_reductions<double>(50'000); }
