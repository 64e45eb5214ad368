// SPDX-License-Identifier: MIT
// MpiType takes the elements of any layout, in row-major order, and puts them back: packed and unpacked by MPI, and sent
// to this rank itself, against the naive way. MPI that counts to 7 only as well.
#include "mpi/harness.hpp"

#include <algorithm>
#include <set>

namespace harness {
namespace {

/// A layout with elements, and memory that it fits in.
struct Case {
  std::vector<Index> extents, strides;
  Index item_size = 1, first = 0;  // of the element at the index of zeros, in elements
  std::vector<unsigned char> memory;
  bool unique = true;  // each index is an element of its own

  Layout layout() const {
    const Shape shape(extents.begin(), extents.end());
    Strides made = litorch::detail::row_major(shape).strides;
    for (Index dim = 0; dim < shape.rank(); ++dim) made[dim] = strides[static_cast<std::size_t>(dim)];
    return {shape, made};
  }
  /// Where each element is, in bytes, in row-major order.
  std::vector<std::size_t> places() const {
    std::vector<std::size_t> found;
    support::for_each_index(extents, [&](const std::vector<Index>& at) {
      Index place = first;
      for (std::size_t dim = 0; dim < at.size(); ++dim) place += at[dim] * strides[dim];
      found.push_back(static_cast<std::size_t>(place * item_size));
    });
    return found;
  }
};

std::vector<unsigned char> random_bytes(Random& random, std::size_t count) {
  std::vector<unsigned char> bytes(count);
  for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random.engine());
  return bytes;
}

/// Strides of any sign, zero, overlapping, or those of a dense tensor whose dims are in any order with gaps between.
Case random_case(Random& random, std::vector<Index> extents, Index item_size) {
  Case made;
  made.extents = std::move(extents);
  made.strides.resize(made.extents.size());
  made.item_size = item_size;
  const bool dense = random.chance(60);
  std::vector<std::size_t> order(made.extents.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  if (random.chance(50)) std::shuffle(order.begin(), order.end(), random.engine);
  Index step = random.chance(30) ? random(1, 3) : 1;
  for (std::size_t i = order.size(); i-- > 0;) {
    const std::size_t dim = order[i];
    made.strides[dim] = dense ? (random.chance(20) ? -step : step) : random(-9, 9);
    step = step * made.extents[dim] + (random.chance(25) ? random(1, 5) : 0);
  }
  Index last = 0;
  for (std::size_t dim = 0; dim < made.extents.size(); ++dim) {
    const Index reach = (made.extents[dim] - 1) * made.strides[dim];
    (reach < 0 ? made.first : last) += reach < 0 ? -reach : reach;
  }
  const Index margin = 40;
  made.first += margin;
  made.memory = random_bytes(random, static_cast<std::size_t>((made.first + last + 1 + margin) * item_size));
  const std::vector<std::size_t> places = made.places();
  made.unique = std::set<std::size_t>(places.begin(), places.end()).size() == places.size();
  return made;
}

/// What MPI does with `from`, and where `to` has elements of its own, with `to`, both of one shape.
void round_trip(const World& world, Case& from, Case& to, Index most, const std::string& which) {
  const auto item = static_cast<std::size_t>(from.item_size);
  const std::vector<std::size_t> sources = from.places(), targets = to.places();
  std::vector<unsigned char> row, expected = to.memory, packed(sources.size() * item, 0);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    row.insert(row.end(), from.memory.begin() + static_cast<Index>(sources[i]),
               from.memory.begin() + static_cast<Index>(sources[i] + item));
    std::memcpy(expected.data() + targets[i], from.memory.data() + sources[i], item);
  }
  const litorch::detail::MpiType send("test", from.layout(), from.item_size, most);
  const litorch::detail::MpiType receive("test", to.layout(), to.item_size, most);
  int size = 0;
  MPI_Type_size(send.get(), &size);
  expect(static_cast<std::size_t>(size) == row.size(), world, "the size of a type" + which);

  unsigned char* const source = from.memory.data() + from.first * from.item_size;
  unsigned char* const target = to.memory.data() + to.first * to.item_size;
  const int bytes = static_cast<int>(packed.size());
  int at = 0;
  MPI_Pack(source, 1, send.get(), packed.data(), bytes, &at, MPI_COMM_SELF);
  expect(at == bytes && packed == row, world, "MPI_Pack" + which);
  if (!to.unique) return;
  const std::vector<unsigned char> before = to.memory;
  at = 0;
  MPI_Unpack(row.data(), bytes, &at, target, 1, receive.get(), MPI_COMM_SELF);
  expect(at == bytes && to.memory == expected, world, "MPI_Unpack" + which);
  to.memory = before;
  MPI_Sendrecv(source, 1, send.get(), 0, 0, target, 1, receive.get(), 0, 0, MPI_COMM_SELF, MPI_STATUS_IGNORE);
  expect(to.memory == expected, world, "MPI_Sendrecv" + which);
}

}  // namespace

void datatypes(const World& world) {
  Random random(31);
  for (int i = 0; i < 3000; ++i) {
    const Index sizes[] = {1, 2, 4, 8, 12, 16}, item_size = sizes[random(0, 5)];
    std::vector<Index> extents(static_cast<std::size_t>(random(0, 5)));
    for (Index& extent : extents) extent = random.chance(3) ? random(8, 40) : random(1, 4);
    Case from = random_case(random, extents, item_size), to = random_case(random, extents, item_size);
    std::string which = " in case " + std::to_string(i) + ": items of " + std::to_string(item_size);
    for (const Case* each : {&from, &to})
      for (std::size_t dim = 0; dim < extents.size(); ++dim)
        which += (dim == 0 ? "; " : ", ") + std::to_string(extents[dim]) + " by " + std::to_string(each->strides[dim]);
    for (const Index most : {litorch::detail::MpiType::kMost, Index{7}})
      round_trip(world, from, to, most, which + (most == 7 ? ", counting to 7" : ""));
  }
}

}  // namespace harness
