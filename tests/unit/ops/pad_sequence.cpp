// SPDX-License-Identifier: MIT
// Pieces of unequal length in one padded batch, and back.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"
#include "support/sanitizer.hpp"
#include "support/written_bytes.hpp"

#include <list>

using namespace support;

namespace {

template <class T>
std::string check_padding(std::uint64_t seed) {
  Random random(seed);
  std::vector<Index> extents = random_shape(random, random(1, 5), 60);
  std::vector<lt::Tensor<T>> pieces;
  Index longest = 0;
  for (Index i = random(0, 8); i >= 0; --i) {
    extents[0] = random(0, random.chance(10) ? 60 : 6);
    longest = std::max(longest, extents[0]);
    pieces.push_back(random_view<T>(random, extents, true));
  }
  T value;
  std::memset(static_cast<void*>(&value), 0x5a, sizeof(T));
  extents[0] = longest;
  extents.insert(extents.begin(), static_cast<Index>(pieces.size()));
  const auto expected = lt::full<T>(lt::Shape(extents), value);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    for_each_index({pieces[i].shape().begin(), pieces[i].shape().end()}, [&](std::vector<Index> at) {
      const T copied = element(pieces[i].view(), at);
      at.insert(at.begin(), static_cast<Index>(i));
      element(expected.view(), at) = copied;
    });

  const auto batch = lt::pad_sequence(pieces, value);
  if (!batch.padded.is_contiguous() || !same_elements(batch.padded.view(), expected.view())) return "padded";
  const auto parts = lt::unpad(batch);
  if (parts.size() != pieces.size()) return "pieces of unpad";
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (batch.lengths(static_cast<Index>(i)) != pieces[i].size(0)) return "lengths";
    if (!same_elements(parts[i].view(), pieces[i].view())) return "unpad";
  }

  // Into random memory with tiny ranges: for real by threads, then each part alone to see which bytes it writes.
  const lt::detail::TensorList<const std::vector<lt::Tensor<T>>> list(pieces);
  const auto plan = lt::detail::plan_cat("test", list.views().each(&lt::detail::ErasedView::layout), 0);
  const auto out = lt::empty<T>(expected.shape());
  const lt::detail::Tuning tuning{random(1, 200), random.chance(50) ? 0 : 1 << 20};
  const auto fill = [&](auto& executor) {
    lt::detail::pad_into(executor, out.view(), plan, list.views(), value, tuning);
  };
  lt::ThreadPool pool(static_cast<std::size_t>(random(1, 8)));
  fill(pool);
  if (!same_elements(out.view(), expected.view())) return "small ranges";
  if (kTsan || out.numel() == 0) return "";
  const std::size_t bytes = static_cast<std::size_t>(out.numel()) * sizeof(T);
  const auto writes = count_writes(reinterpret_cast<unsigned char*>(out.data()), bytes, 5, fill);
  return writes == std::vector<int>(bytes, 1) ? "" : "written bytes";
}

template <class T>
void check_paddings(std::uint64_t first_seed) {
  const std::uint64_t count = cases(700);
  for (std::uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    const std::string fault = check_padding<T>(seed);
    INFO("seed " << seed);
    if (!fault.empty()) REQUIRE(fault == "");
  }
  SUCCEED(count << " cases");
}

}  // namespace

TEST_CASE("pad_sequence of bytes writes each byte once, data or padding") { check_paddings<std::uint8_t>(0); }
TEST_CASE("pad_sequence of 3-byte elements writes each byte once") { check_paddings<Rgb>(10'000); }
TEST_CASE("pad_sequence of 4-byte elements writes each byte once") { check_paddings<std::int32_t>(20'000); }
TEST_CASE("pad_sequence of 12-byte elements writes each byte once") { check_paddings<Record>(30'000); }

TEST_CASE("a batch of sequences has the shape of the longest") {
  const auto batch =
      lt::pad_sequence({lt::ones<float>({25, 300}), lt::ones<float>({22, 300}), lt::ones<float>({15, 300})});
  CHECK(batch.padded.shape() == lt::Shape{3, 25, 300});
  CHECK(lt::equal(batch.lengths, lt::tensor<Index>({25, 22, 15})));
  CHECK(batch.padded(2, 14, 299) == 1.0f);
  CHECK(batch.padded(2, 15, 0) == 0.0f);
  CHECK(lt::pad_sequence(std::list{lt::ones<int>({1}), lt::ones<int>({2})}, -7).padded(0, 1) == -7);
}

TEST_CASE("pieces of length 0 are all padding") {
  const auto batch = lt::pad_sequence({lt::zeros<int>({0, 2}), lt::ones<int>({1, 2}), lt::zeros<int>({0})}, 9);
  CHECK(lt::equal(batch.padded, lt::tensor<int>({{{9, 9}}, {{1, 1}}, {{9, 9}}})));
  CHECK(lt::equal(batch.lengths, lt::tensor<Index>({0, 1, 0})));
  CHECK(lt::pad_sequence({lt::zeros<int>({0}), lt::zeros<int>({0})}).padded.shape() == lt::Shape{2, 0});
  CHECK(lt::pad_sequence({lt::zeros<int>({3, 0})}).padded.shape() == lt::Shape{1, 3, 0});
}
