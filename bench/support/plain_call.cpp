// SPDX-License-Identifier: MIT
#include <support/question.hpp>

namespace litorch::bench {
namespace {

template <class E>
JobPtr join_on(const Setup& setup) {
  const Index dim = setup.what().dim;
  const auto& inputs = setup.inputs();
  switch (setup.what().kind) {
    case Kind::into: return into_job([&inputs, dim, out = setup.out()] { cat_into(out, inputs, dim, E()); });
    case Kind::stack: return fresh_job([&inputs, dim] { return stack(inputs, dim, E()); });
    default: return fresh_job([&inputs, dim] { return cat(inputs, dim, E()); });
  }
}

}  // namespace

JobPtr plain_call(const Setup& setup) { return join_on<DefaultExecutor>(setup); }
JobPtr plain_call_on_one_thread(const Setup& setup) { return join_on<InlineExecutor>(setup); }

}  // namespace litorch::bench
