// SPDX-License-Identifier: MIT
// npycat: joins .npy files into one.
#include "inputs.hpp"
#include "support/progress.hpp"

#include <litorch/litorch.hpp>

#include <CLI/CLI.hpp>

#include <iomanip>
#include <new>
#include <sstream>

namespace lt = litorch;

namespace {

struct Options {
  lt::Index axis = 0;
  bool stack = false, info = false, check = false, append = false, stdin0 = false, no_sync = false;
  std::size_t threads = 0;
  std::string output;
  std::vector<std::string> inputs;
};

std::string described(const lt::NpyHeader& header) {
  std::ostringstream text;
  text << lt::name(header.dtype) << ' ' << header.shape << (header.fortran_order ? ", Fortran order" : "")
       << (header.swapped ? ", other byte order" : "");
  return text.str();
}

void print_info(const Options& options) {
  for (const std::string& path : options.inputs) {
    const lt::NpyHeader header = lt::npy_info(path);
    std::cout << path << ": " << described(header) << ", " << header.data_bytes << " bytes\n";
  }
}

lt::NpyHeader joined_info(const Options& options) {
  return options.stack ? lt::stack_npy_info(options.inputs, options.axis)
                       : lt::cat_npy_info(options.inputs, options.axis);
}

void print_summary(const Options& options, const std::string& what, lt::Index bytes, double seconds) {
  std::cout << options.output << ": " << options.inputs.size() << " files, " << what;
  if (seconds > 0.5)  // of less, the disk's own pace says nothing
    std::cout << ", " << bytes / 1'000'000 << " MB in " << std::setprecision(2) << seconds << " s";
  std::cout << '\n';
}

void join(const Options& options) {
  ProgressBar bar("joining");
  lt::CatNpyOptions how;
  how.progress = [&bar](std::size_t done, std::size_t total) { bar.show_bytes(done, total); };
  if (options.no_sync) how.durability = lt::posix::Durability::cached;
  if (options.stack)
    lt::stack_npy(options.inputs, options.output, options.axis, how);
  else
    lt::cat_npy(options.inputs, options.output, options.axis, how);
  const lt::NpyHeader header = lt::npy_info(options.output);
  print_summary(options, described(header), header.data_bytes, bar.elapsed());
}

/// A file at a time, whose rows are all there or, after an error, as far as the last whole file.
template <class T>
void append(const Options& options, const lt::Shape& shape) {
  ProgressBar bar("appending");
  lt::NpyAppender<T> appender(options.output, lt::Shape(shape.begin() + 1, shape.end()));
  lt::Index rows = 0;
  for (const std::string& path : options.inputs) {
    const lt::Tensor<T> piece = lt::load_npy<T>(path);
    appender.append(piece);
    rows += piece.size(0);
    bar.show(static_cast<std::size_t>(rows), static_cast<std::size_t>(shape[0]));
  }
  options.no_sync ? appender.flush() : appender.sync();
  const lt::NpyHeader header = lt::npy_info(options.output);
  print_summary(options, described(header), shape.numel() * static_cast<lt::Index>(sizeof(T)), bar.elapsed());
}

int run(Options& options) {
  lt::set_num_threads(options.threads > 0 ? options.threads : lt::num_threads());  // reads LITORCH_NUM_THREADS
  options.inputs = expand_lists(options.inputs);
  if (options.stdin0)
    for (const std::string& name : read_names(std::cin, '\0')) options.inputs.push_back(name);
  if (options.info)
    print_info(options);
  else if (options.check)
    std::cout << options.inputs.size() << " files fit: " << described(joined_info(options)) << '\n';
  else if (options.append) {
    const lt::NpyHeader joined = lt::cat_npy_info(options.inputs, 0);
    lt::visit_dtype(joined.dtype, [&]<class T>() { append<T>(options, joined.shape); });
  } else {
    join(options);
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Joins .npy files along an axis into one, as numpy.concatenate does, of any size in little memory.\n"
      "OUT appears whole or not at all.",
      "npycat");
  auto* const output = app.add_option("-o,--output", options.output, "The file to write")->type_name("OUT.npy");
  auto* const inputs =
      app.add_option("inputs", options.inputs, "The files to join, in order; @LIST for those in the lines of LIST")
          ->type_name("IN.npy");
  auto* const axis = app.add_option("--axis", options.axis, "Join along this axis; negative ones count from the end")
                         ->capture_default_str();
  auto* const stack = app.add_flag("--stack", options.stack, "Join along a new axis, as numpy.stack does");
  auto* const append = app.add_flag("--append", options.append, "Add the rows of the files to those of OUT, in place")
                           ->excludes(axis)
                           ->excludes(stack);
  app.add_flag("--stdin0", options.stdin0,
               "Join also the files whose names, each ended by a zero byte, are on standard input");
  app.add_flag("--no-sync", options.no_sync, "Do not wait until OUT is on disk");
  app.add_option("-j,--threads", options.threads,
                 "How many threads may copy; by default as many as the process may use")
      ->check(CLI::Range(1, 4096));
  auto* const check =
      app.add_flag("--check", options.check, "Say what would be written, or what does not fit, and join nothing")
          ->excludes(output)
          ->excludes(append);
  app.add_flag("--info", options.info, "Print type, shape and size of each file, and join nothing")
      ->excludes(output)
      ->excludes(axis)
      ->excludes(append)
      ->excludes(check);
  app.footer("Exit codes: 0 done; 2 not done, and one line on standard error says why.");
  try {
    app.parse(argc, argv);
    if (inputs->empty() && !options.stdin0) throw CLI::RequiredError("inputs");
    if (!options.info && !options.check && options.output.empty()) throw CLI::RequiredError("-o,--output");
    return run(options);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::cerr << "npycat: " << error.what() << "; see npycat --help\n";
  } catch (const std::bad_alloc&) {
    std::cerr << "npycat: not enough memory\n";
  } catch (const std::exception& error) {
    std::cerr << "npycat: " << error.what() << '\n';
  }
  return 2;
}
