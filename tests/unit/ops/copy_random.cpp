// SPDX-License-Identifier: MIT
// copy_, clone, contiguous and fill_ against the naive oracle, with a map of written bytes.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"
#include "support/sanitizer.hpp"
#include "support/written_bytes.hpp"

using namespace support;

namespace {

template <class T>
std::string check_copy(std::uint64_t seed) {
  Random random(seed);
  const std::vector<Index> extents = random_shape(random, random(0, 8), 80);
  const lt::Tensor<T> source = random_view<T>(random, extents, true), out = random_view<T>(random, extents, false);
  const lt::Tensor<T> copy = source.clone();
  if (!copy.is_contiguous() || !same_elements(copy.view(), source.view())) return "clone";
  if (!same_elements(source.contiguous().view(), source.view())) return "contiguous";
  if (out.numel() == 0) return "";

  unsigned char* const memory = reinterpret_cast<unsigned char*>(out.storage().data());
  std::size_t reach = 0;
  std::vector<int> owned;
  for_each_index(extents, [&](const std::vector<Index>& at) {
    const std::size_t first =
        static_cast<std::size_t>(reinterpret_cast<unsigned char*>(&element(out.view(), at)) - memory);
    reach = std::max(reach, first + sizeof(T));
    owned.resize(reach, 0);
    for (std::size_t i = 0; i < sizeof(T); ++i) owned[first + i] += 1;
  });
  const lt::detail::Tuning tuning{random(1, 3) * static_cast<Index>(sizeof(T)), random.chance(50) ? 0 : 1 << 20};
  const auto copying = [&](auto& executor) {
    lt::assign_elements(out.view(), lt::TensorView<const T>(source), executor, tuning);
  };
  if (count_writes(memory, reach, static_cast<std::size_t>(random(1, 8)), copying) != owned)
    return "bytes written by copy_";
  out.copy_(source);
  if (!same_elements(out.view(), source.view())) return "copy_";

  const T value = element(source.view(), std::vector<Index>(extents.size(), 0));
  const auto filling = [&](auto& executor) { lt::fill_elements(out.view(), value, executor, tuning); };
  if (count_writes(memory, reach, static_cast<std::size_t>(random(1, 8)), filling) != owned)
    return "bytes written by fill_";
  out.fill_(value);
  bool filled = true;
  for_each_index(extents, [&](const auto& at) {
    filled = filled && std::memcmp(&element(out.view(), at), &value, sizeof(T)) == 0;
  });
  return filled ? "" : "fill_";
}

template <class T>
void check_copies(std::uint64_t most) {
  const std::uint64_t count = cases(most);
  for (std::uint64_t seed = 0; seed < count; ++seed) {
    const std::string fault = check_copy<T>(seed);
    INFO("seed " << seed);
    if (!fault.empty()) REQUIRE(fault == "");
  }
  SUCCEED(count << " cases");
}

}  // namespace

TEST_CASE("copies of 1, 2, 3, 4, 8, 12 and 16-byte elements agree with the naive oracle") {
  check_copies<std::uint8_t>(2000);
  check_copies<std::int16_t>(2000);
  check_copies<Rgb>(2000);
  check_copies<float>(2000);
  check_copies<double>(2000);
  check_copies<Record>(2000);
  check_copies<std::complex<double>>(2000);
}
