// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/foreign_tensor.hpp"

#include <thread>

using namespace litorch;

namespace {

/// A tensor of the values 0 to 23, and whether its memory is still there.
struct Watched {
  std::shared_ptr<std::vector<int>> values = std::make_shared<std::vector<int>>(24);
  std::weak_ptr<std::vector<int>> alive = values;
  Tensor<int> take(const Shape& shape) {
    std::iota(values->begin(), values->end(), 0);
    int* const data = values->data();
    return from_blob(data, shape, std::move(values));
  }
};

}  // namespace

TEST_CASE("an exported tensor says where its elements are") {
  const Tensor<int> whole = arange<int>(24).reshape({2, 3, 4});
  for (const Tensor<int>& tensor : {whole, whole.transpose(0, 2), whole.slice(2, 1, 4, 2), whole.flip(1), whole[1],
                                    whole.narrow(0, 1, 0), whole.select(0, 1).select(0, 1).select(0, 1)}) {
    const auto exported = to_dlpack(tensor);
    const DLTensor& fields = exported->dl_tensor;
    CHECK(fields.data == tensor.data());
    CHECK(fields.byte_offset == 0);
    CHECK((fields.device.device_type == kDLCPU && fields.device.device_id == 0));
    CHECK((fields.dtype.code == kDLInt && fields.dtype.bits == 32 && fields.dtype.lanes == 1));
    REQUIRE(fields.ndim == tensor.rank());
    CHECK(Shape(fields.shape, fields.shape + fields.ndim) == tensor.shape());
    CHECK(Strides(fields.strides, fields.strides + fields.ndim) == tensor.strides());
  }
}

TEST_CASE("every element type has DLPack's code") {
  const std::vector<std::tuple<DType, int, int>> codes = {
      {DType::boolean, 6, 8},    {DType::int8, 0, 8},        {DType::int16, 0, 16},   {DType::int32, 0, 32},
      {DType::int64, 0, 64},     {DType::uint8, 1, 8},       {DType::uint16, 1, 16},  {DType::uint32, 1, 32},
      {DType::uint64, 1, 64},    {DType::float16, 2, 16},    {DType::float32, 2, 32}, {DType::float64, 2, 64},
      {DType::complex64, 5, 64}, {DType::complex128, 5, 128}};
  REQUIRE(codes.size() == std::size(kDTypes));
  for (const auto& [dtype, code, bits] : codes)
    visit_dtype(dtype, [&, dtype = dtype, code = code, bits = bits]<class T>() {
      const Tensor<T> tensor = zeros<T>({3});
      auto exported = to_dlpack(tensor);
      CHECK((exported->dl_tensor.dtype.code == code && exported->dl_tensor.dtype.bits == bits));
      CHECK(dlpack_dtype(exported->dl_tensor) == dtype);
      CHECK(from_dlpack<T>(std::move(exported)).data() == tensor.data());
    });
}

TEST_CASE("types that litorch has no name for are named") {
  DLTensor tensor{};
  const auto message = [&](DLDataType type) {
    tensor.dtype = type;
    return support::message_of<TypeError>([&] { dlpack_dtype(tensor); });
  };
  CHECK(support::mentions(message({kDLBfloat, 16, 1}), {"dlpack_dtype(): the elements are bfloat16, "}));
  CHECK(support::mentions(message({kDLInt, 4, 1}), {" int4, "}));
  CHECK(support::mentions(message({kDLFloat, 32, 4}), {" float32 in 4 lanes, "}));
  CHECK(support::mentions(message({10, 8, 1}), {" code 10 with 8 bits, "}));
}

TEST_CASE("an exported tensor keeps its elements until its deleter is called, by whatever thread") {
  Watched watched;
  DLManagedTensor* exported = to_dlpack(watched.take({4, 6}).t()).release();
  REQUIRE_FALSE(watched.alive.expired());
  CHECK(static_cast<int*>(exported->dl_tensor.data)[23] == 23);
  std::thread([exported] { exported->deleter(exported); }).join();
  CHECK(watched.alive.expired());
}

TEST_CASE("an export that nobody takes ends by itself") {
  Watched watched;
  to_dlpack(watched.take({24}));
  CHECK(watched.alive.expired());
}

TEST_CASE("a tensor that went out and came back is the same memory, in whatever order the handles end") {
  for (const bool first : {true, false}) {
    Watched watched;
    Tensor<int> tensor = watched.take({4, 6});
    Tensor<int> back = from_dlpack<int>(to_dlpack(from_dlpack<int>(to_dlpack(tensor.t()))));
    CHECK((back.data() == tensor.data() && back.shape() == Shape{6, 4} && back.strides() == Strides{1, 6}));
    back(5, 3) = 77;
    CHECK(tensor(3, 5) == 77);
    (first ? tensor : back) = Tensor<int>();
    CHECK_FALSE(watched.alive.expired());
    (first ? back : tensor) = Tensor<int>();
    CHECK(watched.alive.expired());
  }
}
