// SPDX-License-Identifier: MIT
// What workers send comes back as it was, and what is cut off or garbled never leads to a read past its end.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

#include <litorch/ipc/worker.hpp>

using namespace support;

namespace {

using lt::detail::InlineReply;
using lt::detail::ResultCodec;
using lt::detail::ResultReader;

struct Point {
  double x, y;
  bool operator==(const Point&) const = default;
};

template <class R>
R there_and_back(const R& value) {
  InlineReply reply;
  ResultCodec<R>::write(reply, value);
  ResultReader reader = reply.reader();
  return ResultCodec<R>::read(reader);
}

/// Reads these bytes as a result, or throws as a reader may.
template <class R>
bool read_any(const std::vector<std::byte>& bytes) {
  const std::vector<std::byte> exact(bytes);  // so that a read past the end is one past the allocation
  try {
    ResultReader reader(exact.data(), exact.size());
    ResultCodec<R>::read(reader);
    return true;
  } catch (const lt::Error&) {
  } catch (const lt::detail::UnreadableResult&) {
  } catch (const std::bad_alloc&) {}
  return false;
}

/// Reads each prefix of a result, and the result with each byte changed. What is read may be wrong; it must end.
template <class R>
void read_damaged(const R& value) {
  InlineReply reply;
  ResultCodec<R>::write(reply, value);
  const ResultReader whole = reply.reader();
  std::vector<std::byte> bytes(reply.size());
  std::memcpy(bytes.data(), ResultReader(whole).take(bytes.size()), bytes.size());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    read_any<R>(std::vector<std::byte>(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)));
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const int change : {0x01, 0x80, 0xff}) {
      std::vector<std::byte> other = bytes;
      other[i] ^= static_cast<std::byte>(change);
      read_any<R>(other);
    }
}

}  // namespace

TEST_CASE("numbers, text, structures and nested lists come back as they were") {
  CHECK(there_and_back(42) == 42);
  CHECK(there_and_back(std::string("a\0b", 3)) == std::string("a\0b", 3));
  CHECK(there_and_back(Point{1, -2}) == Point{1, -2});
  const std::vector<std::vector<std::string>> lists{{"", "x"}, {}, {std::string(100'000, 'y')}};
  CHECK(there_and_back(lists) == lists);
  const std::tuple<int, std::pair<std::string, bool>, std::vector<double>> mixed{7, {"seven", true}, {0.5, 1.5}};
  CHECK(there_and_back(mixed) == mixed);
}

TEST_CASE("tensors of any layout come back row-major with the same elements") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const auto a = random_view<std::int16_t>(random, random_shape(random, random(0, 8), 200), true);
    const auto b = random_view<Record>(random, random_shape(random, random(0, 4), 50), true);
    const auto alone = there_and_back(a);
    const auto both = there_and_back(std::pair{a, std::vector{b, b}});
    CHECK((alone.is_contiguous() && same_elements(alone.view(), a.view()) &&
           same_elements(both.first.view(), a.view()) && both.second.size() == 2 &&
           same_elements(both.second[1].view(), b.view())));
  }
}

TEST_CASE("a result that is cut off or garbled is read as far as it goes, or is an error") {
  read_damaged(std::string("some text"));
  read_damaged(lt::ones<float>({2, 3}));
  read_damaged(std::pair{lt::ones<double>({3}), std::vector<std::string>{"a", "bc"}});
  InlineReply reply;
  ResultCodec<std::string>::write(reply, "text");
  ResultReader reader(reply.reader().take(11), 11);
  CHECK_THROWS_AS(ResultCodec<std::string>::read(reader), lt::Error);
}

TEST_CASE("words that nobody wrote as a result are never read past their end") {
  Random random(3);
  const std::uint64_t likely[] = {0, 1, 2, 3, 8, 9, 64, 1ull << 32, 1ull << 61, 1ull << 63, (1ull << 63) - 1, ~0ull};
  long read = 0;
  constexpr int kRounds = 60'000;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(random(0, 160)));
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      const std::uint64_t word = random(0, 5) == 0 ? ~likely[random(0, 11)] : likely[random(0, 11)];
      std::memcpy(&bytes[at], &word, 8);
    }
    read += read_any<lt::Tensor<int>>(bytes);
    read += read_any<std::vector<lt::Tensor<double>>>(bytes);
    read += read_any<std::pair<std::string, std::vector<std::vector<std::string>>>>(bytes);
  }
  CHECK((read > kRounds / 100 && read < 3 * kRounds));
}
