#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what the tests are built with and a fresh Debian machine lacks.
set -eu
cd "$(dirname "$0")/.."

sh cmake/install_packages.sh g++ cmake ninja-build catch2 libcli11-dev libeigen3-dev libdlpack-dev \
  libzip-dev nlohmann-json3-dev libopenmpi-dev openmpi-bin
# NumPy is the second opinion of the .npy tests, which do without it. PyTorch (python3-torch) is asked only where it is
# there: it is large.
sh cmake/install_packages.sh python3-numpy || echo "tests/packages.sh: no NumPy: the tests that compare with it are skipped"
