// SPDX-License-Identifier: MIT
// The element-wise mean of a list: that of the stacked tensor, bit by bit, for any strides and thread count.
#include "support/catch.hpp"
#include "support/naive_reduce.hpp"

#include <complex>
#include <list>

using namespace support;

namespace {

template <class T>
std::string check_average(std::uint64_t seed) {
  Random random(seed);
  const auto extents = random_shape(random, random(0, 5), 300);
  std::vector<lt::Tensor<T>> inputs;
  for (Index i = 0, count = random.chance(5) ? random(250, 600) : random(1, 20); i < count; ++i)
    inputs.push_back(random_view<T>(random, extents, true));
  const auto expected = lt::mean(lt::stack(inputs), 0);
  lt::ThreadPool pool(static_cast<std::size_t>(random(1, 8)));
  const lt::detail::TensorList<const std::vector<lt::Tensor<T>>> list(inputs);
  const auto found = lt::detail::average_inputs<T>(list.views(), pool, {random(1, 100), 0});
  const auto a = all_elements(found.view()), b = all_elements(expected.view());
  bool same = found.shape() == expected.shape();
  for (std::size_t i = 0; i < a.size(); ++i) same = same && same_value(a[i], b[i]);
  return same ? "" : "values";
}

template <class T>
void check_averages(std::uint64_t first_seed) {
  for (std::uint64_t seed = first_seed; seed < first_seed + 300; ++seed) {
    const std::string fault = check_average<T>(seed);
    INFO("seed " << seed);
    if (!fault.empty()) REQUIRE(fault == "");
  }
  SUCCEED("300 cases");
}

}  // namespace

TEST_CASE("the average of floats is the mean of the stacked inputs") { check_averages<float>(0); }
TEST_CASE("the average of doubles is the mean of the stacked inputs") { check_averages<double>(1'000); }
TEST_CASE("the average of bytes is the mean of the stacked inputs") { check_averages<std::uint8_t>(2'000); }
TEST_CASE("the average of float16 is the mean of the stacked inputs") { check_averages<lt::Float16>(3'000); }

TEST_CASE("the average has the same bits for 1 to 8 threads") {
  std::mt19937_64 engine(3);
  std::vector<lt::Tensor<float>> inputs;
  for (int i = 0; i < 7; ++i) inputs.push_back(lt::randn<float>({300, 500}, engine));
  const auto expected = lt::average(inputs, lt::InlineExecutor());
  for (std::size_t threads = 1; threads <= 8; ++threads) {
    lt::ThreadPool pool(threads);
    CHECK(same_elements(lt::average(inputs, pool).view(), expected.view()));
  }
}

TEST_CASE("an average takes any range of tensors") {
  const auto a = lt::full<float>({2, 3}, 1.0f), b = lt::full<float>({2, 3}, 4.0f);
  CHECK(lt::equal(lt::average({a, b}), lt::full<float>({2, 3}, 2.5f)));
  CHECK(lt::equal(lt::average(std::list{a, b, b}), lt::full<float>({2, 3}, 3.0f)));
  CHECK(lt::equal(lt::average(std::vector{a.view()}), a));
  CHECK(lt::average({lt::tensor<int>({1, 2}), lt::tensor<int>({2, 2})})(0) == 1.5);
  CHECK(lt::average({lt::tensor<std::complex<double>>(std::complex<double>(1, 2))}).item() ==
        std::complex<double>(1, 2));
  CHECK(lt::average({lt::zeros<float>({0, 3})}).shape() == lt::Shape{0, 3});
}

TEST_CASE("an average of nothing or of unequal shapes is refused") {
  CHECK_THROWS_WITH(lt::average(std::vector<lt::Tensor<float>>()),
                    "litorch::average(): the list of inputs is empty; give at least one tensor");
  CHECK_THROWS_WITH(lt::average({lt::zeros<float>({2, 3}), lt::zeros<float>({2, 4})}),
                    "litorch::average(): input 1 has size 4 in dim 1, expected 3 as in input 0 "
                    "(shapes (2, 4) and (2, 3), stacking)");
}
