// SPDX-License-Identifier: MIT
#include <litorch/parallel/thread_pool.hpp>
#include <support/cases.hpp>

#include <ostream>
#include <random>

namespace litorch::bench {
namespace {

using Shapes = std::vector<Shape>;

constexpr double kNoSlowerThanCat = 1 / 1.1;
constexpr double kOfOneCopy = 1 / 1.5;

Shapes times(std::size_t count, const Shape& shape) { return Shapes(count, shape); }

/// `count` shapes like `shape`, whose 0 stands for a size of its own in [from, to] each time.
Shapes varied(std::size_t count, const std::vector<Index>& shape, Index from, Index to) {
  std::mt19937 generator(2019);  // the same sizes in each run
  Shapes made;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<Index> extents = shape;
    for (Index& extent : extents)
      if (extent == 0) extent = from + static_cast<Index>(generator() % static_cast<unsigned>(to - from + 1));
    made.emplace_back(extents.begin(), extents.end());
  }
  return made;
}

/// benchmarks/operator_benchmark/pt/cat_test.py of PyTorch, which joins into an output that is there already.
void add_cat_test(std::vector<Case>& list) {
  const auto add = [&](const std::string& name, const Shapes& shapes, Index dim) {
    list.push_back({"cat_test", name + " dim " + std::to_string(dim), Kind::into, shapes, dim});
  };
  add("2x(1,1,1)", times(2, {1, 1, 1}), 0);
  add("2x(512,512,2)", times(2, {512, 512, 2}), 1);
  add("2x(128,1024,2)", times(2, {128, 1024, 2}), 1);
  add("2x(1024,1024,2)", times(2, {1024, 1024, 2}), 0);
  add("2x(1025,1023,2)", times(2, {1025, 1023, 2}), 1);
  add("2x(1024,1024,2)", times(2, {1024, 1024, 2}), 2);
  add("5x(64..128,111,65)", varied(5, {0, 111, 65}, 64, 128), 0);
  add("5x(96,64..128,64)", varied(5, {96, 0, 64}, 64, 128), 1);
  add("5x(128,64,64..128)", varied(5, {128, 64, 0}, 64, 128), 2);
  add("50x(32..64,32,64)", varied(50, {0, 32, 64}, 32, 64), 0);
  add("50x(32,32..64,64)", varied(50, {32, 0, 64}, 32, 64), 1);
  add("50x(33,65,32..64)", varied(50, {33, 65, 0}, 32, 64), 2);
  add("2x(64,32,4,16,32)", times(2, {64, 32, 4, 16, 32}), 2);
  add("8x(16,32,4,16,32)", times(8, {16, 32, 4, 16, 32}), 2);
  add("17x(9,31,5,15,33)", times(17, {9, 31, 5, 15, 33}), 4);
  add("100x(1..10000)", varied(100, {0}, 1, 10000), 0);
  add("1000x(1..1000)", varied(1000, {0}, 1, 1000), 0);
  add("2000x(1..500)", varied(2000, {0}, 1, 500), 0);
  add("3000x(1..300)", varied(3000, {0}, 1, 300), 0);
  for (const Index batch : {1, 20}) {
    std::string rows = "(";
    rows += std::to_string(batch) + ",";
    add(rows + "160)+" + rows + "14)", {{batch, 160}, {batch, 14}}, 1);
    add(rows + "20,40)+" + rows + "4,40)+" + rows + "5,40)", {{batch, 20, 40}, {batch, 4, 40}, {batch, 5, 40}}, 1);
    add(rows + "580)+" + rows + "174)", {{batch, 580}, {batch, 174}}, 1);
  }
}

/// Eight pieces, 1 KiB to 1 GiB in all.
void add_sizes(std::vector<Case>& list) {
  constexpr Index kPieces = 8, kLargest = Index{1} << 30;
  for (Index bytes = 1024; bytes <= kLargest; bytes *= 4) {
    const Shapes shapes = times(kPieces, {bytes / kPieces / Index{sizeof(float)}});
    const bool small = bytes < 1 << 20;
    const std::string size = small ? std::to_string(bytes >> 10) + " KiB" : std::to_string(bytes >> 20) + " MiB";
    list.push_back({"size", "cat, " + size, Kind::fresh, shapes, 0});
    list.push_back({"size", "cat_into, " + size, Kind::into, shapes, 0});
  }
}

void add_threads(std::vector<Case>& list, const Shapes& shapes) {
  for (std::size_t n = 1; n <= num_threads(); ++n) {
    const std::string threads = std::to_string(n) + (n == 1 ? " thread" : " threads");
    list.push_back({"threads", "cat, " + threads, Kind::fresh, shapes, 0, Form::contiguous, {}, n});
    list.push_back({"threads", "cat_into, " + threads, Kind::into, shapes, 0, Form::contiguous, {}, n});
  }
}

std::vector<Case> make_cases() {
  constexpr Index kMillion = 1 << 20;
  const Shapes large = times(8, {2048, 1024}), seed = {{10, 5}, {15, 5}, {8, 5}}, pair = times(2, {32, 32});
  const Shapes rows = times(30000, {1, 8}), batches = times(1000, {4, 16}), clips = times(64, {1, 282240});
  const Shapes askew = {{5}, {65536}, {65536}, {65536}, {65536}, {65536}, {65536}, {65536}, {65536}};
  const Shapes columns = times(16, {kMillion, 1}), bands = times(16, {kMillion / 4, 4});
  const Form whole = Form::contiguous;
  std::vector<Case> list = {
      {"cat", "8x(2048,1024) dim 0", Kind::fresh, large, 0, whole, {{"libtorch", 6}}},
      {"cat", "8x(2048,1024) dim 1", Kind::fresh, large, 1, whole, {{"libtorch", 6}}},
      {"cat", "3000x(4,256,62) dim 0", Kind::fresh, times(3000, {4, 256, 62}), 0, whole, {{"libtorch", 5}}},
      {"first_call", "8x(2048,1024) dim 0", Kind::first_call, large, 0, whole, {{"libtorch", 2}}},
      {"cat_into", "8x(2048,1024) dim 0", Kind::into, large, 0, whole, {{"roof", 0.85}}},
      {"cat_into", "8x(2048,1024) dim 1", Kind::into, large, 1, whole, {{"roof", 0.85}}},
      {"cat_into", "64x(1,282240) dim 0", Kind::into, clips, 0, whole, {{"roof", 0.85}}},
      {"cat_into", "(5)+8x(65536) dim 0", Kind::into, askew, 0},
      {"tiny", "cat (10,5)+(15,5)+(8,5) dim 0", Kind::fresh, seed, 0, whole, {{"libtorch", 4}}},
      {"tiny", "cat 2x(32,32) dim 0", Kind::fresh, pair, 0, whole, {{"libtorch", 4}}},
      {"tiny", "cat_into (10,5)+(15,5)+(8,5) dim 0", Kind::into, seed, 0, whole, {{"libtorch", 4}}},
      {"tiny", "cat_into 2x(32,32) dim 0", Kind::into, pair, 0, whole, {{"libtorch", 4}}},
      {"many", "30000x(1,8) dim 0", Kind::into, rows, 0, whole, {{"libtorch", 10}}},
      {"many", "1000x(4,16) dim 0", Kind::into, batches, 0, whole, {{"libtorch", 5}}},
      {"narrow", "16x(1048576,1) dim 1", Kind::into, columns, 1, whole, {{"libtorch", 4}, {"roof", 0.6}}},
      {"narrow", "16x(262144,4) dim 1", Kind::into, bands, 1, whole, {{"libtorch", 3}, {"roof", 0.6}}},
      {"transposed", "8x(2048,1024) dim 0", Kind::into, large, 0, Form::transposed, {{"libtorch", 4}, {"roof", 0.5}}},
      {"transposed", "8x(2048,1024) dim 1", Kind::into, large, 1, Form::transposed, {{"libtorch", 4}, {"roof", 0.5}}},
      {"strided", "half rows, 8x(2048,1024) dim 0", Kind::into, large, 0, Form::narrowed},
      {"strided", "every second, 8x(2048,1024) dim 0", Kind::into, large, 0, Form::stepped},
      {"strided", "every second, 8x(2048,1024) dim 1", Kind::into, large, 1, Form::stepped},
      {"stack", "10240x(22) dim 0", Kind::stack, times(10240, {22}), 0, whole, {{"cat", kNoSlowerThanCat}}},
      {"stack", "10x(1,3,1000,1200) dim 0", Kind::stack, times(10, {1, 3, 1000, 1200}), 0},
      {"stack", "500x(1,128) dim 1", Kind::stack, times(500, {1, 128}), 1},
      {"consuming", "8x(2048,1024) dim 0", Kind::consuming, large, 0, whole, {{"libtorch", 100}}},
      {"growing", "1000x(64,256)", Kind::growing, times(1000, {64, 256}), 0, whole, {{"one copy", kOfOneCopy}}},
      {"growing, kept", "1000x(64,256)", Kind::growing, times(1000, {64, 256}), 0, whole, {{"one copy", kOfOneCopy}}},
  };
  add_threads(list, large);
  add_sizes(list);
  add_cat_test(list);
  return list;
}

}  // namespace

