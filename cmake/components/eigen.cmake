# Tensors as Eigen's matrices. Debian: libeigen3-dev
set(headers interop/eigen.hpp interop/eigen_tensor.hpp)
find_package(Eigen3 QUIET CONFIG) # versions before 3.3 have no such target
set(needs Eigen3::Eigen)
