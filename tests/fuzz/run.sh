#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds every fuzz target with clang (libFuzzer, ASan, UBSan) and runs each for some seconds. A finding is left in
# build/fuzz, and is an error. Exit code 77 where there is no clang with libFuzzer.
#
#   sh tests/fuzz/run.sh [SECONDS=20] [TARGET...]
set -eu
cd "$(dirname "$0")"
root=$(cd ../.. && pwd)
seconds=${1:-20}
[ $# -eq 0 ] || shift
out=$root/build/fuzz
mkdir -p "$out"

compiler=${CXX_FUZZ:-clang++}
flags="-std=c++20 -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all"
if ! echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
  $compiler $flags -x c++ - -o "$out/probe" 2>"$out/probe.log"; then
  echo "tests/fuzz/run.sh: $compiler cannot build fuzz targets (see $out/probe.log) - skipped"
  exit 77
fi

# Headers of other libraries, what is linked for them, and what makes the seeds of archives.
sh "$root/cmake/install_packages.sh" libzip-dev nlohmann-json3-dev python3
libraries() { case $1 in npz) echo -lzip ;; esac; }

[ $# -gt 0 ] || set -- $(grep -l LLVMFuzzerTestOneInput ./*.cpp | sed 's|^\./||; s|\.cpp$||')
for target; do
  $compiler $flags -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Werror -I"$root/include" -I"$root/tests" \
    "$target.cpp" -o "$out/$target" -pthread $(libraries "$target")
done

# All at once: they are one thread each.
for target; do
  corpus=$out/$target.corpus
  mkdir -p "$corpus"
  [ ! -f "$target.seeds.sh" ] || sh "$target.seeds.sh" "$corpus"
  dictionary=
  [ ! -f "$target.dict" ] || dictionary=-dict=$target.dict
  echo "tests/fuzz/run.sh: $target for $seconds s"
  (
    "$out/$target" $dictionary -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 \
      -malloc_limit_mb=64 -artifact_prefix="$out/$target." -print_final_stats=1 "$corpus" >"$out/$target.log" 2>&1 ||
      echo failed >>"$out/$target.log"
  ) &
done
wait
for target; do
  if [ "$(tail -n 1 "$out/$target.log")" = failed ]; then
    tail -n 40 "$out/$target.log"
    echo "tests/fuzz/run.sh: $target failed, its input is in $out"
    exit 1
  fi
  echo "tests/fuzz/run.sh: $target"
  grep -E 'number_of_executed_units|average_exec_per_sec|peak_rss_mb' "$out/$target.log"
done
