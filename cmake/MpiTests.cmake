# litorch_add_mpi_test(<test> <ranks> <target>): a test that is `ranks` processes, on however few processors, also as root.
function(litorch_add_mpi_test test ranks target)
  add_test(NAME ${test} COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} ${MPIEXEC_PREFLAGS}
                                $<TARGET_FILE:${target}> ${MPIEXEC_POSTFLAGS})
  set_tests_properties(
    ${test}
    PROPERTIES TIMEOUT 120 PROCESSORS 2
               ENVIRONMENT "OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1;OMPI_MCA_rmaps_base_oversubscribe=1")
endfunction()
