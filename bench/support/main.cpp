// SPDX-License-Identifier: MIT
// litorch_bench [--cases] [--case=QUESTION/NAME] [--largest=BYTES] [options of Google Benchmark]
//
// --cases prints the list of cases as JSON and ends. Exit code 1 says that a result was wrong.
#include <support/question.hpp>

#include <cstdio>
#include <iostream>
#include <limits>
#include <string_view>

namespace lt = litorch;

namespace {

void describe() {
  benchmark::AddCustomContext("litorch", LITORCH_BENCH_VERSION);
  benchmark::AddCustomContext("compiler", LITORCH_BENCH_COMPILER);
  benchmark::AddCustomContext("threads", std::to_string(lt::num_threads()));
  for (const lt::bench::Peer& peer : lt::bench::peers())
    benchmark::AddCustomContext(std::string("peer ") + peer.contestant.name, peer.version);
}

}  // namespace

int main(int argc, char** argv) {
  std::string only;
  lt::Index largest = std::numeric_limits<lt::Index>::max();
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--cases") {
      lt::bench::print_cases(std::cout);
      return 0;
    }
    if (argument.starts_with("--case="))
      only = argument.substr(7);
    else if (argument.starts_with("--largest="))
      largest = std::stoll(std::string(argument.substr(10)));
    else
      argv[kept++] = argv[i];
  }
  argc = kept;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (lt::bench::add_benchmarks(only, largest) == 0) {
    std::fprintf(stderr, "litorch_bench: no such case: %s\n", only.c_str());
    return 2;
  }
  describe();
  benchmark::RunSpecifiedBenchmarks();
  return lt::bench::found_wrong_result() ? 1 : 0;
}
