// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/npy_files.hpp"
#include "support/npy_tensors.hpp"
#include "support/temporary_folder.hpp"

using litorch::Index;
using support::numbered;

namespace {

/// Saves `tensor`, checks the order that the header names and the elements.
template <class T>
void check_saved(const litorch::Tensor<T>& tensor, bool fortran_order) {
  const support::TemporaryFolder folder;
  litorch::save_npy(folder / "a.npy", tensor);
  CHECK(litorch::npy_info(folder / "a.npy").fortran_order == fortran_order);
  CHECK(litorch::npy_info(folder / "a.npy").shape == tensor.shape());
  CHECK(support::same_bits(litorch::load_npy<T>(folder / "a.npy"), tensor));
}

}  // namespace

TEST_CASE("save_npy writes Fortran order only where NumPy does: not contiguous, but its transpose is") {
  check_saved(numbered<int>({3, 4}), false);
  check_saved(numbered<int>({3, 4}).t(), true);
  check_saved(numbered<int>({1, 4}).t(), false);
  check_saved(numbered<int>({2, 3, 4}).permute({2, 1, 0}), true);
  check_saved(numbered<int>({2, 3, 4}).permute({2, 0, 1}), false);
  check_saved(numbered<int>({2, 3, 1}).permute({2, 1, 0}), true);
  check_saved(numbered<int>({0, 4}).t(), false);
  check_saved(numbered<int>({}), false);
}

TEST_CASE("save_npy writes steps, reversed dims and repeated elements in row-major order") {
  check_saved(numbered<int>({10, 9}).slice(0, 0, 10, 3), false);
  check_saved(numbered<int>({10, 9}).slice(1, 1, 9, 2), false);
  check_saved(numbered<int>({10, 9}).flip(0), false);
  check_saved(numbered<int>({10, 9}).flip(1).t(), false);
  check_saved(numbered<int>({10}).flip(0), false);
  check_saved(numbered<int>({1, 9}).expand({10, 9}), false);
  check_saved(numbered<int>({10, 1}).expand({10, 9}), false);
  check_saved(numbered<int>({}).expand({3, 3}), false);
}

TEST_CASE("save_npy writes tensors that are larger than its buffer piece by piece") {
  check_saved(numbered<std::uint8_t>({700, 3000}).slice(1, 0, 2999), false);  // some rows at a time
  check_saved(numbered<std::uint8_t>({2, 3'000'000}).slice(1, 0, 3'000'000, 2),
              false);  // a row is larger than the buffer
  check_saved(numbered<std::uint8_t>({3'000'000}).flip(0), false);
  check_saved(numbered<std::uint8_t>({3, 2'000'000, 2}).select(2, 1), false);
  check_saved(numbered<double>({64, 64, 65}).permute({2, 0, 1}), false);
  check_saved(numbered<double>({1, 1, 300'000}).flip(2), false);
  check_saved(numbered<std::complex<double>>({65536, 2}).select(1, 0), false);  // exactly the buffer
  check_saved(numbered<std::complex<double>>({65537, 2}).select(1, 0), false);  // one more
}
