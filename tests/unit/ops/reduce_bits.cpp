// SPDX-License-Identifier: MIT
// The bits of a sum: the same for every number of threads, whatever the strides, and close to the true value.
#include "support/catch.hpp"
#include "support/naive_reduce.hpp"

#include <complex>

using namespace support;

namespace {

lt::Tensor<float> noise(const lt::Shape& shape) {
  std::mt19937_64 engine(7);
  return lt::randn<float>(shape, engine);
}

template <class T>
bool same_bits(const lt::Tensor<T>& a, const lt::Tensor<T>& b) {
  return same_elements(a.view(), b.view());
}

}  // namespace

TEST_CASE("the sum of a million floats has the same bits for 1 to 8 threads") {
  const auto tensor = noise({1'000'003});
  const auto expected = lt::sum(tensor, lt::InlineExecutor());
  CHECK(expected.item() == promised_sum(all_elements(tensor.view())));
  for (std::size_t threads = 1; threads <= 8; ++threads) {
    lt::ThreadPool pool(threads);
    CHECK(same_bits(lt::sum(tensor, pool), expected));
    CHECK(same_bits(lt::sum(tensor, 0, false, pool), expected));
    CHECK(same_bits(lt::sum(tensor.flip(0).flip(0), pool), expected));
  }
}

TEST_CASE("means and sums along each dim have the same bits for 1 to 8 threads") {
  for (const auto& tensor : {noise({150'000, 3}), noise({3, 150'000}), noise({20, 300, 50})}) {
    for (Index dim = 0; dim < tensor.rank(); ++dim) {
      const auto sums = lt::sum(tensor, dim, false, lt::InlineExecutor());
      const auto means = lt::mean(tensor, dim, false, lt::InlineExecutor());
      for (std::size_t threads = 1; threads <= 8; ++threads) {
        lt::ThreadPool pool(threads);
        CHECK(same_bits(lt::sum(tensor, dim, false, pool), sums));
        CHECK(same_bits(lt::mean(tensor, dim, false, pool), means));
      }
    }
  }
}

TEST_CASE("the bits of a sum do not depend on strides or on which dim is reduced") {
  const auto tensor = noise({900, 37});
  const auto columns = tensor.t().clone();  // (37, 900)
  CHECK(same_bits(lt::sum(tensor, 0), lt::sum(columns, 1)));
  CHECK(same_bits(lt::sum(tensor.t(), 1), lt::sum(columns, 1)));
  CHECK(same_bits(lt::sum(tensor, 1), lt::sum(columns, 0)));
  CHECK(same_bits(lt::sum(tensor.t()), lt::sum(columns)));
  CHECK(same_bits(lt::sum(tensor.flip(0)), lt::sum(tensor.flip(0).clone())));
  CHECK(same_bits(lt::sum(tensor.slice(1, 0, 37, 3), 0), lt::sum(tensor.slice(1, 0, 37, 3).clone(), 0)));
  CHECK(same_bits(lt::sum(tensor.narrow(0, 0, 1).expand({700, 37}), 0),
                  lt::sum(tensor.narrow(0, 0, 1).expand({700, 37}).clone(), 0)));
}

TEST_CASE("sums are as accurate as pairwise summation is") {
  // One by one, 2^25 ones of float end at 2^24, and so do 16 lanes of them at 2^28.
  CHECK(lt::sum(lt::ones<float>({1}).expand({1 << 25})).item() == 33'554'432.0f);
  CHECK(lt::sum(lt::ones<float>({1}).expand({1 << 25}), 0).item() == 33'554'432.0f);
  const auto tenths = lt::full<float>({1'000'000}, 0.1f);
  CHECK(std::abs(lt::sum(tenths).item() - 100'000.0f) < 0.02f);
  CHECK(std::abs(lt::mean(tenths).item() - 0.1f) < 1e-7f);
}

TEST_CASE("complex numbers have sums and means") {
  const auto tensor = lt::full<std::complex<float>>({600, 2}, {0.5f, -1.0f});
  CHECK(lt::sum(tensor, 0)(1) == std::complex<float>(300, -600));
  CHECK(lt::mean(tensor).item() == std::complex<float>(0.5f, -1.0f));
}
