#!/bin/sh
# SPDX-License-Identifier: MIT
# Bad input: exit code 2, one line on standard error that names what is wrong, and no output file, whole or partial.
# usage: refuses.sh NPYCAT
set -u
npycat=$1
data=$(cd "$(dirname "$0")/../../examples/data/digits" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0

# expect NEEDLE ARGUMENT...: the message must hold NEEDLE.
expect() {
  needle=$1
  shift
  message=$(timeout 20 "$npycat" "$@" 2>&1 >/dev/null)
  code=$?
  lines=$(printf '%s\n' "$message" | wc -l)
  left=$(find "$folder" -name '*out*' -o -name '.litorch*')
  case $message in
    npycat:*"$needle"*) found=yes ;;
    *) found=no ;;
  esac
  if [ "$code" -ne 2 ] || [ "$lines" -ne 1 ] || [ "$found" = no ] || [ -n "$left" ]; then
    echo "FAIL npycat $*: exit code $code, message '$message', left '$left'"
    failures=$((failures + 1))
  fi
}

mkfifo "$folder/fifo"
mkdir "$folder/folder"
: >"$folder/empty.npy"
head -c 1000 "$data/images-00.npy" >"$folder/short.npy"
echo 'not a tensor' >"$folder/text.npy"
out=$folder/out.npy
images=$data/images-00.npy

expect 'inputs is required'
expect 'output is required' "$images"
expect 'see npycat --help' -o "$out" --unknown "$images"
expect 'not in range 1 to 4096' -j 0 -o "$out" "$images"
expect 'see npycat --help' --axis one -o "$out" "$images"
expect "'$folder/none.npy'" -o "$out" "$images" "$folder/none.npy"
expect 'Is a directory' -o "$out" "$folder/folder"
expect 'is a FIFO, socket or device' -o "$out" "$folder/fifo"
expect 'at byte 0' -o "$out" "$folder/empty.npy"
expect 'at byte 1000' -o "$out" "$folder/short.npy"
expect 'at byte 0' -o "$out" "$folder/text.npy"
expect 'holds int64, expected uint8' -o "$out" "$images" "$data/labels-00.npy"
expect "input 1, '$data/images-01.npy', does not fit" --axis 1 -o "$out" "$images" "$data/images-01.npy"
expect 'dim 3 is out of range for 3 dims; give -3 to 2' --axis 3 -o "$out" "$images"
expect 'No such file or directory' -o "$folder/none/x.npy" "$images"
expect "cannot read the list '$folder/none'" -o "$out" "@$folder/none"
expect 'holds int64, expected uint8' --check "$images" "$data/labels-00.npy"
expect 'the list of inputs is empty' -o "$out" --stdin0 </dev/null
expect "no file matches '$folder/none-*.npy'" -o "$out" "$images" "$folder/none-*.npy"
expect 'int16 cannot hold without loss' --dtype int16 -o "$out" "$data/labels-00.npy"
expect 'float16,float32' --dtype float -o "$out" "$images"
expect 'requires --dtype' --unsafe -o "$out" "$images"
expect 'at byte 1000' --split 2 -o "$out-%d" "$folder/short.npy"
expect '--split takes one file, not 2' --split 2 -o "$out" "$images" "$images"
expect 'is no name for parts' --split 2 -o "$out-%d-%d" "$images"
expect 'is no name for parts' --split 2 -o "$out-%s" "$images"
expect 'is no name for parts' --split 2 -o "$out-%" "$images"
expect 'not in range 1 to 1000000' --split 0 -o "$out" "$images"
expect 'dim 3 is out of range for 3 dims' --split 2 --axis 3 -o "$out" "$images"
expect 'excludes' --split 2 --stack -o "$out" "$images"
expect 'excludes' --split 2 --append -o "$out" "$images"
expect 'at byte 1000' --append -o "$out" "$folder/short.npy"
expect 'excludes' --append --axis 1 -o "$out" "$images"
expect 'excludes' --check -o "$out" "$images"
expect 'is not a regular file' -o "$folder/folder" "$images"
LITORCH_NUM_THREADS=many
export LITORCH_NUM_THREADS
expect 'LITORCH_NUM_THREADS' -o "$out" "$images"
unset LITORCH_NUM_THREADS

# --check names every bad file.
bad=$("$npycat" --check "$folder/short.npy" "$images" "$folder/none.npy" "$folder/text.npy" 2>&1 >/dev/null)
[ $? -eq 2 ] && [ "$(printf '%s\n' "$bad" | wc -l)" -eq 4 ] || { echo "FAIL --check of bad files: $bad"; failures=$((failures + 1)); }
for part in 'short.npy' 'none.npy' 'text.npy' '3 of 4 files are bad'; do
  case $bad in *"$part"*) ;; *) echo "FAIL --check says nothing of $part: $bad"; failures=$((failures + 1)) ;; esac
done

# An output that is there already stays as it was when the join is refused, and is replaced whole when it is not.
cp "$images" "$folder/old.npy"
"$npycat" -o "$folder/old.npy" "$images" "$data/labels-00.npy" 2>/dev/null
cmp -s "$images" "$folder/old.npy" || { echo 'FAIL a refused join changed its output'; failures=$((failures + 1)); }
"$npycat" -o "$folder/old.npy" "$folder/old.npy" "$images" >/dev/null || { echo 'FAIL joining a file onto itself'; failures=$((failures + 1)); }
"$npycat" --info "$folder/old.npy" | grep -q 'uint8 (400, 8, 8)' || { echo 'FAIL the output was not replaced'; failures=$((failures + 1)); }


[ "$failures" -eq 0 ] && echo 'all refused as they should be'
exit "$failures"
