// SPDX-License-Identifier: MIT
// Does stack cost what cat costs? The bytes and their order are those of cat along dim 0, only the shape is another.
#include <support/question.hpp>

namespace litorch::bench {
namespace {

JobPtr cat_job(const Setup& setup) {
  return fresh_job([&inputs = setup.inputs()] { return cat(inputs, 0); });
}

std::vector<Contestant> contestants() {
  std::vector<Contestant> list = plain_calls();
  list.push_back({"cat", cat_job, [](const Case& what) { return what.dim == 0; }});
  return list;
}

}  // namespace

const bool kStackAsked = ask("stack", contestants());

}  // namespace litorch::bench
