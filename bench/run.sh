#!/bin/sh
# SPDX-License-Identifier: MIT
# Measures litorch against a plain copy and against the libraries of the field, and writes what it found to
# bench/results/<processor>: results.json, table.md and plots.
#
#   sh bench/run.sh [--quick] [FOLDER]
#
# FOLDER: where to write instead. --quick: a smoke test of a minute, whose numbers mean nothing; the only peers it asks
# for are small to install. LITORCH_BENCH_PEERS, e.g. "torch eigen", says which peers to compare with.
set -eu
cd "$(dirname "$0")/.."

quick=
if [ "${1-}" = --quick ]; then
  quick=--quick
  shift
fi

sh cmake/install_packages.sh g++ cmake ninja-build libbenchmark-dev python3
if [ -n "$quick" ]; then
  peers=${LITORCH_BENCH_PEERS-eigen}
else
  peers=${LITORCH_BENCH_PEERS-torch eigen xtensor onednn}
fi
for package in python3-numpy libopenmpi-dev openmpi-bin libeigen3-dev libcli11-dev $(
  for peer in $peers; do
    case $peer in
      torch) echo libtorch-dev ;;
      eigen) echo libeigen3-dev ;;
      xtensor) echo libxtensor-dev ;;
      onednn) echo libdnnl-dev ocl-icd-opencl-dev ;; # which its CMake package asks for
    esac
  done
); do
  sh cmake/install_packages.sh "$package" || echo "bench/run.sh: no $package: litorch is measured without it"
done

if [ -z "$quick" ]; then
  sh cmake/install_packages.sh python3-torch || echo "bench/run.sh: no python3-torch: its process pool and loader are left out"
fi

cmake --preset bench -D LITORCH_BENCH_PEERS="$(echo "$peers" | tr ' ' ';')"
cmake --build --preset bench --parallel "$(nproc)"

folder=${1-}
if [ -z "$folder" ]; then
  said() { sed -n "s/^$1[[:space:]]*: //p" /proc/cpuinfo | head -n 1; }
  processor=$(said 'model name')
  # Virtual machines may call processors that differ much by one name.
  [ -z "$processor" ] || processor="$processor family $(said 'cpu family') model $(said model)"
  slug=$(echo "${processor:-$(uname -m)}" | tr '[:upper:]' '[:lower:]' | tr -sc '[:alnum:]\n' - | sed 's/-*$//')
  folder=bench/results/$slug
fi
mkdir -p "$folder"
python3 -B bench/collect.py $quick build/bench/bench "$folder/results.json"
python3 -B bench/report.py "$folder"
python3 -B bench/processes/compare.py $quick build/bench/bench "$folder/processes.md"
python3 -B bench/data_loader/compare.py $quick build/bench/bench "$folder/data_loader.md"
if [ -z "$quick" ] || python3 -c 'import numpy' 2>/dev/null; then
  python3 -B bench/shards/compare.py $quick build/bench/bench "$folder/shards.md"
fi
if [ -x build/bench/bench/mpi_ranks ] && command -v mpirun >/dev/null; then
  python3 -B bench/mpi/compare.py $quick build/bench/bench "$folder/mpi.md"
fi
if [ -x build/bench/bench/bench_train_digits ]; then
  python3 -B bench/training/compare.py $quick build/bench/bench "$folder/training.md"
fi
