# Opt-in parts of litorch: headers that need another library, a target each. A part is a file in components/ that says
#
#   set(headers ...)    which headers of include/litorch belong to it: patterns
#   find_package(...)   how to find what they need, without an error where it is missing
#   set(needs ...)      the targets that it found, which litorch::<part> then links
#
# The headers are always installed, with the core; the targets are made where they are used, as only the user's machine
# knows what is on it.

# litorch_component(<part> <core target> <variable>): makes litorch::<part> and sets <variable>_FOUND, or sets
# <variable>_NOT_FOUND_MESSAGE.
function(litorch_component part core variable)
  set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON) # whoever links litorch::<part> may stand in another folder
  set(file ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/components/${part}.cmake)
  set(found FALSE)
  if(EXISTS ${file})
    include(${file})
    set(found TRUE)
    foreach(need IN LISTS needs)
      if(NOT TARGET ${need})
        set(found FALSE)
      endif()
    endforeach()
    set(message "litorch::${part} needs ${needs}")
  else()
    set(message "litorch has no part ${part}")
  endif()
  if(found AND NOT TARGET litorch::${part})
    add_library(litorch_${part} INTERFACE)
    target_link_libraries(litorch_${part} INTERFACE ${core} ${needs})
    add_library(litorch::${part} ALIAS litorch_${part})
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
