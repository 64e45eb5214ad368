# Installs BUILD_DIR to STAGED, moves that to MOVED, and requires every header of SOURCE_DIR to have arrived, and, where it
# was built (NPYCAT), npycat with its man page.
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE "${STAGED}" "${MOVED}")
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD_DIR} --prefix "${STAGED}" COMMAND_ERROR_IS_FATAL ANY)
file(RENAME "${STAGED}" "${MOVED}")

file(GLOB_RECURSE wanted RELATIVE ${SOURCE_DIR}/include ${SOURCE_DIR}/include/*)
file(GLOB_RECURSE arrived RELATIVE "${MOVED}/include" "${MOVED}/include/*")
if(NOT wanted STREQUAL arrived)
  message(FATAL_ERROR "installed headers: ${arrived}\nheaders of the sources: ${wanted}")
endif()

foreach(file bin/npycat share/man/man1/npycat.1)
  if(NPYCAT AND NOT EXISTS "${MOVED}/${file}")
    message(FATAL_ERROR "${file} is not installed")
  endif()
endforeach()
