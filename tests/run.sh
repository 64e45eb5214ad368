#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds litorch and runs its tests, installing first what a fresh Debian machine lacks.
#
#   sh tests/run.sh [dev|clang|release|asan|tsan]
set -eu
cd "$(dirname "$0")/.."
preset=${1:-dev}

sh cmake/install_packages.sh g++ cmake ninja-build catch2 libcli11-dev libeigen3-dev libdlpack-dev \
  libzip-dev nlohmann-json3-dev libopenmpi-dev openmpi-bin
# NumPy is the second opinion of the .npy tests, which do without it. PyTorch (python3-torch) is asked only where it is
# there: it is large.
sh cmake/install_packages.sh python3-numpy || echo "tests/run.sh: no NumPy: the tests that compare with it are skipped"

cmake --preset "$preset"
cmake --build --preset "$preset" --parallel "$(nproc)"
ctest --preset "$preset" --parallel "$(nproc)"
