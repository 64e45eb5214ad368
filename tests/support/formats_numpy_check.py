#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks NumPy, zipfile and a safetensors reader of a few lines for a second opinion. Exit code 77 without NumPy.

    formats_numpy_check.py npz|safetensors PROBE [--files N] [--seed N]

The probe copies files that were written here; the copies must hold the same names, types, shapes and bits.
"""

import argparse
import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zipfile

sys.path.insert(0, os.path.dirname(__file__))
from npy_numpy_check import DTYPES, bits, np, numbered, random_layout, random_shape  # exits with 77 without NumPy

TYPES = dict(bool="BOOL", int8="I8", int16="I16", int32="I32", int64="I64", uint8="U8", uint16="U16", uint32="U32",
             uint64="U64", float16="F16", float32="F32", float64="F64", complex64="C64")
NAMES = {short: name for name, short in TYPES.items()}


def require(condition, *what):
    if not condition:
        print("formats_numpy_check: failed:", *what)
        sys.exit(1)


def random_arrays(rng, dtypes):
    arrays = {}
    for number in range(rng.randint(0, 6)):
        name = rng.choice(["arr_%d", "a/b%d", "\u00e9\u4e2d%d", "with space %d", "x.npy%d", "q\"%d"]) % number
        array = random_layout(rng, numbered(rng.choice(dtypes), random_shape(rng), rng.randint(0, 255)))
        if rng.random() < 0.2:
            array = array.astype(array.dtype.newbyteorder(">"))
        arrays[name] = array
    return arrays


def write_npz(rng, path, arrays):
    how = rng.randrange(3)
    if how == 2:  # as a pipe gets it: sizes and checksums behind the members
        class Pipe(io.BytesIO):
            def seekable(self):
                return False

            def tell(self):
                raise OSError("a pipe")

        pipe = Pipe()
        with zipfile.ZipFile(pipe, "w", rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
            for name, array in arrays.items():
                with archive.open(name + ".npy", "w") as file:
                    np.lib.format.write_array(file, array, allow_pickle=False)
        with open(path, "wb") as file:
            file.write(pipe.getvalue())
    else:
        (np.savez if how == 0 else np.savez_compressed)(path, **arrays)


def read_npz(path):
    with zipfile.ZipFile(path) as archive:
        require(archive.testzip() is None, "a checksum is wrong", path)
    with np.load(path, allow_pickle=False) as loaded:
        return {name: loaded[name] for name in loaded.files}, {}


def write_safetensors(rng, path, arrays):
    header, data = {}, b""
    metadata = {f"k{i}": "v\u00e9\n" * i for i in range(rng.randint(0, 3))}
    if metadata:
        header["__metadata__"] = metadata
    for name, array in arrays.items():
        raw = array.astype(array.dtype.newbyteorder("<")).tobytes("C")
        header[name] = {"shape": array.shape, "dtype": TYPES[array.dtype.name], "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    items = list(header.items())
    rng.shuffle(items)
    text = json.dumps(dict(items), ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 1])).encode()
    text += b" " * rng.choice([0, -len(text) % 8])
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
    return metadata


def read_safetensors(path):
    with open(path, "rb") as file:
        whole = file.read()
    (length,) = struct.unpack("<Q", whole[:8])
    header, data = json.loads(whole[8:8 + length]), whole[8 + length:]
    metadata = header.pop("__metadata__", {})
    arrays = {}
    for name, entry in header.items():
        dtype, (begin, end) = np.dtype(NAMES[entry["dtype"]]).newbyteorder("<"), entry["data_offsets"]
        require((8 + length + begin) % dtype.itemsize == 0, "not aligned", name)
        arrays[name] = np.frombuffer(data[begin:end], dtype).reshape(entry["shape"])
    require(sum(array.nbytes for array in arrays.values()) == len(data), "data that belong to nobody")
    return arrays, metadata


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("format", choices=["npz", "safetensors"])
    parser.add_argument("probe")
    parser.add_argument("--files", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    npz, rng = options.format == "npz", random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        cases, pairs = [], []
        for number in range(options.files):
            arrays = random_arrays(rng, DTYPES if npz else list(TYPES))
            pair = [os.path.join(folder, f"{number}.{end}.npz") for end in ("in", "out")]
            metadata = (write_npz if npz else write_safetensors)(rng, pair[0], arrays) or {}
            cases.append((arrays, metadata, pair[1]))
            pairs += pair
        subprocess.run([options.probe, *pairs], check=True)
        count = 0
        for arrays, metadata, path in cases:
            copies, kept = (read_npz if npz else read_safetensors)(path)
            require(kept == metadata and set(copies) == set(arrays), "other names", list(copies), list(arrays), kept)
            require(not npz or list(copies) == list(arrays), "another order", list(copies))
            for name, array in arrays.items():
                require(bits(copies[name]) == bits(array), "other elements", name, array.dtype, array.shape)
                if npz and array.ndim > 1 and array.size > 1:
                    require(copies[name].flags.f_contiguous == array.flags.f_contiguous, "another order", name)
                count += 1
    print(f"{count} tensors in {len(cases)} {options.format} files came back with the same names, types, shapes and bits")


main()
