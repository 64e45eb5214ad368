// SPDX-License-Identifier: MIT
// cat_as against conversion element by element, on random shapes, dims, strides, types and thread counts.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"
#include "support/sanitizer.hpp"
#include "support/written_bytes.hpp"

#include <deque>

using namespace support;

namespace {

/// Writes what `input` becomes to the indices of `out` from `start` on.
template <class U, class T>
void naive_convert(const lt::Tensor<U>& out, const lt::Tensor<T>& input, Index dim, Index start) {
  for_each_index({input.shape().begin(), input.shape().end()}, [&](std::vector<Index> at) {
    const U value = lt::detail::convert<U>(element(input.view(), at));
    at[static_cast<std::size_t>(dim)] += start;
    element(out.view(), at) = value;
  });
}

template <class U, class T>
std::string check_cat_as(std::uint64_t seed, std::deque<lt::ThreadPool>& pools) {
  Random random(seed);
  const Index rank = random(1, 6), dim = random(0, rank - 1);
  std::vector<Index> extents = random_shape(random, rank, 150);
  std::vector<lt::Tensor<T>> inputs;
  Index total = 0;
  for (Index i = random(0, 5); i >= 0; --i) {
    extents[static_cast<std::size_t>(dim)] = random(random.chance(10) ? 0 : 1, 40);
    total += extents[static_cast<std::size_t>(dim)];
    inputs.push_back(random_view<T>(random, extents, true));
  }
  extents[static_cast<std::size_t>(dim)] = total;
  const auto expected = lt::empty<U>(lt::Shape(extents));
  Index start = 0;
  for (const auto& input : inputs) {
    naive_convert(expected, input, dim, start);
    start += input.shape()[dim];
  }
  if (random.chance(3)) inputs.push_back(lt::empty<T>({0}));
  auto& pool = pools[static_cast<std::size_t>(random(0, static_cast<Index>(pools.size()) - 1))];
  const Index given = random.chance(50) ? dim : dim - rank;
  if (!same_elements(lt::cat_as<U>(inputs, given, lt::Casting::unsafe, pool).view(), expected.view())) return "fresh";

  const auto out = lt::empty<U>(expected.shape());
  const lt::detail::TensorList<const std::vector<lt::Tensor<T>>> list(inputs);
  const auto plan = lt::detail::plan_cat("test", list.views().each(&lt::detail::ErasedView::layout), given);
  const lt::detail::Tuning tuning{random(1, 3) * static_cast<Index>(sizeof(U)), 0};
  const auto join = [&](auto& executor) {
    lt::detail::join_converted(
        executor, out.view(), plan, list.views(), [](Index) { return lt::detail::convert_positions<U, T>; }, tuning);
  };
  join(pool);
  if (!same_elements(out.view(), expected.view())) return "small ranges";
  if (kTsan || out.numel() == 0) return "";
  const std::size_t bytes = static_cast<std::size_t>(out.numel()) * sizeof(U);
  const auto writes = count_writes(reinterpret_cast<unsigned char*>(out.data()), bytes, 5, join);
  return writes == std::vector<int>(bytes, 1) ? "" : "written bytes";
}

template <class U, class T>
void check_cat_as_cases(std::uint64_t first_seed) {
  const std::uint64_t count = cases(1000);
  std::deque<lt::ThreadPool> pools;
  for (std::size_t threads = 1; threads <= 8; ++threads) pools.emplace_back(threads);
  for (std::uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    const std::string fault = check_cat_as<U, T>(seed, pools);
    INFO("seed " << seed);
    if (!fault.empty()) REQUIRE(fault == "");
  }
  SUCCEED(count << " cases");
}

}  // namespace

TEST_CASE("cat_as widens bytes to float") { check_cat_as_cases<float, std::uint8_t>(0); }
TEST_CASE("cat_as narrows double to int32") { check_cat_as_cases<std::int32_t, double>(10'000); }
TEST_CASE("cat_as narrows int64 to int16") { check_cat_as_cases<std::int16_t, std::int64_t>(20'000); }
TEST_CASE("cat_as widens float16 to double") { check_cat_as_cases<double, lt::Float16>(30'000); }
TEST_CASE("cat_as turns float into complex128") { check_cat_as_cases<std::complex<double>, float>(40'000); }
TEST_CASE("cat_as turns int8 into bool") { check_cat_as_cases<bool, std::int8_t>(50'000); }

TEST_CASE("cat_as takes inputs of different element types in a tuple") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const Index rank = random(1, 5), dim = random(0, rank - 1);
    std::vector<Index> extents = random_shape(random, rank, 100);
    Index& extent = extents[static_cast<std::size_t>(dim)];
    const auto bytes = random_view<std::uint8_t>(random, extents, true);
    extent = random(0, 5);
    const auto halves = random_view<lt::Float16>(random, extents, true);
    extent = random(0, 5);
    const lt::Tensor<const std::int32_t> integers = random_view<std::int32_t>(random, extents, true);
    extent = bytes.shape()[dim] + halves.shape()[dim] + integers.shape()[dim];
    const auto expected = lt::empty<double>(lt::Shape(extents));
    naive_convert(expected, bytes, dim, 0);
    naive_convert(expected, halves, dim, bytes.shape()[dim]);
    naive_convert(expected, integers, dim, bytes.shape()[dim] + halves.shape()[dim]);
    const auto found = lt::cat_as<double>(std::tuple{bytes, halves.view(), integers}, dim);
    INFO("seed " << seed);
    if (!same_elements(found.view(), expected.view())) REQUIRE(seed == ~std::uint64_t{0});
  }
  SUCCEED("300 cases");
}
