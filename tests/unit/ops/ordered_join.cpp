// SPDX-License-Identifier: MIT
// The short way through cat_into(): taken for row-major inputs that fit and only for them, and it fills all of the output
// and nothing beside it.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

using namespace support;

namespace {

using Inputs = std::vector<lt::Tensor<float>>;

bool joins_in_order(const lt::Tensor<float>& out, const Inputs& inputs) {
  const lt::detail::TensorList<const Inputs> list(inputs);
  return lt::detail::join_in_order(erased(out), list.views(), sizeof(float), {});
}

lt::Tensor<float> floats_from(const lt::Shape& shape, float first) {
  const auto tensor = lt::empty<float>(shape);
  for (Index i = 0; i < tensor.numel(); ++i) tensor.data()[i] = first + static_cast<float>(i);
  return tensor;
}

std::string check_ordered(std::uint64_t seed) {
  Random random(seed);
  const Index rank = random(1, 4), count = random(1, 12);
  lt::Dims extents;
  Index row = 1;
  for (Index dim = 0; dim < rank; ++dim) extents.push_back(dim == 0 ? 0 : random(1, 7));
  for (Index dim = 1; dim < rank; ++dim) row *= extents[dim];
  Inputs inputs;
  std::vector<float> expected;
  for (Index i = 0; i < count; ++i) {
    lt::Dims of_input = extents;
    of_input[0] = random.chance(20) ? random(1, 400) : random(0, 5);
    extents[0] += of_input[0];
    inputs.push_back(floats_from(lt::Shape(of_input), static_cast<float>(1000 * i)));
    expected.insert(expected.end(), inputs.back().data(), inputs.back().data() + inputs.back().numel());
  }
  const Index size = extents[0] * row, skip = random(0, 20);
  const auto memory = lt::full<float>({skip + size + 20}, -1);
  const auto out = memory.narrow(0, skip, size).reshape(extents);
  const bool small = size > 0 && size * 4 < Index{1} << 20;
  if (joins_in_order(out, inputs) != small) return small ? "not taken" : "taken";
  if (!small) return "";
  for (Index i = 0; i < memory.numel(); ++i) {
    const bool inside = i >= skip && i < skip + size;
    if (memory.data()[i] != (inside ? expected[static_cast<std::size_t>(i - skip)] : -1)) return "a wrong element";
  }
  return "";
}

}  // namespace

TEST_CASE("the short way writes the inputs one after another and nothing beside them") {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    INFO("seed " << seed);
    CHECK(check_ordered(seed) == "");
  }
}

TEST_CASE("the short way is left, before anything is written, to what does not fit, is strided, overlaps or is large") {
  const auto out = lt::full<float>({6, 4}, -1);
  const auto three = floats_from({3, 4}, 0);
  const auto refused = [&](const lt::Tensor<float>& to, const Inputs& inputs) {
    const auto before = to.clone();
    return !joins_in_order(to, inputs) && equal(to, before);
  };
  CHECK(refused(out, {}));
  CHECK(refused(out, {three}));
  CHECK(refused(out, {three, three, three}));
  CHECK(refused(out, {three, floats_from({4, 3}, 0)}));
  CHECK(refused(out, {three, floats_from({12}, 0)}));
  CHECK(refused(out, {three, floats_from({3, 4, 1}, 0)}));
  CHECK(refused(out, {three, floats_from({4, 3}, 0).t()}));
  CHECK(refused(out, {three, lt::full<float>({1, 4}, 1).expand({3, 4})}));
  CHECK(refused(out, {three, out.narrow(0, 2, 3)}));
  CHECK(refused(out, {out.narrow(0, 0, 3), three}));
  CHECK(refused(floats_from({4, 6}, 0).t(), {three, three}));
  CHECK(refused(out.narrow(1, 0, 2), {three.narrow(1, 0, 2), three.narrow(1, 0, 2)}));
  CHECK(refused(lt::empty<float>({0, 4}), {lt::empty<float>({0, 4})}));
  CHECK(refused(lt::full<float>({}, 1), {lt::full<float>({}, 2)}));
  const Index rows = Index{1} << 17;
  CHECK(refused(lt::full<float>({2 * rows, 4}, 0), {lt::full<float>({rows, 4}, 1), lt::full<float>({rows, 4}, 1)}));
}

TEST_CASE("inputs beside the output in one allocation do not overlap it") {
  const auto memory = floats_from({9, 4}, 0);
  CHECK(joins_in_order(memory.narrow(0, 3, 3), {memory.narrow(0, 0, 3)}));
  CHECK(joins_in_order(memory.narrow(0, 3, 3), {memory.narrow(0, 6, 3)}));
  CHECK(memory(3, 0) == 24);
}
