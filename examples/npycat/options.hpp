// SPDX-License-Identifier: MIT
// What npycat is asked to do.
#pragma once

#include "inputs.hpp"

#include <litorch/litorch.hpp>

#include <CLI/CLI.hpp>

struct Options {
  litorch::Index axis = 0;
  bool stack = false, info = false, check = false, append = false, stdin0 = false, no_sync = false, unsafe = false;
  std::size_t threads = 0, split = 0;
  std::string output, dtype;
  std::vector<std::string> inputs;

  /// How the library is to do it.
  litorch::CatNpyOptions how() const {
    litorch::CatNpyOptions how;
    if (no_sync) how.durability = litorch::posix::Durability::cached;
    if (unsafe) how.casting = litorch::Casting::unsafe;
    for (std::size_t i = 0; i < std::size(litorch::kDTypes); ++i)
      if (litorch::kDTypes[i].name == dtype) how.dtype = static_cast<litorch::DType>(i);
    return how;
  }
};

inline std::vector<std::string> dtype_names() {
  std::vector<std::string> names;
  for (const litorch::DTypeInfo& type : litorch::kDTypes) names.emplace_back(type.name);
  return names;
}

/// Throws what CLI::App::parse() does, CLI::Success for --help.
inline void parse(CLI::App& app, Options& options, int argc, char** argv) {
  auto* const output = app.add_option("-o,--output", options.output,
                                      "The file to write; with --split the parts: OUT-%03d.npy, or OUT for that")
                           ->type_name("OUT.npy");
  auto* const inputs = app.add_option("inputs", options.inputs,
                                      "The files to join, in order; 'part-*.npy' in quotes for all that match, in the "
                                      "order of the numbers in their names; @LIST for those in the lines of LIST")
                           ->type_name("IN.npy");
  auto* const axis = app.add_option("--axis", options.axis, "Join along this axis; negative ones count from the end")
                         ->capture_default_str();
  auto* const stack = app.add_flag("--stack", options.stack, "Join along a new axis, as numpy.stack does");
  auto* const append = app.add_flag("--append", options.append, "Add the rows of the files to those of OUT, in place")
                           ->excludes(axis)
                           ->excludes(stack);
  auto* const split =
      app.add_option("--split", options.split, "Cut the one input into N parts along the axis, the inverse of joining")
          ->type_name("N")
          ->check(CLI::Range(1, 1'000'000))
          ->excludes(stack)
          ->excludes(append);
  auto* const dtype =
      app.add_option("--dtype", options.dtype, "Convert to this type, as NumPy names it; inputs may be of several then")
          ->type_name("TYPE")
          ->check(CLI::IsMember(dtype_names()));
  app.add_flag("--unsafe", options.unsafe, "Convert also where values could be rounded, wrapped or cut")->needs(dtype);
  app.add_flag("--stdin0", options.stdin0,
               "Join also the files whose names, each ended by a zero byte, are on standard input");
  app.add_flag("--no-sync", options.no_sync, "Do not wait until OUT is on disk");
  app.add_option("-j,--threads", options.threads,
                 "How many threads may copy; by default as many as the process may use")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  auto* const check =
      app.add_flag("--check", options.check,
                   "Write nothing: say which files cannot be read, are cut short or do not fit, or what "
                   "would be written")
          ->excludes(output)
          ->excludes(append)
          ->excludes(split);
  app.add_flag("--info", options.info, "Write nothing: print type, shape and size of each file")
      ->excludes(output)
      ->excludes(axis)
      ->excludes(append)
      ->excludes(split)
      ->excludes(dtype)
      ->excludes(check);
  app.footer("Exit codes: 0 done; 2 not done, and one line on standard error says why, or one for each bad file.");
  app.parse(argc, argv);
  if (inputs->empty() && !options.stdin0) throw CLI::RequiredError("inputs");
  if (!options.info && !options.check && options.output.empty()) throw CLI::RequiredError("-o,--output");
}
