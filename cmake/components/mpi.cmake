# Tensors of the ranks of an MPI program. Debian: libopenmpi-dev or libmpich-dev.
set(headers distributed/*.hpp)
set(MPI_CXX_SKIP_MPICXX ON)
find_package(MPI QUIET COMPONENTS CXX)
set(needs MPI::MPI_CXX)
