// SPDX-License-Identifier: MIT
// Chains of views against a model that keeps, for every index, the position of its element in memory.
#include "support/catch.hpp"
#include "support/random_tensors.hpp"

using namespace support;

namespace {

/// The positions of the elements in row-major order, and the shape: views are index arithmetic on lists.
struct Model {
  std::vector<Index> extents;
  std::vector<Index> positions;

  Index at(const std::vector<Index>& index) const {
    Index flat = 0;
    for (std::size_t dim = 0; dim < extents.size(); ++dim) flat = flat * extents[dim] + index[dim];
    return positions[static_cast<std::size_t>(flat)];
  }
  /// The model of a view of shape `result` in which index i is index `map(i)` of this.
  template <class Map>
  Model viewed(const std::vector<Index>& result, Map&& map) const {
    Model model{result, {}};
    for_each_index(result, [&](const std::vector<Index>& index) { model.positions.push_back(at(map(index))); });
    return model;
  }
};

template <class Handle>
void step(Random& random, Handle& tensor, Model& model) {
  const Index rank = static_cast<Index>(model.extents.size());
  if (rank == 0) {
    const Index where = random(-1, 0);
    tensor = tensor.unsqueeze(where);
    model.extents = {1};
    return;
  }
  const std::size_t d = static_cast<std::size_t>(random(0, rank - 1));
  const Index dim = random.chance(50) ? static_cast<Index>(d) : static_cast<Index>(d) - rank;
  const Index extent = model.extents[d];
  std::vector<Index> result = model.extents;
  switch (random(0, 9)) {
    case 0: {  // narrow
      const Index start = random(0, extent), length = random(0, extent - start);
      tensor = tensor.narrow(dim, start == extent || random.chance(50) ? start : start - extent, length);
      result[d] = length;
      model = model.viewed(result, [&](auto index) { return index[d] += start, index; });
      break;
    }
    case 1: {  // slice
      const Index start = random(-2 * extent, 2 * extent), stop = random(-2 * extent, 2 * extent), by = random(1, 3);
      tensor = tensor.slice(dim, start, stop, by);
      std::vector<Index> kept;
      const auto clamp = [&](Index i) { return std::min(extent, std::max<Index>(0, i < 0 ? i + extent : i)); };
      for (Index i = clamp(start); i < clamp(stop); i += by) kept.push_back(i);
      result[d] = static_cast<Index>(kept.size());
      model =
          model.viewed(result, [&](auto index) { return index[d] = kept[static_cast<std::size_t>(index[d])], index; });
      break;
    }
    case 2: {  // select
      if (extent == 0) return;
      const Index chosen = random(0, extent - 1);
      tensor = tensor.select(dim, random.chance(50) ? chosen : chosen - extent);
      result.erase(result.begin() + static_cast<Index>(d));
      model = model.viewed(result, [&](auto index) {
        index.insert(index.begin() + static_cast<Index>(d), chosen);
        return index;
      });
      break;
    }
    case 3: {  // flip
      tensor = tensor.flip(dim);
      model = model.viewed(result, [&](auto index) { return index[d] = extent - 1 - index[d], index; });
      break;
    }
    case 4: {  // transpose
      const std::size_t e = static_cast<std::size_t>(random(0, rank - 1));
      tensor = tensor.transpose(dim, static_cast<Index>(e));
      std::swap(result[d], result[e]);
      model = model.viewed(result, [&](auto index) { return std::swap(index[d], index[e]), index; });
      break;
    }
    case 5: {  // permute
      std::vector<Index> order;
      for (Index i = 0; i < rank; ++i) order.push_back(i);
      std::shuffle(order.begin(), order.end(), random.engine);
      tensor = tensor.permute(lt::Dims(order.begin(), order.end()));
      for (std::size_t i = 0; i < order.size(); ++i) result[i] = model.extents[static_cast<std::size_t>(order[i])];
      model = model.viewed(result, [&](auto index) {
        auto from = index;
        for (std::size_t i = 0; i < order.size(); ++i) from[static_cast<std::size_t>(order[i])] = index[i];
        return from;
      });
      break;
    }
    case 6: {  // unsqueeze
      if (rank == 8) return;
      const Index where = random(0, rank);
      tensor = tensor.unsqueeze(random.chance(50) ? where : where - rank - 1);
      model.extents.insert(model.extents.begin() + where, 1);
      break;
    }
    case 7: {  // squeeze
      if (random.chance(50)) {
        tensor = tensor.squeeze();
        std::erase(model.extents, 1);
      } else {
        tensor = tensor.squeeze(dim);
        if (extent == 1) model.extents.erase(model.extents.begin() + static_cast<Index>(d));
      }
      break;
    }
    case 8: {  // expand
      if (rank == 8 || model.positions.size() > 60) return;
      const bool added = random.chance(50);
      lt::Dims target;
      std::vector<Index> expanded;
      if (added) target.push_back(2), expanded.push_back(2);
      for (const Index each : model.extents) {
        const Index repeats = each == 1 ? random(1, 3) : each;
        target.push_back(each != 1 && random.chance(50) ? -1 : repeats);
        expanded.push_back(repeats);
      }
      tensor = tensor.expand(target);
      model = model.viewed(expanded, [&](auto index) {
        if (added) index.erase(index.begin());
        for (std::size_t i = 0; i < index.size(); ++i)
          if (model.extents[i] == 1) index[i] = 0;
        return index;
      });
      break;
    }
    default: {  // t
      if (rank > 2) return;
      tensor = tensor.t();
      if (rank == 2)
        std::swap(result[0], result[1]), model = model.viewed(result, [](auto i) { return std::swap(i[0], i[1]), i; });
    }
  }
}

template <class Handle>
int wrong_chains(std::uint64_t seeds) {
  int wrong = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    Random random(seed);
    const std::vector<Index> extents = random_shape(random, random(0, 5), 60);
    const lt::Tensor<Index> base = lt::arange<Index>(lt::Shape(extents.begin(), extents.end()).numel())
                                       .reshape(lt::Dims(extents.begin(), extents.end()));
    Handle tensor = base;
    Model model{extents, {}};
    for (Index i = 0; i < base.numel(); ++i) model.positions.push_back(i);
    for (Index steps = random(1, 6); steps > 0; --steps) step(random, tensor, model);
    std::vector<Index> found;
    const std::vector<Index> shape(tensor.shape().begin(), tensor.shape().end());
    for_each_index(shape, [&](const auto& at) { found.push_back(element(lt::TensorView<Index>(tensor), at)); });
    wrong += shape != model.extents || found != model.positions;
  }
  return wrong;
}

}  // namespace

TEST_CASE("chains of views of a Tensor name the elements that index arithmetic names") {
  CHECK(wrong_chains<lt::Tensor<Index>>(20'000) == 0);
}

TEST_CASE("chains of views of a TensorView name the elements that index arithmetic names") {
  CHECK(wrong_chains<lt::TensorView<Index>>(5'000) == 0);
}
