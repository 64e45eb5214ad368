#!/bin/sh
# SPDX-License-Identifier: MIT
# Trains from three seeds, and with other numbers of workers, and requires what train_digits promises: 95 % of the digits
# that are held out, and the same bits for any number of threads or processes.
# usage: check.sh TRAIN_DIGITS FOLDER
set -eu
train_digits=$1
folder=$(mktemp -d "$2/train_digits.XXXXXX")
trap 'rm -r "$folder"' EXIT
data=$(dirname "$0")/../data/digits

fail() {
  echo "check.sh: $1" >&2
  exit 1
}
# The last line of a training: "held out: 479 of 497 right, 96.4 %; weights 0123456789abcdef"
train() {
  "$train_digits" "$data" "$@" >"$folder/printed" || fail "'train_digits $*' failed"
  tail -n 1 "$folder/printed"
}
require_95() {
  echo "$1" | awk '{exit !($2 == "out:" && $4 == "of" && $5 > 0 && 100 * $3 >= 95 * $5)}' || fail "below 95 %: $1"
}
require_equal() {
  [ "$1" = "$2" ] || fail "$3: '$1' is not '$2'"
}

for workers in threads processes; do
  for seed in 1 2 3; do
    result=$(train --workers "$workers" --threads 2 --seed "$seed")
    echo "$workers, seed $seed: $result"
    require_95 "$result"
  done
  one=$(train --workers "$workers" --threads 1 --epochs 2)
  for threads in 2 4; do
    require_equal "$one" "$(train --workers "$workers" --threads "$threads" --epochs 2)" "1 and $threads $workers"
  done
  other=$(train --workers "$workers" --threads 1 --epochs 2 --seed 2)
  [ "${one##* }" != "${other##* }" ] || fail "the seed changes nothing"
  echo "$workers: the same bits for 1, 2 and 4"
done

train --epochs 2 --output "$folder" >/dev/null
for picture in learning_curve.svg confusion.svg; do
  [ "$(tail -n 1 "$folder/$picture")" = "</svg>" ] || fail "$picture is not whole"
done
