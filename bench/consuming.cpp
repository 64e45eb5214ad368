// SPDX-License-Identifier: MIT
// What does joining cost when the pieces are not needed any more? Timed are the call on a vector of pieces made before,
// in which pages move instead of being copied, and the end of the result. The peers have no such call: they copy.
#include <support/question.hpp>

namespace litorch::bench {
namespace {

template <class E>
class ConsumingJob : public Job {
 public:
  explicit ConsumingJob(const Setup& setup) : setup_(&setup) {}
  bool is_right(const Setup& setup) override {
    make_inputs();
    return setup.is_expected(cat(std::move(pieces_), setup.what().dim, E()).data());
  }
  void make_inputs() override {
    pieces_.clear();
    for (const Tensor<float>& input : setup_->inputs()) pieces_.push_back(input.clone());
  }
  void run() override {
    const Tensor<float> out = cat(std::move(pieces_), setup_->what().dim, E());
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }

 private:
  const Setup* setup_;
  std::vector<Tensor<float>> pieces_;
};

template <class E>
JobPtr consuming_job(const Setup& setup) {
  return std::make_unique<ConsumingJob<E>>(setup);
}

}  // namespace

const bool kConsumingAsked = ask(
    "consuming", {{"litorch", consuming_job<DefaultExecutor>}, {"litorch 1 thread", consuming_job<InlineExecutor>}});

}  // namespace litorch::bench
