# The check of PROMISES.md checked: a list that names a file or a title that is not there, or a promise without a test, must
# be refused with the line of each, and a sound one must pass.
#
#   cmake -D CHECK=<promises.cmake> -D WORK_DIR=<scratch> -P promises_refuses.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK_DIR})
file(WRITE ${WORK_DIR}/some.cpp "TEST_CASE(\"it holds\") {}\nTEST_CASE(\n    \"so; does this\") {}\n")

# check_list(<name> <text> [<what must be printed>...])
function(check_list name text)
  file(WRITE ${WORK_DIR}/${name}.md "${text}")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -D LIST=${WORK_DIR}/${name}.md -D TESTS_DIR=${WORK_DIR} -P ${CHECK}
    RESULT_VARIABLE result
    OUTPUT_VARIABLE output
    ERROR_VARIABLE output)
  if((ARGC GREATER 2) EQUAL (result EQUAL 0))
    message(FATAL_ERROR "${name}: result ${result}\n${output}")
  endif()
  foreach(expected IN LISTS ARGN)
    string(FIND "${output}" "${expected}" at)
    if(at EQUAL -1)
      message(FATAL_ERROR "${name}: '${expected}' is not in\n${output}")
    endif()
  endforeach()
endfunction()

check_list(sound "# Title\n## one\n- `some.cpp`: it holds\n## two\nText.\n- `some.cpp`: so; does this\n")
check_list(no_file "## one\n- `other.cpp`: it holds\n" "no_file.md:2: no test 'it holds'")
check_list(no_title "## one\n- `some.cpp`: it hold\n" "no_title.md:2: no test 'it hold'")
check_list(no_test "## one\n## two\n- `some.cpp`: it holds\n## three\n" "'one' has no test" "'three' has no test")
check_list(empty "# Title\n" "0 promises")
