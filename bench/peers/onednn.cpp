// SPDX-License-Identifier: MIT
// oneDNN's concat primitive, made beforehand, as its users make it. New outputs are memory objects that it allocates.
#include <support/peer.hpp>

#include <omp.h>
#include <dnnl.hpp>

#include <unordered_map>

namespace litorch::bench {
namespace {

using Descriptor = dnnl::memory::desc;

bool can_do(const Case& what) { return has_patience(what) && what.kind != Kind::stack && what.shapes.size() <= 128; }

dnnl::memory::dims dims_of(const Shape& shape) { return {shape.begin(), shape.end()}; }

Descriptor describe(const Tensor<float>& tensor) {
  dnnl::memory::dims strides;
  for (Index dim = 0; dim < tensor.rank(); ++dim) strides.push_back(tensor.strides()[dim]);
  return {dims_of(tensor.shape()), dnnl::memory::data_type::f32, strides};
}

class OnednnJob : public Job {
 public:
  explicit OnednnJob(const Setup& setup) : into_(setup.what().kind == Kind::into), descriptor_(describe(setup.out())) {
    std::vector<Descriptor> from;
    for (const auto& input : setup.inputs()) from.push_back(describe(input));
    concat_ =
        dnnl::concat(dnnl::concat::primitive_desc(descriptor_, static_cast<int>(setup.what().dim), from, engine_));
    for (std::size_t i = 0; i < from.size(); ++i)
      arguments_[DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i)] =
          dnnl::memory(from[i], engine_, setup.inputs()[i].data());
    if (into_) arguments_[DNNL_ARG_DST] = dnnl::memory(descriptor_, engine_, setup.out().data());
  }
  bool is_right(const Setup& setup) override {
    if (into_) std::fill_n(setup.out().data(), setup.out().numel(), -1.0F);
    const dnnl::memory out = join();
    return setup.is_expected(static_cast<const float*>(out.get_data_handle()));
  }
  void run() override {
    const dnnl::memory out = join();
    arguments_.erase(into_ ? -1 : DNNL_ARG_DST);
    benchmark::DoNotOptimize(out.get_data_handle());
    benchmark::ClobberMemory();
  }

 private:
  dnnl::memory join() {
    if (!into_) arguments_[DNNL_ARG_DST] = dnnl::memory(descriptor_, engine_);
    concat_.execute(stream_, arguments_);
    stream_.wait();
    return arguments_[DNNL_ARG_DST];
  }

  bool into_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  Descriptor descriptor_;
  dnnl::concat concat_;
  std::unordered_map<int, dnnl::memory> arguments_;
};

std::string version() {
  const dnnl_version_t* const found = dnnl::version();
  return std::to_string(found->major) + "." + std::to_string(found->minor) + "." + std::to_string(found->patch);
}

JobPtr make_job(const Setup& setup) { return std::make_unique<OnednnJob>(setup); }
void set_threads(std::size_t threads) { omp_set_num_threads(static_cast<int>(threads)); }

}  // namespace

const bool kOnednnAdded = add_peer({"oneDNN", make_job, can_do}, version(), set_threads);

}  // namespace litorch::bench
