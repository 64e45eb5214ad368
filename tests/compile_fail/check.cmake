# CASE must fail to compile and the compiler must say what its first line, `// expect: <regex>`, demands. A case named
# *.ok.cpp is the twin that shows the failure is no accident: it must compile.
#
#   cmake -D COMPILER=... -D INCLUDE_DIR=... -D CASE=... -P check.cmake
cmake_minimum_required(VERSION 3.25)

execute_process(
  COMMAND ${COMPILER} -std=c++20 -fsyntax-only -I ${INCLUDE_DIR} ${CASE}
  RESULT_VARIABLE result
  OUTPUT_VARIABLE output
  ERROR_VARIABLE output)

if(CASE MATCHES "\\.ok\\.cpp$")
  if(NOT result EQUAL 0)
    message(FATAL_ERROR "must compile, but:\n${output}")
  endif()
  return()
endif()

file(READ ${CASE} text)
if(NOT text MATCHES "^// expect: ([^\n]+)\n")
  message(FATAL_ERROR "the first line of ${CASE} is not `// expect: <regex>`")
endif()
set(expected "${CMAKE_MATCH_1}")
if(result EQUAL 0)
  message(FATAL_ERROR "compiles, but must fail with: ${expected}")
elseif(NOT output MATCHES "${expected}")
  message(FATAL_ERROR "the compiler does not say: ${expected}\n${output}")
endif()
