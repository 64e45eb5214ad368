# A user's project, configured, built and run; or, with REFUSE, one whose demand for a version of litorch must fail.
#
#   cmake -D PROJECT=<folder> -D WORK_DIR=<scratch> -D OPTIONS=<...;...> [-D WANTED=<version>] [-D REFUSE=ON] -P check.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK_DIR})
set(configure ${CMAKE_COMMAND} -S ${PROJECT} -B ${WORK_DIR} -D WANTED=${WANTED} --no-warn-unused-cli ${OPTIONS})

if(REFUSE)
  execute_process(COMMAND ${configure} RESULT_VARIABLE result ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(result EQUAL 0)
    message(FATAL_ERROR "the demand for litorch ${WANTED} was met")
  elseif(NOT output MATCHES "compatible with requested version \"${WANTED}\".*/litorch-config.cmake, version: ")
    message(FATAL_ERROR "litorch ${WANTED} was refused, but not for its version:\n${output}")
  endif()
  return()
endif()

execute_process(COMMAND ${configure} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK_DIR}/consumer COMMAND_ERROR_IS_FATAL ANY)
