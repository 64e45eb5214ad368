#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds litorch and runs its tests, installing first what a fresh Debian machine lacks.
#
#   sh tests/run.sh [dev|clang|release|asan|tsan]
set -eu
cd "$(dirname "$0")/.."
preset=${1:-dev}

sh tests/packages.sh

cmake --preset "$preset"
cmake --build --preset "$preset" --parallel "$(nproc)"
ctest --preset "$preset" --parallel "$(nproc)"
