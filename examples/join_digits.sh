#!/bin/sh
# Joins the shards of the digits with npycat, checks the result and draws some.
# usage: join_digits.sh NPYCAT SHOW_DIGITS FOLDER
set -eu
npycat=$1
show_digits=$2
folder=$3
data=$(dirname "$0")/data/digits

"$npycat" --info "$data"/images-*.npy
echo
"$npycat" --axis 0 -o "$folder/images.npy" "$data"/images-*.npy
"$npycat" --axis 0 -o "$folder/labels.npy" "$data"/labels-*.npy
echo
"$show_digits" "$folder/images.npy" "$folder/labels.npy"
