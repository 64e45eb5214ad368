// SPDX-License-Identifier: MIT
#include <support/question.hpp>
#include <support/roof.hpp>

#include <chrono>
#include <cstdio>
#include <map>
#include <set>

namespace litorch::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kWarmUp{2};
constexpr int kRunsThatUseUpInputs = 10;

bool wrong_result = false;

/// What is in memory: one case at a time, however the benchmarks take turns.
class Stage {
 public:
  explicit Stage(const Case& what) : setup_(what) {}
  const Setup& setup() const { return setup_; }

  /// The job of this contestant; on first use it has to prove itself.
  Job* job(const Contestant& who) {
    auto& [job, right] = jobs_[who.name];
    if (job == nullptr) {
      job = who.make_job(setup_);
      job->begin();
      right = job->is_right(setup_);
      job->end();
    }
    return right ? job.get() : nullptr;
  }

 private:
  Setup setup_;
  std::map<std::string, std::pair<JobPtr, bool>> jobs_;
};

Stage& stage_for(const Case& what) {
  static std::unique_ptr<Stage> stage;
  if (stage == nullptr || &stage->setup().what() != &what) {
    stage.reset();
    stage = std::make_unique<Stage>(what);
  }
  return *stage;
}

void set_all_threads(std::size_t threads) {
  if (num_threads() != threads) set_num_threads(threads);
  for (const Peer& peer : peers()) peer.set_threads(threads);
}

bool uses_up_inputs(const Case& what) { return what.kind == Kind::consuming || what.kind == Kind::growing; }

/// Until the threads of whoever was before are asleep and the caches hold what this job uses.
void warm_up(Job& job) {
  const auto end = Clock::now() + kWarmUp;
  do {
    job.make_inputs();
    job.run();
  } while (Clock::now() < end);
}

void contest(benchmark::State& state, const Case& what, const Contestant& who) {
  Stage& stage = stage_for(what);
  set_all_threads(stage.setup().threads());
  Job* const job = stage.job(who);
  if (job == nullptr) {
    wrong_result = true;
    std::fprintf(stderr, "WRONG RESULT: %s of %s\n", who.name, what.id().c_str());
    state.SkipWithError("wrong result");
    return;
  }
  job->begin();
  warm_up(*job);
  if (uses_up_inputs(what)) {  // call by call, for all of them
    for (auto _ : state) {
      job->make_inputs();
      const auto start = Clock::now();
      job->run();
      state.SetIterationTime(std::chrono::duration<double>(Clock::now() - start).count());
    }
  } else {
    for (auto _ : state) job->run();
  }
  job->end();
  state.SetBytesProcessed(state.iterations() * what.bytes());
}

void add_benchmark(const Case& what, const Contestant& who) {
  if (!who.can_do(what)) return;
  const std::string name = what.id() + "/" + who.name;
  auto* const added =
      benchmark::RegisterBenchmark(name.c_str(), [&what, who](benchmark::State& state) { contest(state, what, who); });
  if (uses_up_inputs(what))
    added->UseManualTime()->Iterations(kRunsThatUseUpInputs);
  else
    added->UseRealTime();
}

}  // namespace

std::size_t add_benchmarks(const std::string& only, Index largest) {
  std::set<std::string> added;
  for (const Question& question : questions()) {
    for (const Case& what : cases()) {
      if (what.question != question.name || what.bytes() > largest) continue;
      if (!only.empty() && what.id() != only) continue;
      added.insert(what.id());
      for (const Contestant& who : question.contestants) add_benchmark(what, who);
      for (const Contestant& who : roofs()) add_benchmark(what, who);
      for (const Peer& peer : peers()) add_benchmark(what, peer.contestant);
    }
  }
  return added.size();
}

bool found_wrong_result() { return wrong_result; }

}  // namespace litorch::bench
