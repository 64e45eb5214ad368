# Opt-in parts of litorch: headers that need another library, a target each. A part is a file in components/ whose first
# line says what it is and where to get what it needs, and that then says
#
#   set(headers ...)    which headers of include/litorch belong to it: patterns
#   find_package(...)   how to find what they need, without an error where it is missing
#   set(needs ...)      the targets that it found, which litorch::<part> then links
#
# The headers are always installed, with the core; the targets are made where they are used, as only the user's machine
# knows what is on it. They are imported ones, so that libraries that link them can be exported.

# litorch_component(<part> <core target> <variable>): makes litorch::<part> and sets <variable>_FOUND, or sets
# <variable>_NOT_FOUND_MESSAGE. The target is seen where the core target is: everywhere, or, where that was found by
# find_package(), in the folder of the call and those below.
function(litorch_component part core variable)
  get_target_property(core_is_found ${core} IMPORTED)
  if(NOT core_is_found)
    set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
  endif()
  set(needs "")
  include(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/components/${part}.cmake OPTIONAL RESULT_VARIABLE file)

  set(scope "") # all that follow are set after the include, which may set anything
  if(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL)
    set(scope GLOBAL)
  endif()
  set(found FALSE)
  set(message "")
  if(file)
    set(found TRUE)
    foreach(need IN LISTS needs)
      if(NOT TARGET ${need})
        set(found FALSE)
        file(STRINGS ${file} about LIMIT_COUNT 1)
        string(REGEX REPLACE "^# *" "" about "${about}")
        string(APPEND message "litorch::${part} needs ${need}, which was not found (${about}). ")
      endif()
    endforeach()
  else()
    set(folder ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/components)
    file(GLOB parts RELATIVE ${folder} ${folder}/*.cmake)
    list(TRANSFORM parts REPLACE "\\.cmake$" "")
    list(JOIN parts ", " parts)
    set(message "litorch has no part ${part}; it has ${parts}. ")
  endif()
  if(found AND NOT TARGET litorch::${part})
    add_library(litorch::${part} INTERFACE IMPORTED ${scope})
    target_link_libraries(litorch::${part} INTERFACE ${core} ${needs})
  endif()
  set(${variable}_FOUND ${found} PARENT_SCOPE)
  set(${variable}_NOT_FOUND_MESSAGE "${message}" PARENT_SCOPE)
endfunction()

# litorch_component_headers(<part> <include folder> <variable>): the headers of a part, without looking for its needs.
function(litorch_component_headers part folder variable)
  file(STRINGS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/components/${part}.cmake line REGEX "^set\\(headers .*\\)$")
  string(REGEX REPLACE "^set\\(headers (.*)\\)$" "\\1" patterns "${line}")
  separate_arguments(patterns)
  list(TRANSFORM patterns PREPEND ${folder}/litorch/)
  file(GLOB found CONFIGURE_DEPENDS ${patterns})
  set(${variable} ${found} PARENT_SCOPE)
endfunction()
