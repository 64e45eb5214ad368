#!/bin/sh
# SPDX-License-Identifier: MIT
# Where the names of inputs may come from, and what the names of parts are.
# usage: inputs.sh NPYCAT
set -u
npycat=$1
data=$(cd "$(dirname "$0")/../../examples/data/digits" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
failures=0

# same WHAT FILE FILE: the two are the same bytes.
same() {
  cmp -s "$2" "$3" || { echo "FAIL $1: $2 and $3 differ"; failures=$((failures + 1)); }
}
check() {
  what=$1
  shift
  "$@" >/dev/null || { echo "FAIL $what: $*"; failures=$((failures + 1)); }
}

check joining "$npycat" -o new.npy "$data/images-00.npy" "$data/images-01.npy" "$data/images-02.npy" "$data/images-03.npy"

printf '%s\n' "$data"/images-0[1-2].npy >list
printf '%s\0' "$data"/images-03.npy | "$npycat" -o listed.npy --stdin0 "$data/images-00.npy" @list >/dev/null
same 'names from a list and from standard input' new.npy listed.npy

cp "$data/images-00.npy" grown.npy
check appending "$npycat" --append -o grown.npy "$data"/images-0[1-3].npy
same 'appending in place' new.npy grown.npy
"$npycat" --check "$data/images-0[0-3].npy" | grep -q '^4 files fit: uint8 (' || { echo 'FAIL --check'; failures=$((failures + 1)); }

# Natural order, where the shell sorts part-10 before part-9; zeros in front do not count.
for i in 0 1 2 3; do cp "$data/images-0$i.npy" "part-$((i + 8)).npy"; done
check 'a pattern' "$npycat" -o natural.npy 'part-*.npy'
same 'the order of numbers' new.npy natural.npy
mv part-8.npy part-008.npy
check 'a pattern' "$npycat" -o natural.npy 'part-*.npy'
same 'the order of numbers with zeros' new.npy natural.npy
check 'two patterns' "$npycat" -o two.npy 'part-???.npy' 'part-[91]*.npy'
same 'the order of two patterns' new.npy two.npy

# A file whose name looks like a pattern is that file, and in lists all names are.
cp "$data/images-00.npy" 'p*.npy'
cp "$data/images-00.npy" 'a[b].npy'
check 'a file with a * in its name' "$npycat" -o odd.npy 'p*.npy'
same 'a file with a * in its name' odd.npy "$data/images-00.npy"
echo 'a[b].npy' >odd-list
check 'a list with [] in it' "$npycat" -o odd.npy @odd-list
same 'a list with [] in it' odd.npy "$data/images-00.npy"
rm 'p*.npy' 'a[b].npy'

# parts PATTERN NAME...: --split gives these names, and joining them in this order gives the file back.
parts() {
  pattern=$1
  shift
  mkdir s
  check "--split to $pattern" "$npycat" --split 11 -o "s/$pattern" new.npy
  [ "$(find s -type f | wc -l)" -eq 11 ] || { echo "FAIL --split to $pattern: $(ls s)"; failures=$((failures + 1)); }
  for name; do
    [ -f "s/$name" ] || { echo "FAIL --split to $pattern: no $name in $(ls s)"; failures=$((failures + 1)); }
  done
  check "joining $pattern" "$npycat" -o back.npy 's/*'
  same "what was split to $pattern" new.npy back.npy
  rm -r s
}
parts 'x-%03d.npy' x-000.npy x-007.npy x-010.npy
parts 'x-%d.npy' x-0.npy x-10.npy
parts '100%%-%02d' 100%-00 100%-10
parts x x-00.npy x-10.npy
parts x.npy x-00.npy x-10.npy
check '--split in one' "$npycat" --split 1 -o one.npy new.npy
same '--split in one' new.npy one-0.npy

mkdir many
check 'more parts than files may be open at first' sh -c 'ulimit -S -n 100 && "$0" --split 300 --no-sync -o many/%d new.npy' "$npycat"
check 'joining them' "$npycat" -o back.npy 'many/*'
same 'what was split in 300' new.npy back.npy

[ "$failures" -eq 0 ] && echo 'all names are as they should be'
exit "$failures"