Index Case::bytes() const {
  Index elements = 0;
  for (const Shape& shape : shapes) elements += shape.numel();
  return elements * Index{sizeof(float)};
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list = make_cases();
  return list;
}

void print_cases(std::ostream& to) {
  constexpr const char* kKinds[] = {"fresh", "into", "stack", "consuming", "growing", "first_call"};
  constexpr const char* kForms[] = {"contiguous", "transposed", "narrowed", "stepped"};
  const auto join = [&](const auto& parts, auto write) {
    const char* comma = "";
    to << '[';
    for (const auto& part : parts) {
      to << comma;
      write(part);
      comma = ", ";
    }
    to << ']';
  };
  join(cases(), [&](const Case& one) {
    to << "\n{\"question\": \"" << one.question << "\", \"name\": \"" << one.name << "\", \"kind\": \""
       << kKinds[static_cast<int>(one.kind)] << "\", \"form\": \"" << kForms[static_cast<int>(one.form)]
       << "\", \"dim\": " << one.dim << ", \"threads\": " << one.threads << ", \"bytes\": " << one.bytes()
       << ", \"targets\": ";
    join(one.targets, [&](const Target& target) { to << "[\"" << target.rival << "\", " << target.factor << "]"; });
    to << ", \"shapes\": ";
    join(one.shapes, [&](const Shape& shape) { join(shape, [&](Index extent) { to << extent; }); });
    to << '}';
  });
  to << '\n';
}

}  // namespace litorch::bench
