// SPDX-License-Identifier: MIT
// libtorch at its best: in inference mode, with the list of tensors made beforehand.
#include <support/peer.hpp>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/version.h>

namespace litorch::bench {
namespace {

at::Tensor as_torch(const Tensor<float>& tensor) {
  const std::vector<std::int64_t> sizes(tensor.shape().begin(), tensor.shape().end());
  std::vector<std::int64_t> strides;
  for (Index dim = 0; dim < tensor.rank(); ++dim) strides.push_back(tensor.strides()[dim]);
  return at::from_blob(tensor.data(), sizes, strides, at::kFloat);
}

class TorchJob : public Job {
 public:
  explicit TorchJob(const Setup& setup) : kind_(setup.what().kind), dim_(setup.what().dim) {
    const c10::InferenceMode inference;
    for (const auto& input : setup.inputs()) inputs_.push_back(as_torch(input));
    out_ = as_torch(setup.out());
  }
  void begin() override { inference_.emplace(); }
  void end() override { inference_.reset(); }
  bool is_right(const Setup& setup) override {
    if (kind_ != Kind::into) return setup.is_expected(join().contiguous().data_ptr<float>());
    out_.fill_(-1);
    at::cat_out(out_, inputs_, dim_);
    return setup.is_expected(setup.out().data());
  }
  void run() override {
    if (kind_ == Kind::into) {
      at::cat_out(out_, inputs_, dim_);
    } else {
      const at::Tensor out = join();
      benchmark::DoNotOptimize(out.data_ptr());
    }
    benchmark::ClobberMemory();
  }

 private:
  at::Tensor join() const { return kind_ == Kind::stack ? at::stack(inputs_, dim_) : at::cat(inputs_, dim_); }

  Kind kind_;
  std::int64_t dim_;
  std::vector<at::Tensor> inputs_;
  at::Tensor out_;
  std::optional<c10::InferenceMode> inference_;
};

JobPtr make_job(const Setup& setup) { return std::make_unique<TorchJob>(setup); }
void set_threads(std::size_t threads) {
  if (at::get_num_threads() != static_cast<int>(threads)) at::set_num_threads(static_cast<int>(threads));
}

}  // namespace

const bool kTorchAdded = add_peer({"libtorch", make_job}, TORCH_VERSION, set_threads);

}  // namespace litorch::bench
