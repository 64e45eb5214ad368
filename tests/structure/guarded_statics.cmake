# A child that is forked while another thread initialises a static variable of a function waits for that for ever: fails
# if PROGRAM has such a variable of litorch. Those of libraries that it uses are theirs.
#
#   cmake -D NM=... -D PROGRAM=... -P guarded_statics.cmake
execute_process(COMMAND ${NM} -C ${PROGRAM} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "guard variable for litorch::[^\n]*\\)::[^\n]*" guarded "${symbols}")
if(guarded)
  list(JOIN guarded "\n  " guarded)
  message(FATAL_ERROR "use asked_once():\n  ${guarded}")
endif()
if(NOT symbols MATCHES "litorch::")
  message(FATAL_ERROR "${PROGRAM} has no symbols of litorch")
endif()
