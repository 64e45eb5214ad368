// SPDX-License-Identifier: MIT
// Shapes that reach the kernels for whole tiles, lines and chunks: narrow inputs side by side, transposed inputs, long
// runs; through the caches and past them, at every alignment.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"
#include "support/sanitizer.hpp"

using namespace support;

namespace {

template <class T>
lt::Tensor<T> numbered(const lt::Shape& shape, Index first) {
  const auto tensor = lt::empty<T>(shape);
  for (Index i = 0; i < tensor.numel(); ++i) {
    std::uint64_t pattern = static_cast<std::uint64_t>(first + i) * 0x9e3779b97f4a7c15u;
    std::memcpy(static_cast<void*>(tensor.data() + i), &pattern, std::min(sizeof(T), sizeof pattern));
  }
  return tensor;
}

/// Joins along `dim` into a view that begins `shift` elements into a line, and compares index by index.
template <class T>
bool joins(const std::vector<lt::Tensor<T>>& inputs, Index dim, Index shift, Index stream_from, std::size_t threads) {
  lt::Dims extents = inputs[0].shape().dims();
  extents[dim] = 0;
  for (const auto& input : inputs) extents[dim] += input.size(dim);
  const lt::Shape shape(extents);
  const auto memory = numbered<T>({shape.numel() + shift + 64}, -1'000'000);
  const auto before = memory.clone();
  const auto out = memory.narrow(0, shift, shape.numel()).reshape(extents);
  const lt::detail::TensorList<const std::vector<lt::Tensor<T>>> list(inputs);
  lt::ThreadPool pool(threads);
  lt::detail::join_into("test", lt::detail::plan_cat, erased(out), list.views(), dim, sizeof(T), pool,
                        lt::detail::Tuning{4096, stream_from});
  Index start = 0;
  for (const auto& input : inputs) {
    if (!same_elements(out.narrow(dim, start, input.size(dim)).view(), input.view())) return false;
    start += input.size(dim);
  }
  const Index end = shift + shape.numel();  // and nothing beside it was touched
  return same_elements(memory.narrow(0, 0, shift).view(), before.narrow(0, 0, shift).view()) &&
         same_elements(memory.narrow(0, end, 64).view(), before.narrow(0, end, 64).view());
}

template <class T>
int wrong_joins(std::uint64_t seeds) {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < cases(seeds); ++seed) {
    Random random(seed);
    const Index rows = random(30, 300), kind = random(0, 2);
    std::vector<lt::Tensor<T>> inputs;
    const Index width = random(1, 4);
    for (Index i = random(1, 40); i > 0; --i) {
      const Index columns = kind == 0 ? width : random(kind, 90);
      const auto input =
          kind == 1 ? numbered<T>({columns, rows}, 1000 * i).t() : numbered<T>({rows, columns}, 1000 * i);
      inputs.push_back(input);
    }
    wrong += !joins(inputs, 1, random(0, 70), random.chance(50) ? 0 : 1 << 30, static_cast<std::size_t>(random(1, 4)));
  }
  return wrong;
}

/// Transposed inputs whose columns are a page or more apart, several bands of squares high and not whole ones.
template <class T>
int wrong_far_columns(std::uint64_t seeds) {
  int wrong = 0;
  constexpr Index kPage = 4096 / static_cast<Index>(sizeof(T)), kLine = 64 / static_cast<Index>(sizeof(T));
  for (std::uint64_t seed = 0; seed < cases(seeds); ++seed) {
    Random random(seed);
    const Index rows = random(kPage, 2 * kPage), columns = random(1, 3) * kLine + (random.chance(30) ? 1 : 0);
    std::vector<lt::Tensor<T>> inputs;
    for (Index i = random(1, 2); i > 0; --i) {
      const auto base = numbered<T>({columns, rows + 5}, 1000 * i);
      inputs.push_back(base.narrow(1, random(0, 5), rows).t());
    }
    const Index shift = random.chance(50) ? 0 : random(0, 2 * kLine);
    wrong +=
        !joins(inputs, random(0, 1), shift, random.chance(80) ? 0 : 1 << 30, static_cast<std::size_t>(random(1, 3)));
  }
  return wrong;
}

}  // namespace

TEST_CASE("transposed inputs whose columns are pages apart are joined whole, past the caches and through them") {
  CHECK(wrong_far_columns<std::uint8_t>(60) == 0);
  CHECK(wrong_far_columns<std::int16_t>(60) == 0);
  CHECK(wrong_far_columns<float>(60) == 0);
  CHECK(wrong_far_columns<double>(60) == 0);
}

TEST_CASE("narrow, transposed and wide inputs of every element size join side by side") {
  CHECK(wrong_joins<std::uint8_t>(150) == 0);
  CHECK(wrong_joins<std::int16_t>(150) == 0);
  CHECK(wrong_joins<Rgb>(150) == 0);
  CHECK(wrong_joins<float>(150) == 0);
  CHECK(wrong_joins<double>(150) == 0);
  CHECK(wrong_joins<Record>(150) == 0);
  CHECK(wrong_joins<std::complex<double>>(150) == 0);
}

TEST_CASE("long runs are copied whole at every alignment and length") {
  int wrong = 0;
  for (Index shift = 0; shift < 66; shift += 3)
    for (const Index length : {1, 63, 64, 65, 255, 256, 257, 319, 320, 321, 1000, 5000})
      for (const Index stream_from : {Index{0}, Index{1} << 30})
        wrong += !joins<std::uint8_t>({numbered<std::uint8_t>({length}, 1), numbered<std::uint8_t>({length + 7}, 2)}, 0,
                                      shift, stream_from, 2);
  CHECK(wrong == 0);
}

TEST_CASE("rows of short runs that no buffer holds, and rows of whole lines, are joined past the caches") {
  int wrong = 0;
  for (const Index width : {7, 16, 32, 48, 64, 100, 128, 300, 640})
    for (const Index count : {1, 2, 3, 4, 8, 100, 500})
      for (const Index shift : {0, 64, 5})
        for (const Index rows : {2, 70}) {
          std::vector<lt::Tensor<std::uint8_t>> inputs;
          for (Index i = 0; i < count; ++i) inputs.push_back(numbered<std::uint8_t>({rows, width}, 777 * i));
          if (rows * width * count < 2'000'000) wrong += !joins<std::uint8_t>(inputs, 1, shift, 0, 3);
        }
  CHECK(wrong == 0);
}

TEST_CASE("every stream kernel of this processor copies whole lines") {
  alignas(64) std::byte from[4096 + 64], to[4096];
  for (std::size_t i = 0; i < sizeof from; ++i) from[i] = static_cast<std::byte>(i * 7 + i / 256);
  std::vector<lt::detail::StreamLines> kernels{lt::detail::kStreamLines};
#if LITORCH_X86_64
  kernels.push_back(lt::detail::stream_lines_sse2);
  if (__builtin_cpu_supports("avx2")) kernels.push_back(lt::detail::stream_lines_avx2);
  if (__builtin_cpu_supports("avx512f")) kernels.push_back(lt::detail::stream_lines_avx512);
#endif
  for (const auto kernel : kernels)
    for (const std::size_t shift : {std::size_t{0}, std::size_t{1}, std::size_t{31}}) {
      std::memset(to, 0, sizeof to);
      kernel({to, from + shift, from, 16, 4, 1024, 1024, 0});
      lt::detail::stream_fence();
      CHECK(std::memcmp(to, from + shift, 4096) == 0);
    }
}
