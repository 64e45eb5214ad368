// SPDX-License-Identifier: MIT
// What an Assembly promises to one thread: each slot once, errors that name slots, shapes as cat() has them.
#include "support/catch.hpp"
#include "support/error_message.hpp"
#include "support/random_tensors.hpp"

using namespace support;
using namespace std::chrono_literals;

namespace {

lt::WorkerException failure_of(lt::Assembly<int>& assembly) {
  try {
    assembly.wait();
  } catch (const lt::WorkerException& error) {
    return error;
  }
  return lt::WorkerException("nothing was thrown");
}

}  // namespace

TEST_CASE("slots filled in any order, by put or by hand, are the pieces one after another") {
  Index wrong = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    Random random(seed);
    std::vector<Index> extents = random_shape(random, random(1, 4), 60);
    const std::size_t dim = static_cast<std::size_t>(random(0, static_cast<Index>(extents.size()) - 1));
    std::vector<lt::Tensor<int>> pieces;
    std::vector<lt::Shape> shapes;
    std::vector<std::size_t> order;
    for (Index i = random(1, 8); i > 0; --i) {
      extents[dim] = random(1, 4);
      pieces.push_back(random_view<int>(random, extents, true));
      shapes.push_back(pieces.back().shape());
      order.push_back(order.size());
    }
    std::shuffle(order.begin(), order.end(), random.engine);
    lt::Assembly<int> assembly(shapes, static_cast<Index>(dim));
    for (const std::size_t i : order) {
      if (random.chance(50)) {
        assembly.put(i, pieces[i]);
      } else {
        assembly.slot(i).copy_(pieces[i]);
        assembly.done(i);
      }
    }
    const lt::Tensor<int> whole = assembly.wait();
    Index start = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Index extent = pieces[i].shape()[static_cast<Index>(dim)];
      wrong += !same_elements(whole.narrow(static_cast<Index>(dim), start, extent).view(), pieces[i].view());
      start += extent;
    }
    wrong += whole.shape()[static_cast<Index>(dim)] != start;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a slot that is taken is an error, and a piece that does not fit leaves it open") {
  lt::Assembly<int> assembly({{2}, {0}, {3}});
  CHECK(assembly.size() == 3);
  const auto put = [&](std::size_t i, Index n) {
    return message_of<lt::Error>([&] { assembly.put(i, lt::ones<int>({n})); });
  };
  CHECK(mentions(put(2, 4), {"Assembly::put(): input 2 has shape (4,), expected (3,)"}));
  CHECK_THROWS_AS(assembly.put(2, lt::ones<int>({1})), lt::ShapeError);  // never repeated over the slot
  CHECK(put(2, 3) == "nothing was thrown");
  CHECK(mentions(put(2, 3), {"put(): slot 2 is complete already"}));
  CHECK(mentions(message_of<lt::Error>([&] { assembly.done(2); }), {"done(): slot 2 is complete already"}));
  CHECK(mentions(message_of<lt::IndexError>([&] { assembly.done(3); }), {"done(): slot 3 of 3"}));
  CHECK(mentions(message_of<lt::IndexError>([&] { assembly.slot(9); }), {"slot(): slot 9 of 3"}));
  assembly.done(1);
  CHECK(put(0, 2) == "nothing was thrown");
  CHECK(lt::equal(assembly.wait(), lt::ones<int>({5})));
  CHECK(lt::equal(assembly.wait_for(1ms), lt::ones<int>({5})));
}

TEST_CASE("waiting too long names the slots that are missing") {
  lt::Assembly<int> assembly(std::vector<lt::Shape>(14, lt::Shape{1}));
  assembly.done(1);
  CHECK(mentions(message_of<lt::Timeout>([&] { assembly.wait_for(2ms); }),
                 {"13 of 14 slots (0, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...) not complete after 2 ms"}));
  for (std::size_t i = 0; i < 14; ++i)
    if (i != 1 && i != 7) assembly.done(i);
  CHECK(mentions(message_of<lt::Timeout>([&] { assembly.wait_for(0ms); }), {"1 of 14 slots (7) not complete"}));
}

TEST_CASE("a failure ends the wait, names the slots and keeps the reason") {
  lt::Assembly<int> assembly({{2}, {3}, {4}, {5}});
  assembly.done(0);
  assembly.fail(2, std::make_exception_ptr(std::out_of_range("row 17 is missing")));
  assembly.fail(3, std::make_exception_ptr(42));
  CHECK(failure_of(assembly).what() ==
        std::string(
            "litorch::Assembly::wait(): 2 of 4 slots (2, 3) failed: row 17 is missing; 1 of 4 slots (1) missing"));
  bool nested = false;
  try {
    assembly.wait_for(1h);
  } catch (const std::exception& error) {
    try {
      std::rethrow_if_nested(error);
    } catch (const std::out_of_range&) {
      nested = true;
    }
  }
  CHECK(nested);
  CHECK(mentions(message_of<lt::Error>([&] { assembly.fail(3, nullptr); }), {"fail(): slot 3 has failed already"}));
}

TEST_CASE("a failure of any kind of exception, or of none, is told") {
  lt::Assembly<int> number({{1}}), nothing({{1}});
  number.fail(0, std::make_exception_ptr(42));
  CHECK(mentions(failure_of(number).what(), {"not a std::exception"}));
  nothing.fail(0, nullptr);
  CHECK(mentions(failure_of(nothing).what(), {"no reason was given"}));
}

TEST_CASE("an assembly into memory that is there writes that memory and checks it first") {
  const lt::Tensor<int> wide = lt::zeros<int>({4, 10}), part = wide.narrow(1, 2, 5);
  lt::Assembly<int> assembly(part, {{4, 2}, {4, 3}}, 1);
  assembly.put(1, lt::full<int>({4, 3}, 2));
  assembly.put(0, lt::full<int>({4, 2}, 1));
  assembly.wait();
  CHECK(lt::equal(wide[3], lt::tensor<int>({0, 0, 1, 1, 2, 2, 2, 0, 0, 0})));
  using Whole = lt::Assembly<int>;
  const auto refused = [](const lt::Tensor<int>& out) { Whole(out, {{4, 2}, {4, 3}}, 1); };
  CHECK(mentions(message_of<lt::ShapeError>([&] { refused(wide); }), {"Assembly()", "(4, 10)", "(4, 5)"}));
  CHECK_THROWS_AS(refused(lt::zeros<int>({4, 1}).expand({4, 5})), lt::OverlapError);
  CHECK(mentions(message_of<lt::ShapeError>([] { Whole({{4, 2}, {3, 3}}, 1); }), {"Assembly(): input 1", "size 3"}));
  CHECK_THROWS_AS(Whole({{4, 2}}, 2), lt::IndexError);
}
