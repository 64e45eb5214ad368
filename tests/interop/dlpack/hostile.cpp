// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/foreign_tensor.hpp"

#include <cstring>
#include <functional>
#include <set>

using namespace litorch;
using support::ForeignTensor;

namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max(), kLeast = -kMost - 1;

/// What is done to a good tensor, and what the error must say.
struct Hostile {
  std::function<void(DLTensor&)> spoil;
  std::string expected;
};

void set_layout(DLTensor& tensor, const std::vector<std::int64_t>& shape,
                const std::vector<std::int64_t>& strides = {}) {
  tensor.ndim = static_cast<std::int32_t>(shape.size());
  std::copy(shape.begin(), shape.end(), tensor.shape);
  std::copy(strides.begin(), strides.end(), tensor.strides);
  if (strides.empty()) tensor.strides = nullptr;
}

void append_devices(std::vector<Hostile>& list) {
  for (const std::int32_t type : {0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, -1, 0x7fffffff})
    list.push_back({[=](DLTensor& tensor) { std::memcpy(&tensor.device.device_type, &type, sizeof type); },
                    "on device 0 of type " + std::to_string(type) + ", expected 0 of type 1"});
  for (const std::int32_t id : {1, -1, 7, 0x7fffffff})
    list.push_back({[=](DLTensor& tensor) { tensor.device.device_id = id; },
                    "on device " + std::to_string(id) + " of type 1, expected 0 of type 1"});
}

void append_types(std::vector<Hostile>& list) {
  const auto add = [&](int code, int bits, int lanes, const std::string& found) {
    list.push_back({[=](DLTensor& tensor) {
                      tensor.dtype = {static_cast<std::uint8_t>(code), static_cast<std::uint8_t>(bits),
                                      static_cast<std::uint16_t>(lanes)};
                    },
                    "the elements are " + found + ", expected float32"});
  };
  for (const int bits : {0, 1, 8, 16, 31, 33, 64, 255}) add(kDLFloat, bits, 1, "float" + std::to_string(bits));
  for (const int lanes : {0, 2, 256, 65535}) add(kDLFloat, 32, lanes, "float32 in " + std::to_string(lanes) + " lanes");
  for (const int code : {7, 18, 255}) add(code, 32, 1, "code " + std::to_string(code) + " with 32 bits");
  add(kDLInt, 32, 1, "int32");
  add(kDLUInt, 32, 1, "uint32");
  add(kDLOpaqueHandle, 32, 1, "opaque32");
  add(kDLBfloat, 32, 1, "bfloat32");
  add(kDLComplex, 32, 1, "complex32");
  add(6, 32, 1, "bool32");
}

void append_shapes(std::vector<Hostile>& list) {
  for (const std::int32_t rank : {-1, -7, std::numeric_limits<std::int32_t>::min(), 9, 10, 64, 0x7fffffff})
    list.push_back({[=](DLTensor& tensor) { tensor.ndim = rank; },
                    "the tensor has " + std::to_string(rank) + " dims, expected 0 to 8"});
  for (std::int32_t rank = 1; rank <= 8; ++rank)
    list.push_back({[=](DLTensor& tensor) { tensor.ndim = rank, tensor.shape = nullptr; },
                    "the tensor has " + std::to_string(rank) + " dims, but its shape is a null pointer"});
  for (std::size_t dim = 0; dim < 8; ++dim)
    for (const std::int64_t extent : {std::int64_t{-1}, kLeast})
      list.push_back({[=](DLTensor& tensor) {
                        std::vector<std::int64_t> shape(8, dim == 5 ? 0 : 1);
                        shape[dim] = extent;
                        set_layout(tensor, shape);
                      },
                      "extent " + std::to_string(extent) + " in dim " + std::to_string(dim) + " is negative"});
  const auto add = [&](const std::vector<std::int64_t>& shape, const std::string& what) {
    list.push_back({[=](DLTensor& tensor) { set_layout(tensor, shape); }, what});
  };
  const std::string elements = " counts more than 2^63 - 1 elements";
  add({kMost, kMost}, "shape (9223372036854775807, 9223372036854775807)" + elements);
  add({std::int64_t{1} << 32, std::int64_t{1} << 31}, "shape (4294967296, 2147483648)" + elements);
  add({3037000500, 3037000500}, "shape (3037000500, 3037000500)" + elements);
  add({2, 0, kMost}, "shape (2, 0, 9223372036854775807)" + elements);
  const std::string bytes = " with 4 bytes an element counts more than 2^63 - 1 bytes";
  add({std::int64_t{1} << 61}, "shape (2305843009213693952,)" + bytes);
  add({kMost, 1, 1}, "shape (9223372036854775807, 1, 1)" + bytes);
}

