// SPDX-License-Identifier: MIT
// The one list of what is measured. The benchmarks, the NumPy script and the report all read it.
#pragma once

#include <litorch/shape/shape.hpp>

#include <iosfwd>
#include <string>
#include <vector>

namespace litorch::bench {

enum class Kind { fresh, into, stack, consuming, growing, first_call };

/// How the elements of an input lie in memory.
enum class Form {
  contiguous,
  transposed,  // the .t() of a contiguous matrix
  narrowed,    // the left half of a contiguous tensor twice as wide
  stepped,     // every second element of the last dim of such a tensor
};

/// The time of `rival` is to be at least `factor` times that of litorch.
struct Target {
  std::string rival;
  double factor;
};

struct Case {
  std::string question;
  std::string name;
  Kind kind;
  std::vector<Shape> shapes;
  Index dim;
  Form form = Form::contiguous;
  std::vector<Target> targets = {};
  std::size_t threads = 0;  // 0: as many as litorch::num_threads() says at the start

  std::string id() const { return question + "/" + name; }
  /// Of the output.
  Index bytes() const;
};

const std::vector<Case>& cases();

/// The list as JSON.
void print_cases(std::ostream& to);

}  // namespace litorch::bench
