# Tensors as Eigen's matrices. Debian: libeigen3-dev.
set(headers interop/eigen.hpp interop/eigen_tensor.hpp)
find_package(Eigen3 3.3 QUIET CONFIG)
set(needs Eigen3::Eigen)
