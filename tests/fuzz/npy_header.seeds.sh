#!/bin/sh
# SPDX-License-Identifier: MIT
# Some good .npy files to start from: sh npy_header.seeds.sh FOLDER
set -eu
folder=$1
seed() { # name, preamble, dictionary of at most 116 characters, bytes of data
  { printf "$2"; printf '%-117s\n' "$3"; head -c "$4" /dev/zero; } >"$folder/$1"
}
one='\223NUMPY\1\0v\0'
two='\223NUMPY\2\0v\0\0\0'
three='\223NUMPY\3\0v\0\0\0'
seed scalar "$one" "{'descr': '<f8', 'fortran_order': False, 'shape': (), }" 8
seed vector "$one" "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }" 3
seed matrix "$two" "{'descr': '>i4', 'fortran_order': True, 'shape': (2, 3), }" 24
seed empty "$three" "{'descr': '<c16', 'fortran_order': False, 'shape': (0, 9), }" 0
seed rank8 "$one" "{'shape': (1, 2, 1, 2, 1, 2, 1, 1,), \"descr\": \"<u2\", 'fortran_order': False}" 16
seed object "$one" "{'descr': '|O', 'fortran_order': False, 'shape': (3,), }" 24
seed record "$one" "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (3,), }" 12
seed large "$one" "{'descr': '|u1', 'fortran_order': False, 'shape': (9223372036854775807,), }" 16
