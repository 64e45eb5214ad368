// SPDX-License-Identifier: MIT
// How litorch calls MPI: the C interface of version 3, every return code looked at.
#pragma once

#include <litorch/base/error.hpp>

#if !defined(OMPI_SKIP_MPICXX)
#define OMPI_SKIP_MPICXX 1
#endif
#if !defined(MPICH_SKIP_MPICXX)
#define MPICH_SKIP_MPICXX 1
#endif
#include <mpi.h>

namespace litorch::detail {

/// Throws MpiError for what `function` of MPI returned, unless it is MPI_SUCCESS.
inline void check_mpi(const char* call, const char* function, int result) {
  if (result == MPI_SUCCESS) return;
  char text[MPI_MAX_ERROR_STRING] = "unknown error";
  int length = 0, error_class = MPI_ERR_UNKNOWN;
  MPI_Error_class(result, &error_class);
  MPI_Error_string(result, text, &length);
  throw MpiError(to_text("litorch::", call, "(): ", function, ": ", text), error_class);
}

/// Throws MpiError where MPI cannot be called now, or not with this communicator.
inline void require_mpi(const char* call, MPI_Comm comm) {
  int begun = 0, ended = 0, inter = 0;
  MPI_Initialized(&begun);
  MPI_Finalized(&ended);
  const auto refuse = [&](int code, const char* what) {
    throw MpiError(to_text("litorch::", call, "(): ", what), code);
  };
  if (begun == 0) refuse(MPI_ERR_OTHER, "MPI is not initialised; call MPI_Init() first");
  if (ended != 0) refuse(MPI_ERR_OTHER, "MPI is finalised already; call this before MPI_Finalize()");
  if (comm == MPI_COMM_NULL) refuse(MPI_ERR_COMM, "the communicator is MPI_COMM_NULL; only its members may call this");
  check_mpi(call, "MPI_Comm_test_inter", MPI_Comm_test_inter(comm, &inter));
  if (inter != 0) refuse(MPI_ERR_COMM, "the communicator has two groups; merge them with MPI_Intercomm_merge() first");
}

}  // namespace litorch::detail
