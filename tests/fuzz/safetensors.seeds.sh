#!/bin/sh
# SPDX-License-Identifier: MIT
# Some good safetensors files to start from: sh safetensors.seeds.sh FOLDER
set -eu
folder=$1
seed() { # name, header of 32 to 255 characters, bytes of data
  { printf "\\$(printf %03o ${#2})\0\0\0\0\0\0\0"; printf %s "$2"; head -c "$3" /dev/zero; } >"$folder/$1"
}
seed empty '{}                              ' 0
seed one '{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}' 24
seed scalar '{"":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}' 8
seed two '{"b":{"dtype":"BOOL","shape":[3],"data_offsets":[2,5]},"a":{"dtype":"BF16","shape":[1],"data_offsets":[0,2]}}' 5
seed metadata '{"__metadata__":{"k":"v","\u00e9":"\n"},"a":{"data_offsets":[0,0],"shape":[0,4],"dtype":"I64"}}' 0
seed small '{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]},"b":{"dtype":"C64","shape":[1],"data_offsets":[1,9]}}' 9
seed deep '{"a":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]' 0
seed large '{"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}' 8
