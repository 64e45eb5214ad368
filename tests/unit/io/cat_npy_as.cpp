// SPDX-License-Identifier: MIT
// Files converted while they are joined, against values that are the same in every type. npycat's test compares all
// values with NumPy's astype.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/npy_any_files.hpp"
#include "support/temporary_folder.hpp"

#include <litorch/litorch.hpp>

using namespace litorch;
using support::draw;
using support::mentions;
using support::message_of;

namespace {

/// The small whole number of a place; booleans only know whether it is 0.
int number_at(Index place, Index seed) {
  return static_cast<int>((place * 7 + seed) % 5 < 2 ? 0 : (place + seed) % 101);
}
template <class T>
T as_element(int number, bool was_boolean) {
  if (was_boolean || std::is_same_v<T, bool>) number = number != 0;
  if constexpr (detail::is_complex<T>)
    return T(static_cast<typename T::value_type>(number), 0);
  else if constexpr (std::is_same_v<T, Float16>)
    return Float16(static_cast<float>(number));
  else
    return static_cast<T>(number);
}
template <class T>
Tensor<T> numbers(const Shape& shape, Index seed, bool were_boolean = false) {
  Tensor<T> tensor = empty<T>(shape);
  for (Index i = 0; i < tensor.numel(); ++i) tensor.data()[i] = as_element<T>(number_at(i, seed), were_boolean);
  return tensor;
}

/// Writes up to six files of any types, and joins them as elements of type U.
template <class U>
void convert_and_compare(support::NpyRandom& random, Dims extents, Index dim, Index most,
                         const support::TemporaryFolder& folder) {
  std::vector<std::string> paths;
  std::vector<Tensor<U>> expected;
  for (Index i = 0, count = draw(random, 1, 6); i < count; ++i) {
    extents[dim] = draw(random, 0, most);
    paths.push_back(folder / std::to_string(i) + ".npy");
    visit_dtype(static_cast<DType>(draw(random, 0, 13)), [&]<class T>() {
      support::write_any(random, paths.back(), numbers<T>(Shape(extents), i));
      expected.push_back(numbers<U>(Shape(extents), i, std::is_same_v<T, bool>));
    });
  }
  const std::string output = folder / "out.npy";
  const CatNpyOptions options{.dtype = dtype_of<U>, .casting = Casting::unsafe};
  cat_npy(paths, output, dim, options);
  INFO("dim " << dim << " of " << expected.front().shape() << ", " << paths.size() << " files to "
              << name(dtype_of<U>));
  CHECK(cat_npy_info(paths, dim, options) == npy_info(output));
  CHECK(support::is_joined(load_npy<U>(output), expected, dim));
  CHECK(support::is_joined(load_npy_shards_as<U>(paths, dim, Casting::unsafe), expected, dim));
  CHECK(folder.entries() == paths.size() + 1);
  for (const std::string& path : paths) std::filesystem::remove(path);
}

}  // namespace

TEST_CASE("cat_npy converts files of any types, orders and byte orders to one type") {
  const support::TemporaryFolder folder;
  support::NpyRandom random(20261128);
  for (int round = 0; round < 12; ++round)
    support::for_each_dtype([&]<class U>() {
      Dims extents;
      for (Index rank = draw(random, 1, 4); rank > 0; --rank) extents.push_back(draw(random, 1, 5));
      convert_and_compare<U>(random, extents, draw(random, 0, extents.rank() - 1), 6, folder);
    });
}

TEST_CASE("cat_npy converts files of many pieces, with rows short and long") {
  const support::TemporaryFolder folder;
  support::NpyRandom random(5);
  for (int round = 0; round < 2; ++round) {
    convert_and_compare<std::uint8_t>(random, {1, 700}, 0, 900, folder);
    convert_and_compare<double>(random, {3000, 1}, 1, 100, folder);
    convert_and_compare<std::complex<double>>(random, {3, 1}, 1, 70'000, folder);
    convert_and_compare<std::int16_t>(random, {40, 30, 1}, 2, 300, folder);
    convert_and_compare<float>(random, {1, 300'000}, 0, 3, folder);
  }
}

TEST_CASE("stack_npy converts") {
  const support::TemporaryFolder folder;
  save_npy(folder / "a.npy", tensor<std::int8_t>({1, -2}));
  save_npy(folder / "b.npy", tensor<float>({0.5f, 3.0f}));
  const std::vector<std::string> paths{folder / "a.npy", folder / "b.npy"};
  stack_npy(paths, folder / "out.npy", 1, {.dtype = DType::float64});
  CHECK(equal(load_npy<double>(folder / "out.npy"), tensor<double>({{1, 0.5}, {-2, 3}})));
  CHECK(stack_npy_info(paths, 1, {.dtype = DType::float64}) == npy_info(folder / "out.npy"));
}

TEST_CASE("a conversion that could lose values is refused by name unless it is called unsafe, and nothing is written") {
  const support::TemporaryFolder folder;
  const std::string output = folder / "out.npy";
  save_npy(folder / "a.npy", tensor<float>({1, 2}));
  save_npy(folder / "b.npy", tensor<std::int64_t>({3, 70'000}));
  const std::vector<std::string> paths{folder / "a.npy", folder / "b.npy"};
  const CatNpyOptions safe{.dtype = DType::float32};
  for (const std::string& message : {message_of<TypeError>([&] { cat_npy(paths, output, 0, safe); }),
                                     message_of<TypeError>([&] { stack_npy(paths, output, 0, safe); }),
                                     message_of<TypeError>([&] { cat_npy_info(paths, 0, safe); }),
                                     message_of<TypeError>([&] { load_npy_shards_as<float>(paths); })})
    CHECK(mentions(message,
                   {"input 1, '", "b.npy', holds int64, which float32 cannot hold without loss", "Casting::unsafe"}));
  CHECK(mentions(message_of<TypeError>([&] { cat_npy(paths, output); }), {"holds int64, expected float32", "dtype"}));
  CHECK(folder.entries() == 2);
  cat_npy(paths, output, 0, {.dtype = DType::int16, .casting = Casting::unsafe});
  CHECK(equal(load_npy<std::int16_t>(output), tensor<std::int16_t>({1, 2, 3, 70'000 - 65'536})));
}

TEST_CASE("types are checked also where no elements are") {
  const support::TemporaryFolder folder;
  save_npy(folder / "a.npy", zeros<double>({0, 3}));
  CHECK_THROWS_AS(cat_npy({folder / "a.npy"}, folder / "out.npy", 0, {.dtype = DType::float32}), TypeError);
  CHECK(folder.entries() == 1);
}

TEST_CASE("a converted boolean that is neither 0 nor 1 is a format error") {
  const support::TemporaryFolder folder;
  support::write_file(folder / "a.npy",
                      support::npy_padded("{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}") + "\x01\x02\x01");
  CHECK(support::format_error([&] {
          cat_npy({folder / "a.npy"}, folder / "out.npy", 0, {.dtype = DType::float32});
        }).first == static_cast<int>(FormatCode::bad_bool));
  CHECK(folder.entries() == 1);
}
