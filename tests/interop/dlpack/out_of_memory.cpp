// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/counted_new.hpp"
#include "support/foreign_tensor.hpp"

using namespace litorch;
using support::ForeignTensor;

namespace {

/// Makes the first allocation of `call` fail, then the second, and so on to one that none fails in. Returns how many
/// failed; `check` looks at what each left behind.
template <class Call, class Check>
int fail_each_allocation(Call call, Check check) {
  for (int count = 0;; ++count) {
    bool failed = false;
    support::failing_allocation = support::allocations + static_cast<std::size_t>(count) + 1;
    try {
      call();
    } catch (const std::bad_alloc&) {
      failed = true;
    } catch (const Error&) {}
    support::failing_allocation = 0;
    check();
    if (!failed) return count;
  }
}

}  // namespace

TEMPLATE_TEST_CASE("a tensor is deleted once where memory ends during its import", "", SUPPORT_MANAGED_TENSORS) {
  ForeignTensor<TestType> foreign;
  const auto import = [&] { from_dlpack<float>(&foreign.managed); };
  const auto deleted_once = [&] { CHECK(std::exchange(foreign.deleted, 0) == 1); };
  CHECK(fail_each_allocation(import, deleted_once) >= 1);
  foreign.tensor().ndim = 9;
  CHECK(fail_each_allocation(import, deleted_once) >= 1);
}

TEST_CASE("a tensor whose export finds no memory is as it was") {
  const Tensor<float> tensor = ones<float>({3});
  CHECK(fail_each_allocation([&] { to_dlpack(tensor); }, [&] { CHECK(tensor.storage().use_count() == 1); }) >= 1);
}
