# The layer check checked: a tree with one violation of each kind must have every one of them named, and nothing else;
# a clean tree must pass.
#
#   cmake -D CHECK=<Layers.cmake> -D WORK_DIR=<scratch> -P layers_refuses.cmake
cmake_minimum_required(VERSION 3.25)

# Writes a header of `tree`, whose second line starts `content`.
function(write_header tree path content)
  file(WRITE ${WORK_DIR}/${tree}/litorch/${path} "#pragma once\n${content}\n")
  file(APPEND ${WORK_DIR}/${tree}/installed.txt "${WORK_DIR}/${tree}/litorch/${path}\n")
endfunction()

# The same in the tree "bad", with the line the check must print for it.
function(violation path content expected)
  write_header(bad ${path} "${content}")
  set_property(GLOBAL APPEND PROPERTY expected "include/litorch/${path}:${expected}")
endfunction()

function(run_check tree)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -D INCLUDE_DIR=${WORK_DIR}/${tree} -D INSTALLED=${WORK_DIR}/${tree}/installed.txt -P ${CHECK}
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  set(result "${result}" PARENT_SCOPE)
  set(output "${output}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${WORK_DIR})

# --- a clean tree, using every liberty there is ------------------------------------------------------------------------
string(REPEAT "// a line\n" 360 long)
string(REPEAT "// a line\n" 510 too_long)
write_header(good version.hpp "#define LITORCH_VERSION_MAJOR 0")
write_header(good base/config.hpp "#if defined(__linux__) || \\\n  defined(__GNUC__)\n#endif\n#include <vector>")
write_header(good base/error.hpp "#include <litorch/base/config.hpp>\n#if __cplusplus > 1 && defined(__cpp_lib_span)\n#endif")
write_header(good shape/shape.hpp "#include <litorch/base/error.hpp>\n#ifndef NDEBUG\n#endif\n${long}")
write_header(good posix/unique_fd.hpp "#include <unistd.h>\n#ifdef __linux__\n#endif")
write_header(good parallel/cpu_count.hpp "#include <sched.h>\n#include <sys/types.h>")
write_header(good parallel/thread_pool.hpp "#include <pthread.h>")
write_header(good tensor/storage.hpp "#include <litorch/posix/unique_fd.hpp>")
write_header(good ops/concat_plan.hpp "#include <litorch/shape/shape.hpp>")
write_header(good ops/cat.hpp "#include <litorch/ops/concat_plan.hpp>\n#include <litorch/parallel/thread_pool.hpp>")
write_header(good io/npy.hpp "#include <litorch/ops/cat.hpp>")
write_header(good litorch.hpp "#include <litorch/io/npy.hpp>\n#include <litorch/version.hpp>")
run_check(good)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "a clean tree was refused:\n${output}")
elseif(NOT output MATCHES "shape/shape.hpp:36[0-9]: warning: ")
  message(FATAL_ERROR "a long header was not warned of:\n${output}")
endif()

# --- one violation of each kind ----------------------------------------------------------------------------------------
violation(shape/up.hpp "#include <litorch/tensor/storage.hpp>" "2: shape/up.hpp may not include tensor/storage.hpp")
violation(shape/sideways.hpp "\n#include <litorch/parallel/pool.hpp>" "3: shape/sideways.hpp may not include parallel/pool.hpp")
violation(ipc/pool.hpp "#  include <litorch/parallel/pool.hpp>" "2: ipc/pool.hpp may not include parallel/pool.hpp")
violation(ops/leaf.hpp "#include <litorch/interop/eigen.hpp>" "2: ops/leaf.hpp may not include interop/eigen.hpp")
violation(ops/concat_plan.hpp "#include <litorch/tensor/tensor.hpp>" "2: ops/concat_plan.hpp may not include tensor/tensor.hpp")
violation(data/umbrella.hpp "#include <litorch/litorch.hpp>" "2: data/umbrella.hpp may not include litorch.hpp")
violation(litorch.hpp "#include <litorch/distributed/mpi.hpp>" "2: litorch.hpp may not include distributed/mpi.hpp")
violation(version.hpp "#include <litorch/base/config.hpp>" "2: version.hpp may not include base/config.hpp")
violation(extra/thing.hpp "" "1: extra is not a layer")
violation(base/quotes.hpp "#include \"text.hpp\"" "2: base/quotes.hpp must name what it includes as <...>")
violation(tensor/long.hpp "${too_long}" "512: tensor/long.hpp has 512 lines, 500 is the limit")
violation(tensor/system.hpp "#include <sys/mman.h>" "2: tensor/system.hpp may not include <sys/mman.h>")
violation(parallel/wait.hpp "#include <poll.h>" "2: parallel/wait.hpp may not include <poll.h>")
violation(io/threads.hpp "#include <pthread.h>" "2: io/threads.hpp may not include <pthread.h>")
violation(base/os.hpp "#ifdef __linux__\n#endif" "2: base/os.hpp may not ask for __linux__")
violation(ops/compiler.hpp "#if 1\n#elif !defined(__clang__)\n#endif" "3: ops/compiler.hpp may not ask for __clang__")
violation(ops/continued.hpp "#if 1 || \\\n  defined(_WIN32)\n#endif" "3: ops/continued.hpp may not ask for _WIN32")
violation(shape/feature.hpp "# if __has_feature(x)\n#endif" "2: shape/feature.hpp may not ask for __has_feature")
write_header(bad io/turn_a.hpp "#include <litorch/io/turn_b.hpp>")
violation(io/turn_b.hpp "#include <litorch/io/turn_a.hpp>" "2: include cycle: io/turn_a.hpp -> io/turn_b.hpp -> io/turn_a.hpp")
violation(io/unguarded.hpp "" "1: io/unguarded.hpp has no #pragma once")
file(WRITE ${WORK_DIR}/bad/litorch/io/unguarded.hpp "// #pragma once\n")
file(WRITE ${WORK_DIR}/bad/litorch/io/left_out.hpp "#pragma once\n")
set_property(GLOBAL APPEND PROPERTY expected "include/litorch/io/left_out.hpp:1: io/left_out.hpp is on disk but not installed")

run_check(bad)
get_property(expected GLOBAL PROPERTY expected)
foreach(text IN LISTS expected)
  string(FIND "${output}" "${text}" place)
  if(place EQUAL -1)
    message(SEND_ERROR "not reported: ${text}")
  endif()
endforeach()
list(LENGTH expected count)
if(result EQUAL 0 OR NOT output MATCHES "${count} violations in")
  message(FATAL_ERROR "expected a refusal for ${count} violations, got exit code ${result}:\n${output}")
endif()
