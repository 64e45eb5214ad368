// SPDX-License-Identifier: MIT
// The expected texts are what PyTorch 1.13 prints for the same values, without `torch.` before the dtype.
#include "support/catch.hpp"

#include <litorch/litorch.hpp>

#include <sstream>

using namespace litorch;

namespace {

template <class T>
std::string printed(const Tensor<T>& tensor) {
  std::ostringstream stream;
  stream << tensor;
  return stream.str();
}

}  // namespace

TEST_CASE("integers are padded to one width") {
  CHECK(printed(tensor<int>({{1, 2, 3}, {4, 5, 6}})) == "tensor([[1, 2, 3],\n        [4, 5, 6]], dtype=int32)");
  CHECK(printed(tensor<std::int64_t>({-1, 100})) == "tensor([ -1, 100])");
  CHECK(printed(tensor<std::int8_t>({65})) == "tensor([65], dtype=int8)");
  CHECK(printed(tensor<bool>({true, false})) == "tensor([ True, False])");
}

TEST_CASE("whole numbers end in a point, others have four digits") {
  CHECK(printed(tensor<float>({{1, 2.5f, -3}, {4, 5, 6}})) ==
        "tensor([[ 1.0000,  2.5000, -3.0000],\n        [ 4.0000,  5.0000,  6.0000]])");
  CHECK(printed(tensor<float>({1, 2})) == "tensor([1., 2.])");
  CHECK(printed(tensor<Float16>({Float16(1), Float16(2)})) == "tensor([1., 2.], dtype=float16)");
  CHECK(printed(tensor<double>({1, 2})) == "tensor([1., 2.], dtype=float64)");
}

TEST_CASE("numbers far apart, large or small are written with an exponent") {
  CHECK(printed(tensor<float>({1, 2, 2000})) == "tensor([1.0000e+00, 2.0000e+00, 2.0000e+03])");
  CHECK(printed(tensor<float>({0.00001f, 1})) == "tensor([1.0000e-05, 1.0000e+00])");
  CHECK(printed(tensor<float>(1e-7f)) == "tensor(1.0000e-07)");
  CHECK(printed(tensor<float>(3e9f)) == "tensor(3.0000e+09)");
}

TEST_CASE("nan and infinity do not decide the notation") {
  CHECK(printed(tensor<float>({NAN, HUGE_VALF, 1})) == "tensor([nan, inf, 1.])");
  CHECK(printed(tensor<float>({NAN, -HUGE_VALF, 1.5f})) == "tensor([   nan,   -inf, 1.5000])");
}

TEST_CASE("complex numbers have a format for each part") {
  using Complex = std::complex<float>;
  CHECK(printed(tensor<Complex>({Complex(1, 2), Complex(3.5f, -1)})) ==
        "tensor([1.0000+2.j, 3.5000-1.j], dtype=complex64)");
}

TEST_CASE("scalars and empty tensors") {
  CHECK(printed(tensor<std::int64_t>(5)) == "tensor(5)");
  CHECK(printed(tensor<float>(0.1f)) == "tensor(0.1000)");
  CHECK(printed(zeros<float>({0})) == "tensor([])");
  CHECK(printed(zeros<float>({0, 3})) == "tensor([], size=(0, 3))");
  CHECK(printed(zeros<std::int64_t>({0})) == "tensor([], dtype=int64)");
}

TEST_CASE("dims are separated by empty lines") {
  CHECK(printed(zeros<float>({2, 1, 2, 2})) ==
        "tensor([[[[0., 0.],\n          [0., 0.]]],\n\n\n        [[[0., 0.],\n          [0., 0.]]]])");
}

TEST_CASE("lines break at 80 columns") {
  CHECK(printed(arange<std::int64_t>(30)) ==
        "tensor([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 17,\n"
        "        18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29])");
}

TEST_CASE("large tensors show three elements at both ends of each dim") {
  CHECK(printed(arange<std::int64_t>(2000)) == "tensor([   0,    1,    2,  ..., 1997, 1998, 1999])");
  CHECK(printed(arange<std::int64_t>(1600).reshape({40, 40})) ==
        "tensor([[   0,    1,    2,  ...,   37,   38,   39],\n"
        "        [  40,   41,   42,  ...,   77,   78,   79],\n"
        "        [  80,   81,   82,  ...,  117,  118,  119],\n"
        "        ...,\n"
        "        [1480, 1481, 1482,  ..., 1517, 1518, 1519],\n"
        "        [1520, 1521, 1522,  ..., 1557, 1558, 1559],\n"
        "        [1560, 1561, 1562,  ..., 1597, 1598, 1599]])");
  CHECK(printed(zeros<std::uint8_t>({2000})) == "tensor([0, 0, 0,  ..., 0, 0, 0], dtype=uint8)");
}

TEST_CASE("shapes and strides print as tuples") {
  std::ostringstream stream;
  stream << Shape{2, 3} << Shape{4} << Strides{};
  CHECK(stream.str() == "(2, 3)(4,)()");
}
