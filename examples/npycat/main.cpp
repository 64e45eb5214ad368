// SPDX-License-Identifier: MIT
// npycat: joins .npy files into one.
#include "progress.hpp"

#include <litorch/litorch.hpp>

#include <CLI/CLI.hpp>

#include <iostream>
#include <new>

namespace lt = litorch;

namespace {

struct Options {
  lt::Index axis = 0;
  bool stack = false;
  bool info = false;
  std::size_t threads = 0;
  std::string output;
  std::vector<std::string> inputs;
};

struct BadInput : std::runtime_error {
  using std::runtime_error::runtime_error;
};

void print_info(const std::string& path) {
  const lt::NpyHeader header = lt::npy_info(path);
  std::cout << path << ": " << lt::name(header.dtype) << ' ' << header.shape
            << (header.fortran_order ? ", Fortran order" : "") << (header.swapped ? ", other byte order" : "") << ", "
            << header.data_bytes << " bytes\n";
}

/// The element type of all inputs.
lt::DType common_dtype(const std::vector<std::string>& paths) {
  const lt::DType first = lt::npy_info(paths.front()).dtype;
  for (const std::string& path : paths) {
    const lt::DType dtype = lt::npy_info(path).dtype;
    if (dtype != first)
      throw BadInput("'" + path + "' holds " + std::string(lt::name(dtype)) + ", expected " +
                     std::string(lt::name(first)) + " as in '" + paths.front() + "'; convert it first");
  }
  return first;
}

/// Mapped where the bytes can be used as they are, so that nothing is read before the join needs it.
template <class T>
lt::Tensor<const T> open_input(const std::string& path) {
  const lt::NpyHeader header = lt::npy_info(path);
  const bool as_is = !header.swapped && header.data_offset % static_cast<lt::Index>(alignof(T)) == 0;
  return as_is ? lt::map_npy<T>(path) : lt::Tensor<const T>(lt::load_npy<T>(path));
}

template <class T>
void join(const Options& options) {
  std::vector<lt::Tensor<const T>> inputs;
  for (const std::string& path : options.inputs) inputs.push_back(open_input<T>(path));
  ProgressExecutor executor("joining");
  const lt::Tensor<T> joined =
      options.stack ? lt::stack(inputs, options.axis, executor) : lt::cat(inputs, options.axis, executor);
  executor.finish();
  lt::save_npy(options.output, joined);
  std::cout << options.output << ": " << inputs.size() << " files, " << lt::name(lt::dtype_of<T>) << ' '
            << joined.shape() << '\n';
}

int run(const Options& options) {
  lt::set_num_threads(options.threads > 0 ? options.threads : lt::num_threads());  // reads LITORCH_NUM_THREADS
  if (options.info)
    for (const std::string& path : options.inputs) print_info(path);
  else
    lt::visit_dtype(common_dtype(options.inputs), [&]<class T>() { join<T>(options); });
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Joins .npy files along an axis into one, as numpy.concatenate does. OUT appears whole or not at all.",
               "npycat");
  auto* const output = app.add_option("-o,--output", options.output, "The file to write")->type_name("OUT.npy");
  app.add_option("inputs", options.inputs, "The files to join, in order")->required()->type_name("IN.npy");
  auto* const axis = app.add_option("--axis", options.axis, "Join along this axis; negative ones count from the end")
                         ->capture_default_str();
  app.add_flag("--stack", options.stack, "Join along a new axis, as numpy.stack does");
  app.add_option("-j,--threads", options.threads,
                 "How many threads may copy; by default as many as the process may use")
      ->check(CLI::Range(1, 4096));
  app.add_flag("--info", options.info, "Print type, shape and size of each file, and join nothing")
      ->excludes(output)
      ->excludes(axis);
  app.footer("Exit codes: 0 done; 2 not done, and one line on standard error says why.");
  try {
    app.parse(argc, argv);
    if (!options.info && options.output.empty()) throw CLI::RequiredError("-o,--output");
    return run(options);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::cerr << "npycat: " << error.what() << "; see npycat --help\n";
  } catch (const lt::Error& error) {
    std::cerr << "npycat: " << error.what();
    if (error.input() >= 0)
      std::cerr << "; input " << error.input() << " is '" << options.inputs[static_cast<std::size_t>(error.input())]
                << '\'';
    std::cerr << '\n';
  } catch (const std::bad_alloc&) {
    std::cerr << "npycat: not enough memory for the joined tensor\n";
  } catch (const std::exception& error) {
    std::cerr << "npycat: " << error.what() << '\n';
  }
  return 2;
}
