// SPDX-License-Identifier: MIT
// cat and stack against a naive oracle, on random shapes, dims, strides, list lengths and thread counts.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"
#include "support/sanitizer.hpp"
#include "support/written_bytes.hpp"

#include <litorch/litorch.hpp>

#include <complex>
#include <deque>

using namespace support;

namespace {

/// The output the slow way: for each index of each input, where it goes.
template <class T>
void naive_join(const lt::TensorView<T>& out, const std::vector<lt::Tensor<T>>& inputs, Index dim, bool stacked) {
  Index start = 0;
  for (const lt::Tensor<T>& input : inputs) {
    for_each_index({input.shape().begin(), input.shape().end()}, [&](std::vector<Index> at) {
      const T value = element(input.view(), at);
      if (stacked)
        at.insert(at.begin() + dim, start);
      else
        at[static_cast<std::size_t>(dim)] += start;
      std::memcpy(static_cast<void*>(&element(out, at)), &value, sizeof(T));
    });
    if (stacked)
      ++start;
    else if (input.rank() == out.rank())
      start += input.shape()[dim];
  }
}

/// One random list of inputs, its oracle, and every way to join it. Returns what went wrong, or nothing.
template <class T>
std::string check_join(std::uint64_t seed, std::deque<lt::ThreadPool>& pools) {
  Random random(seed);
  const bool stacked = random.chance(30);
  const Index rank = random(stacked ? 0 : 1, stacked ? 7 : 8);
  const Index count = random.chance(5) ? random(20, 50) : random(1, 6);
  std::vector<Index> extents = random_shape(random, rank, 40);
  const Index dim = random(0, rank - (stacked ? 0 : 1));
  std::vector<lt::Tensor<T>> inputs;
  Index total = 0;
  for (Index i = 0; i < count; ++i) {
    if (!stacked && rank > 0) extents[static_cast<std::size_t>(dim)] = random(random.chance(10) ? 0 : 1, 5);
    if (!stacked && random.chance(3)) {
      inputs.push_back(lt::empty<T>({0}));  // joins anything
      continue;
    }
    inputs.push_back(random_view<T>(random, extents, true));
    total += stacked ? 1 : extents[static_cast<std::size_t>(dim)];
  }
  bool only_skipped = !stacked;
  for (const auto& input : inputs) only_skipped = only_skipped && input.rank() == 1 && input.shape()[0] == 0;
  if (only_skipped) return lt::cat(inputs, random(-1, 0)).shape() == lt::Shape{0} ? "" : "shape of nothing";
  if (stacked)
    extents.insert(extents.begin() + dim, total);
  else
    extents[static_cast<std::size_t>(dim)] = total;
  const lt::Shape shape(extents.begin(), extents.end());
  const Index given = random.chance(50) ? dim : dim - shape.rank();

  const lt::Tensor<T> expected = lt::empty<T>(shape);
  naive_join(expected.view(), inputs, dim, stacked);
  const lt::Tensor<T> fresh = stacked ? lt::stack(inputs, given) : lt::cat(inputs, given);
  if (!fresh.is_contiguous() || !same_elements(fresh.view(), expected.view())) return "fresh output";

  // Into a random view, with tiny ranges: first for real, then each part alone to see which bytes it writes.
  const lt::Tensor<T> out = random_view<T>(random, extents, false);
  unsigned char* const memory = reinterpret_cast<unsigned char*>(out.storage().data());
  const lt::detail::Tuning tuning{random(1, 3) * static_cast<Index>(sizeof(T)), random.chance(50) ? 0 : 1 << 20};
  const auto join = [&](auto& executor) {
    const lt::detail::TensorList<const std::vector<lt::Tensor<T>>> list(inputs);
    lt::detail::join_into("test", stacked ? lt::detail::plan_stack : lt::detail::plan_cat, erased(out), list.views(),
                          given, sizeof(T), executor, tuning);
  };
  join(pools[static_cast<std::size_t>(random(0, static_cast<Index>(pools.size()) - 1))]);
  if (!same_elements(out.view(), expected.view())) return "output view";
  // The map of bytes runs the parts one after another: arithmetic that TSan has nothing to say about.
  if (memory == nullptr || out.numel() == 0 || kTsan) return "";

  std::size_t reach = 0;  // bytes of the larger tensor up to the last element
  for_each_index(extents, [&](const std::vector<Index>& at) {
    const auto end = reinterpret_cast<unsigned char*>(&element(out.view(), at) + 1) - memory;
    reach = std::max(reach, static_cast<std::size_t>(end));
  });
  std::vector<int> owned(reach, 0);
  for_each_index(extents, [&](const std::vector<Index>& at) {
    unsigned char* const first = reinterpret_cast<unsigned char*>(&element(out.view(), at));
    for (std::size_t i = 0; i < sizeof(T); ++i) owned[static_cast<std::size_t>(first - memory) + i] += 1;
  });
  if (count_writes(memory, reach, static_cast<std::size_t>(random(2, 8)), join) != owned) return "written bytes";
  return "";
}

template <class T>
void check_joins(std::uint64_t first_seed, std::uint64_t most) {
  const std::uint64_t count = cases(most);
  std::deque<lt::ThreadPool> pools;
  for (std::size_t threads = 1; threads <= 8; ++threads) pools.emplace_back(threads);
  for (std::uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    const std::string fault = check_join<T>(seed, pools);
    INFO("seed " << seed);
    if (!fault.empty()) REQUIRE(fault == "");
  }
  SUCCEED(count << " cases");
}

}  // namespace

// 102,000 cases in all, fewer under sanitizers.
TEST_CASE("cat and stack of bytes agree with the naive oracle and write each byte once") {
  check_joins<std::uint8_t>(0, 22'000);
}
TEST_CASE("cat and stack of 2-byte elements agree with the naive oracle") {
  check_joins<std::int16_t>(1'000'000, 10'000);
}
TEST_CASE("cat and stack of 3-byte elements agree with the naive oracle") { check_joins<Rgb>(2'000'000, 10'000); }
TEST_CASE("cat and stack of 4-byte elements agree with the naive oracle") { check_joins<float>(3'000'000, 30'000); }
TEST_CASE("cat and stack of 8-byte elements agree with the naive oracle") { check_joins<double>(4'000'000, 10'000); }
TEST_CASE("cat and stack of 12-byte elements agree with the naive oracle") { check_joins<Record>(5'000'000, 10'000); }
TEST_CASE("cat and stack of 16-byte elements agree with the naive oracle") {
  check_joins<std::complex<double>>(6'000'000, 10'000);
}
