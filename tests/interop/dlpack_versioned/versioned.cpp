// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/foreign_tensor.hpp"

using namespace litorch;
using support::mentions;
using support::message_of;
using Foreign = support::ForeignTensor<DLManagedTensorVersioned>;

TEST_CASE("an exported tensor says its version, and whether it is read-only") {
  const Tensor<float> tensor = ones<float>({2, 3});
  const auto open = to_dlpack_versioned(tensor);
  CHECK((open->version.major == 1 && open->version.minor == DLPACK_MINOR_VERSION));
  CHECK(open->flags == 0);
  CHECK((open->dl_tensor.data == tensor.data() && open->dl_tensor.ndim == 2));
  const auto fixed = to_dlpack_versioned(Tensor<const float>(tensor));
  CHECK(fixed->flags == 1);
  CHECK(tensor.storage().use_count() == 3);
}

TEST_CASE("a read-only tensor is imported as one of const elements, and as no other") {
  Foreign foreign;
  foreign.managed.flags = DLPACK_FLAG_BITMASK_READ_ONLY | DLPACK_FLAG_BITMASK_IS_COPIED;
  CHECK(mentions(message_of<TypeError>([&] { from_dlpack<float>(&foreign.managed); }),
                 {"litorch::from_dlpack(): the tensor is read-only; ask for const float32"}));
  CHECK(foreign.deleted == 1);
  CHECK(from_dlpack<const float>(&foreign.managed)(1, 2) == 5);
  CHECK(foreign.deleted == 2);
}

TEST_CASE("another major version is refused before anything else of it is read, and deleted once") {
  for (const std::uint32_t major : {0u, 2u, 0xffffffffu}) {
    Foreign foreign;
    foreign.managed.version = {major, 3};
    foreign.tensor().shape = reinterpret_cast<std::int64_t*>(8);
    CHECK(mentions(message_of<TypeError>([&] { from_dlpack<float>(&foreign.managed); }),
                   {"the tensor is of DLPack version " + std::to_string(major) + ".3, expected 1"}));
    CHECK(foreign.deleted == 1);
  }
}

TEST_CASE("a newer minor version and unknown flags are no obstacle") {
  Foreign foreign;
  foreign.managed.version = {1, 4000};
  foreign.managed.flags = ~std::uint64_t{1};
  CHECK(from_dlpack<float>(&foreign.managed)(1, 2) == 5);
}

TEST_CASE("no tensor at all is an error in the versioned form too") {
  CHECK_THROWS_AS(from_dlpack<float>(DLPackVersionedTensor()), TypeError);
}
