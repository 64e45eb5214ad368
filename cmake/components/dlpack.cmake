# Tensors to and from PyTorch, NumPy and others. Debian: libdlpack-dev
set(headers interop/dlpack.hpp)
find_package(dlpack QUIET CONFIG)
set(needs dlpack::dlpack)
