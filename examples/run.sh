#!/bin/sh
# SPDX-License-Identifier: MIT
# The main job on real input: eight shards of handwritten digits, cut from one data set, become one tensor again; and
# then a network learns to read them, in threads and in processes.
# Installs first what a fresh Debian machine lacks.
set -eu
cd "$(dirname "$0")/.."

sh cmake/install_packages.sh g++ cmake ninja-build libcli11-dev libeigen3-dev

cmake --preset release -D LITORCH_BUILD_TESTS=OFF
cmake --build --preset release --parallel "$(nproc)"

folder=build/release/examples/digits
mkdir -p "$folder"
echo
sh examples/join_digits.sh build/release/examples/npycat build/release/examples/show_digits "$folder"

echo
train_digits=build/release/examples/train_digits
"$train_digits" --output "$folder" examples/data/digits
echo
sh examples/train_digits/check.sh "$train_digits" "$folder"