void append_memory(std::vector<Hostile>& list) {
  const auto add = [&](std::vector<std::int64_t> strides, std::uint64_t offset, const std::string& what) {
    list.push_back({[=](DLTensor& tensor) { set_layout(tensor, {2, 3}, strides), tensor.byte_offset = offset; }, what});
  };
  add({1, kMost}, 0, "strides (1, 9223372036854775807) reaches over 2^63 elements");
  add({1, kLeast}, 0, "strides (1, -9223372036854775808) reaches over 2^63 elements");
  add({kMost, 1}, 0, "strides (9223372036854775807, 1) reaches over 2^63 elements");
  add({kLeast, 1}, 0, "strides (-9223372036854775808, 1) reaches over 2^63 - 1 bytes");
  add({std::int64_t{1} << 61, 1}, 0, "strides (2305843009213693952, 1) reaches over 2^63 - 1 bytes");
  add({std::int64_t{1} << 60, -(std::int64_t{1} << 60)}, 0, "reaches over 2^63 - 1 bytes");
  add({-(std::int64_t{1} << 60), 1}, 0, "strides (-1152921504606846976, 1) from byte 0 of");
  add({3, -(std::int64_t{1} << 58)}, 0, "strides (3, -288230376151711744) from byte 0 of");
  add({3, 1}, ~std::uint64_t{0}, "from byte 18446744073709551615 of");
  add({3, 1}, ~std::uint64_t{0} - 63, "from byte 18446744073709551552 of");
  for (std::uint64_t offset = 1; offset < 8; ++offset)
    if (offset != 4) add({3, 1}, offset, "byte " + std::to_string(offset) + " of address ");
  for (const std::vector<std::int64_t>& shape : {std::vector<std::int64_t>{}, {1}, {2, 3}, {1, 1, 1, 1, 1, 1, 1, 1}})
    list.push_back({[=](DLTensor& tensor) { set_layout(tensor, shape), tensor.data = nullptr; },
                    detail::to_text("shape ", Dims(shape), " has elements, but the data is a null pointer")});
  list.push_back({[](DLTensor& tensor) { tensor.data = nullptr, tensor.byte_offset = 4096, tensor.shape[0] = 5; },
                  "shape (5, 3) has elements, but the data is a null pointer"});
  list.push_back({[](DLTensor& tensor) { tensor.data = static_cast<char*>(tensor.data) + 2; }, "byte 0 of address "});
}

std::vector<Hostile> hostile_tensors() {
  std::vector<Hostile> list;
  append_devices(list);
  append_types(list);
  append_shapes(list);
  append_memory(list);
  return list;
}

}  // namespace

TEMPLATE_TEST_CASE("each of 100 hostile tensors gets an error of its own, and is deleted once", "",
                   SUPPORT_MANAGED_TENSORS) {
  const std::vector<Hostile> list = hostile_tensors();
  CHECK(list.size() >= 100);
  std::set<std::string> expected;
  for (const Hostile& hostile : list) {
    INFO(hostile.expected);
    ForeignTensor<TestType> foreign;
    hostile.spoil(foreign.tensor());
    const std::string message = support::message_of<Error>([&] { from_dlpack<float>(&foreign.managed); });
    CHECK(support::mentions(message, {"litorch::from_dlpack(): ", hostile.expected}));
    CHECK(foreign.deleted == 1);
    expected.insert(message);
  }
  CHECK(expected.size() == list.size());
}

TEST_CASE("no tensor at all is an error") {
  CHECK(support::message_of<TypeError>([] { from_dlpack<float>(DLPackTensor()); }) ==
        "litorch::from_dlpack(): the tensor is a null pointer");
}
