#!/bin/sh
# SPDX-License-Identifier: MIT
# Both roles at once: what they print is what the source says.
#
#   sh check.sh PROGRAM
set -eu
name=example-$$
{
  "$1" produce "$name" &
  "$1" consume "$name"
  wait $!
} | sort | {
  read -r produced
  read -r consumed
  [ "$produced" = "produced (3, 4)" ] && [ "$consumed" = "sum 66 of shape (3, 4)" ]
}
[ ! -e "/dev/shm/litorch.$name" ]
