# A user's project, configured, built and run; or, with REFUSE, one that CMake must refuse, and say so.
#
#   cmake -D PROJECT=<folder> -D WORK_DIR=<scratch> -D OPTIONS=<...;...> [-D WITH=<...;...>] [-D WANTED=<version>]
#         [-D REFUSE=<regex>] -P check.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${WORK_DIR})
set(configure ${CMAKE_COMMAND} -S ${PROJECT} -B ${WORK_DIR} -D WANTED=${WANTED} --no-warn-unused-cli ${OPTIONS} ${WITH})

if(REFUSE)
  execute_process(COMMAND ${configure} RESULT_VARIABLE result ERROR_VARIABLE output)
  string(REGEX REPLACE "[ \n]+" " " output "${output}")
  if(result EQUAL 0)
    message(FATAL_ERROR "must be refused, but was not: ${configure}")
  elseif(NOT output MATCHES "${REFUSE}")
    message(FATAL_ERROR "refused, but not with ${REFUSE}:\n${output}")
  endif()
  return()
endif()

execute_process(COMMAND ${configure} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${WORK_DIR} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${WORK_DIR}/consumer COMMAND_ERROR_IS_FATAL ANY)
