// SPDX-License-Identifier: MIT
// A question is a file in bench/: it says how litorch does the cases of that name. The roof and the peers do the same
// cases in their way, in turn with litorch.
#pragma once

#include <support/peer.hpp>

namespace litorch::bench {

struct Question {
  const char* name;
  std::vector<Contestant> contestants;
};

inline std::vector<Question>& questions() {
  static std::vector<Question> list;
  return list;
}
inline bool ask(const char* name, std::vector<Contestant> contestants) {
  questions().push_back({name, std::move(contestants)});
  return true;
}

/// cat(), cat_into() or stack(), as the kind of the case says: on all threads, and on one as the measure of whether
/// more of them help.
JobPtr plain_call(const Setup& setup);
JobPtr plain_call_on_one_thread(const Setup& setup);

inline std::vector<Contestant> plain_calls() {
  return {{"litorch", plain_call}, {"litorch 1 thread", plain_call_on_one_thread}};
}

/// Registers the cases with Google Benchmark: all of them, or those called `only`, and none over `largest` bytes.
/// Returns how many.
std::size_t add_benchmarks(const std::string& only, Index largest);

/// Whether a contestant came to a wrong result.
bool found_wrong_result();

}  // namespace litorch::bench
