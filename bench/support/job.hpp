// SPDX-License-Identifier: MIT
// One way to do a case: what is timed, and the proof that it is right.
#pragma once

#include <support/setup.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace litorch::bench {

class Job {
 public:
  Job() = default;
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  /// Does it once more and compares with the expected elements. Not timed.
  virtual bool is_right(const Setup& setup) = 0;
  /// Around a series of run(). Not timed.
  virtual void begin() {}
  virtual void end() {}
  /// Before each run() of a job that uses up its inputs. Not timed.
  virtual void make_inputs() {}
  /// What is timed.
  virtual void run() = 0;
};

using JobPtr = std::unique_ptr<Job>;

/// `op()` makes a new output. Its end is timed as well: a program that makes one in each step frees one in each step.
/// Its data() are the elements.
template <class Op>
class FreshJob : public Job {
 public:
  explicit FreshJob(Op op) : op_(std::move(op)) {}
  bool is_right(const Setup& setup) override {
    const auto out = op_();
    return setup.is_expected(out.data());
  }
  void run() override {
    const auto out = op_();
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }

 private:
  Op op_;
};

/// `op()` writes into the output of the setup, which all contestants use: the same pages, equally warm.
template <class Op>
class IntoJob : public Job {
 public:
  explicit IntoJob(Op op) : op_(std::move(op)) {}
  bool is_right(const Setup& setup) override {
    std::fill_n(setup.out().data(), setup.out().numel(), -1.0F);
    op_();
    return setup.is_expected(setup.out().data());
  }
  void run() override {
    op_();
    benchmark::ClobberMemory();
  }

 private:
  Op op_;
};

/// `op(pieces)` makes a new output of pieces that were made just before, and may use them up. Their end is timed only
/// where it does.
template <class Op>
class PiecesJob : public Job {
 public:
  PiecesJob(const Setup& setup, Op op) : setup_(&setup), op_(std::move(op)) {}
  bool is_right(const Setup& setup) override {
    make_inputs();
    return setup.is_expected(op_(pieces_).data());
  }
  void make_inputs() override {
    pieces_.clear();
    for (const Tensor<float>& input : setup_->inputs()) pieces_.push_back(input.clone());
  }
  void run() override {
    const Tensor<float> out = op_(pieces_);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }

 private:
  const Setup* setup_;
  Op op_;
  std::vector<Tensor<float>> pieces_;
};

template <class Op>
JobPtr fresh_job(Op op) {
  return std::make_unique<FreshJob<Op>>(std::move(op));
}
template <class Op>
JobPtr into_job(Op op) {
  return std::make_unique<IntoJob<Op>>(std::move(op));
}
template <class Op>
JobPtr pieces_job(const Setup& setup, Op op) {
  return std::make_unique<PiecesJob<Op>>(setup, std::move(op));
}

}  // namespace litorch::bench
