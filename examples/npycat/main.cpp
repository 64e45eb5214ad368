// SPDX-License-Identifier: MIT
// npycat: joins .npy files into one, and cuts one into several.
#include "options.hpp"
#include "part_names.hpp"
#include "support/progress.hpp"

#include <sys/resource.h>

#include <iomanip>
#include <new>
#include <sstream>

namespace lt = litorch;

namespace {

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

/// Names every file that cannot be read or is not whole, then the first that does not fit.
void check(const Options& options) {
  std::size_t bad = 0;
  for (const std::string& path : options.inputs) {
    try {
      lt::npy_info(path);
    } catch (const lt::Error& error) {
      ++bad;
      std::cerr << "npycat: " << error.what() << '\n';
    }
  }
  if (bad > 0)
    throw std::runtime_error(std::to_string(bad) + " of " + std::to_string(options.inputs.size()) + " files are bad");
  const lt::NpyHeader joined = options.stack ? lt::stack_npy_info(options.inputs, options.axis, options.how())
                                             : lt::cat_npy_info(options.inputs, options.axis, options.how());
  std::cout << options.inputs.size() << " files fit: " << described(joined) << '\n';
}

/// `what` tells how many files there were.
void print_summary(const std::string& what, lt::Index bytes, double seconds) {
  std::cout << what;
  if (seconds > 0.5)  // of less, the disk's own pace says nothing
    std::cout << ", " << bytes / 1'000'000 << " MB in " << std::setprecision(2) << seconds << " s";
  std::cout << '\n';
}
void print_joined(const Options& options, lt::Index bytes, double seconds) {
  const std::string count = std::to_string(options.inputs.size());
  print_summary(options.output + ": " + count + " files, " + described(lt::npy_info(options.output)), bytes, seconds);
}

lt::CatNpyOptions with_progress(const Options& options, ProgressBar& bar) {
  lt::CatNpyOptions how = options.how();
  how.progress = [&bar](std::size_t done, std::size_t total) { bar.show_bytes(done, total); };
  return how;
}

void join(const Options& options) {
  ProgressBar bar("joining");
  const lt::CatNpyOptions how = with_progress(options, bar);
  if (options.stack)
    lt::stack_npy(options.inputs, options.output, options.axis, how);
  else
    lt::cat_npy(options.inputs, options.output, options.axis, how);
  print_joined(options, lt::npy_info(options.output).data_bytes, bar.elapsed());
}

/// All parts are open at once.
void allow_open_files() {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

void split(const Options& options) {
  if (options.inputs.size() != 1)
    throw std::runtime_error("--split takes one file, not " + std::to_string(options.inputs.size()));
  const std::vector<std::string> parts = part_names(options.output, options.split);
  const lt::NpyHeader whole = lt::npy_info(options.inputs[0]);
  allow_open_files();
  ProgressBar bar("splitting");
  lt::split_npy(options.inputs[0], parts, options.axis, with_progress(options, bar));
  const lt::NpyHeader first = lt::npy_info(parts.front());
  const lt::Index bytes = whole.shape.numel() * lt::info(first.dtype).item_size;
  const std::string names = parts.size() == 1 ? parts.front() : parts.front() + " to " + parts.back();
  print_summary(names + ": " + std::to_string(parts.size()) + " parts, the first " + described(first), bytes,
                bar.elapsed());
}

/// A file at a time; after an error the rows before it are there, whole.
template <class T>
void append(const Options& options, const lt::Shape& shape) {
  ProgressBar bar("appending");
  lt::NpyAppender<T> appender(options.output, lt::Shape(shape.begin() + 1, shape.end()));
  const std::size_t row = static_cast<std::size_t>(shape.with(0, 1).numel()) * sizeof(T);
  std::size_t done = 0;
  for (const std::string& path : options.inputs) {
    const lt::Index before = appender.size();
    appender.append_file(path, options.how().casting);
    done += static_cast<std::size_t>(appender.size() - before) * row;
    bar.show_bytes(done, static_cast<std::size_t>(shape.numel()) * sizeof(T));
  }
  options.no_sync ? appender.flush() : appender.sync();
  print_joined(options, shape.numel() * static_cast<lt::Index>(sizeof(T)), bar.elapsed());
}

int run(Options& options) {
  lt::set_num_threads(options.threads > 0 ? options.threads : lt::num_threads());  // reads LITORCH_NUM_THREADS
  options.inputs = expand_names(options.inputs);
  if (options.stdin0)
    for (const std::string& name : read_names(std::cin, '\0')) options.inputs.push_back(name);
  if (options.info)
    print_info(options);
  else if (options.check)
    check(options);
  else if (options.split > 0)
    split(options);
  else if (options.append) {
    const lt::NpyHeader joined = lt::cat_npy_info(options.inputs, 0, options.how());
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
      "Joins .npy files along an axis into one, as numpy.concatenate does, of any size in little memory, or splits "
      "one.\n"
      "OUT appears whole or not at all.",
      "npycat");
  try {
    parse(app, options, argc, argv);
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
