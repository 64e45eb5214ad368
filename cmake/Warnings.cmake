# litorch_warnings(<target>): the warnings litorch's own code is free of. A target that compiles something gets them
# for itself, an INTERFACE library hands them to whatever is compiled on its behalf.
option(LITORCH_WERROR "Treat warnings in litorch's own tests and examples as errors" OFF)

function(litorch_warnings target)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    set(scope INTERFACE)
  else()
    set(scope PRIVATE)
  endif()
  target_compile_options(${target} ${scope} -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
                                            $<$<BOOL:${LITORCH_WERROR}>:-Werror>)
endfunction()
