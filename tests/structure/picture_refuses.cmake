# The check of the picture checked: it passes on the sources as they are, and fails where one more #include line makes a
# new arrow, where one is gone, and where a layer has no place.
#
#   cmake -D CHECK=<Picture.cmake> -D INCLUDE_DIR=<folder> -D WORK_DIR=<scratch> -P picture_refuses.cmake
cmake_minimum_required(VERSION 3.25)

# Runs the check on a copy of the sources with `text` instead of the header `header`.
function(check_with header text expected)
  file(REMOVE_RECURSE ${WORK_DIR})
  file(COPY ${INCLUDE_DIR}/litorch DESTINATION ${WORK_DIR})
  if(header)
    file(WRITE ${WORK_DIR}/litorch/${header} "${text}")
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -D CHECK=ON -D INCLUDE_DIR=${WORK_DIR} -P ${CHECK} RESULT_VARIABLE result
                  ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(expected STREQUAL "" AND NOT result EQUAL 0)
    message(FATAL_ERROR "the sources as they are were refused: ${output}")
  elseif(expected AND (result EQUAL 0 OR NOT output MATCHES "${expected}"))
    message(FATAL_ERROR "expected a refusal with ${expected}, got exit code ${result}: ${output}")
  endif()
endfunction()

check_with("" "" "")
check_with(shape/one_more.hpp "#include <litorch/base/error.hpp>\n" "") # an arrow that is there
check_with(shape/one_more.hpp "#  include <litorch/posix/file.hpp>\n" "is not what the #include lines say")
check_with(interop/eigen_tensor.hpp "#include <litorch/ops/cat.hpp>\n" "is not what the #include lines say")
check_with(extra/thing.hpp "" "include/litorch/extra has no place in the picture")
file(GLOB headers RELATIVE ${INCLUDE_DIR}/litorch ${INCLUDE_DIR}/litorch/shape/*.hpp)
file(REMOVE_RECURSE ${WORK_DIR})
file(COPY ${INCLUDE_DIR}/litorch DESTINATION ${WORK_DIR})
foreach(header IN LISTS headers)
  file(WRITE ${WORK_DIR}/litorch/${header} "#pragma once\n")
endforeach()
execute_process(COMMAND ${CMAKE_COMMAND} -D CHECK=ON -D INCLUDE_DIR=${WORK_DIR} -P ${CHECK} RESULT_VARIABLE result
                OUTPUT_QUIET ERROR_QUIET)
if(result EQUAL 0)
  message(FATAL_ERROR "layer shape/ includes nothing any more, and the picture still passed")
endif()
