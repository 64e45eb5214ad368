#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks NumPy for a second opinion on .npy files. Exit code 77 where there is no NumPy.

    npy_numpy_check.py NPY_PROBE [--files N] [--headers N] [--whole N] [--seed N]

Files that NumPy wrote must come back from litorch with the same bits, files that litorch wrote must read in NumPy as
what they are, and every mutated header that litorch accepts NumPy must accept, with the same meaning. Whole files, right,
nearly right and mutated, must load as the same elements in both, and what litorch refuses and NumPy takes must be on the
list STRICTER.
"""

import argparse
import collections
import io
import os
import random
import struct
import subprocess
import sys
import tempfile
import warnings
import zlib

try:
    import numpy as np
except ImportError:
    print("npy_numpy_check: no NumPy for", sys.executable, "- skipped")
    sys.exit(77)

sys.dont_write_bytecode = True
from npy_mutants import FORMAT, base_headers, mutant, swept_headers

DTYPES = ("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128").split()


def probe(command, lines, folder):
    path = os.path.join(folder, command + ".txt")
    with open(path, "wb") as file:
        file.write(lines)
    done = subprocess.run([OPTIONS.probe, command, path], stdout=subprocess.PIPE, check=True)
    return done.stdout.decode().splitlines()


def require(condition, *what):
    if not condition:
        print("npy_numpy_check: seed", OPTIONS.seed, "failed:", *what)
        sys.exit(1)


def random_shape(rng):
    rank = rng.randint(0, 8)
    most = [1, 400, 60, 12, 7, 5, 4, 3, 3][rank]
    shape = [rng.randint(1, most) for _ in range(rank)]
    if rank and rng.random() < 0.1:
        shape[rng.randrange(rank)] = 0
    return tuple(shape)


def numbered(dtype, shape, seed):
    """The array that the probe makes: bytes by formula, in row-major order."""
    dtype = np.dtype(dtype)
    i = np.arange(int(np.prod(shape, dtype=np.int64)) * dtype.itemsize, dtype=np.int64)
    data = ((i * 37 + i // 256 + seed) & 0xFF).astype(np.uint8)
    if dtype == bool:
        data = data % 3 % 2
    return np.frombuffer(data.tobytes(), dtype).reshape(shape)


def bits(array):
    """The elements in this machine's byte order, row-major, as bytes: NaNs compare too."""
    if not array.dtype.isnative:
        array = array.byteswap().view(array.dtype.newbyteorder("="))
    return array.dtype.name, array.shape, array.tobytes("C")


def random_layout(rng, array):
    kind = rng.choice("CFFPS")
    if kind == "F":
        return np.asfortranarray(array)
    if kind == "P" and array.ndim > 1:
        order = rng.sample(range(array.ndim), array.ndim)
        return np.ascontiguousarray(array).transpose(order)
    if kind == "S" and array.ndim:
        return np.repeat(array, 2, axis=0)[::2]
    return array


def check_files_from_numpy(rng, folder):
    cases = []
    for number in range(OPTIONS.files):
        array = random_layout(rng, numbered(rng.choice(DTYPES), random_shape(rng), rng.randint(0, 255)))
        swapped = rng.random() < 0.25
        if swapped:
            array = array.astype(array.dtype.newbyteorder(">" if sys.byteorder == "little" else "<"))
        version = rng.choice([None, None, (1, 0), (2, 0), (3, 0)])
        source, target = (os.path.join(folder, f"{number}.{end}.npy") for end in ("in", "out"))
        with open(source, "wb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            FORMAT.write_array(file, array, version, allow_pickle=False)
        how = "load" if swapped and array.itemsize > 1 else rng.choice(["load", "map"])
        cases.append((array, source, target, how, version in (None, (1, 0)) and array.dtype.isnative))
    probe("copy", "".join(f"{source} {target} {how}\n" for _, source, target, how, _ in cases).encode(), folder)
    same = 0
    for array, source, target, how, plain in cases:
        what = (how, array.dtype.str, array.shape, array.strides)
        require(bits(np.load(target, allow_pickle=False)) == bits(array), "the copy of NumPy's file differs", *what)
        if plain:
            with open(source, "rb") as a, open(target, "rb") as b:
                require(a.read() == b.read(), "the copy of NumPy's file has other bytes", *what)
            same += 1
    print(f"{len(cases)} files from NumPy came back with the same bits, {same} of them byte for byte")


def check_files_from_litorch(rng, folder):
    cases = [(os.path.join(folder, f"{number}.npy"), rng.choice(DTYPES), rng.choice("cfsr"), rng.randint(0, 255),
              random_shape(rng)) for number in range(OPTIONS.files)]
    lines = "".join(" ".join(map(str, case[:4] + case[4])) + "\n" for case in cases)
    probe("make", lines.encode(), folder)
    for path, dtype, layout, seed, shape in cases:
        array = np.load(path, allow_pickle=False)
        require(bits(array) == bits(numbered(dtype, shape, seed)), "litorch's file differs", dtype, layout, shape)
        if layout == "f":
            require(array.flags.f_contiguous, "litorch's file is not in Fortran order", dtype, shape)
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        with open(path, "rb") as file:
            require(file.read() == buffer.getvalue(), "NumPy would have written other bytes", dtype, layout, shape)
    print(f"{len(cases)} files from litorch read in NumPy, and are what NumPy would write, byte for byte")


def numpy_header(data):
    """(shape, fortran_order, dtype), or None where NumPy refuses the header."""
    file = io.BytesIO(data)
    try:
        version = FORMAT.read_magic(file)
        FORMAT._check_version(version)
        return FORMAT._read_array_header(file, version)
    except Exception:  # NumPy lets more through than ValueError: tokenize.TokenError, for one
        return None


def check_accepted(data, answer, folder):
    dtype, swapped, fortran_order = np.dtype(answer[1]), answer[2] == "1", answer[3] == "1"
    offset, size, shape = int(answer[4]), int(answer[5]), tuple(map(int, answer[6:]))
    if swapped:
        dtype = dtype.newbyteorder(">" if sys.byteorder == "little" else "<")
    header = numpy_header(data)
    require(header is not None, "NumPy refuses the header", data)
    require(header == (shape, fortran_order, dtype) and header[2].str == dtype.str, "NumPy reads", header, data)
    if size > 1 << 20:
        return False
    whole = data[:offset] + bytes(size)
    path = os.path.join(folder, "header.npy")
    with open(path, "wb") as file:
        file.write(whole)
    for source in (path, io.BytesIO(whole)):
        try:
            array = np.load(source, allow_pickle=False)
        except Exception as error:
            require(False, "NumPy refuses the file:", error, whole[:offset])
        require((array.shape, array.dtype.str) == (shape, dtype.str), "NumPy loads", array.shape, array.dtype, whole[:offset])
        order = array.flags.f_contiguous if fortran_order else array.flags.c_contiguous
        require(order, "NumPy loads another order", whole[:offset])
    return True


def check_headers(rng, folder):
    bases = base_headers()
    mutants = list(swept_headers()) + [mutant(rng, bases) for _ in range(OPTIONS.headers)]
    records = b"".join(struct.pack("<I", len(data)) + data for data in mutants)
    answers = [line.split() for line in probe("headers", records, folder)]
    require(len(answers) == len(mutants), "one answer a header")
    accepted = loaded = 0
    stricter = collections.Counter()
    for data, answer in zip(mutants, answers):
        if answer[0] == "accept":
            accepted += 1
            loaded += check_accepted(data, answer, folder)
        elif numpy_header(data) is not None:
            stricter[int(answer[1])] += 1
    require(accepted > 1000, "too few headers are accepted for the test to mean much:", accepted)
    print(f"{len(mutants)} mutated headers: {accepted} accepted, and by NumPy with the same meaning ({loaded} of them "
          f"loaded as files); {sum(stricter.values())} refused that NumPy takes, by error code {dict(sorted(stricter.items()))}")


# What load_npy refuses and numpy.load takes, by FormatCode; the comment on load_npy has the list in words.
STRICTER = {
    "not_ascii": "tabs, newlines, comments or letters beyond ASCII in the header",
    "not_terminated": "a header that does not end in a newline",
    "bad_syntax": "Python that is more than a plain dictionary: escapes, prefixes, concatenated strings, parentheses",
    "unknown_key": "a key put together from several strings",
    "duplicate_key": "a key twice",
    "bad_dtype": "a type without an explicit byte order, or by another name: =f8, |f8, f8, float64",
    "unsupported_dtype": "strings, dates, structures and numbers of 10, 12 or 16 bytes a part",
    "bad_fortran_order": "True or False in parentheses",
    "bad_shape": "numbers that are no plain decimals: 0x1, 1_0, 1L, 00",
    "too_many_dims": "more than 8 dims",
    "bad_bool": "booleans other than 0 and 1",
    "trailing_data": "bytes behind the data",
}
FORMAT_CODES = ("bad_magic bad_version truncated_header header_too_long not_ascii not_terminated bad_syntax unknown_key "
                "duplicate_key missing_key bad_dtype unsupported_dtype bad_fortran_order bad_shape negative_extent "
                "extent_too_large too_many_dims size_overflow truncated_data trailing_data bad_bool").split()
OTHER_TYPES = ["S3", "U2", "M8[s]", "m8[ms]", "V5", "g", "G", [("a", "<i2"), ("b", "<f4")]]


def saved(rng, array):
    file = io.BytesIO()
    FORMAT.write_array(file, array, rng.choice([None, (1, 0), (2, 0), (3, 0)]), allow_pickle=False)
    return file.getvalue()


def some_array(rng):
    array = random_layout(rng, numbered(rng.choice(DTYPES), random_shape(rng)[:5], rng.randint(0, 255)))
    return array.astype(array.dtype.newbyteorder()) if rng.random() < 0.25 else array


def nearly_right(rng):
    """A file that somebody could have written."""
    how = rng.randrange(7)
    if how == 0:
        return saved(rng, np.zeros(rng.randint(0, 5), rng.choice(OTHER_TYPES)))
    if how == 1:
        return saved(rng, np.zeros((1,) * rng.randint(8, 12), rng.choice(DTYPES)))
    data = saved(rng, some_array(rng))
    if how == 2:
        return data + bytes(rng.randint(1, 20))
    if how == 3:
        return data[:len(data) - rng.randint(1, 20)]
    if how == 4:
        return saved(rng, np.frombuffer(rng.randbytes(rng.randint(1, 9)), np.uint8).view(bool))
    old, new = rng.choice([(b"<", b"="), (b"<", b"|"), (b"'<", b"'"), (b"(", b"[("), (b", )", b",)"), (b"'", b'"'), (b"{", b"{ "),
                           (b"False", b"0"), (b"True", b"1"), (b", }", b"}"), (b"1", b"01"), (b"3", b"3L"), (b" ", b"\t"),
                           (b"'f", b"u'f"), (b"}", b"} #"), (b" \n", b"  "), (b"shape", b"sh\\x61pe"), (b"(", b"(0, "),
                           (b"'shape'", b"'shape': (), 'shape'"), (b"2", b"0x2"), (b"4", b"4_0"), (b"False", b"(False)")])
    end = data.find(b"\n") + 1
    head = data[:10] + data[10:end].replace(old, new, 1) if data[6] == 1 else data[:end]
    return head[:8] + struct.pack("<H", len(head) - 10) + head[10:] + data[end:] if data[6] == 1 else data


def mutated(rng, bases):
    if rng.random() < 0.3:  # bytes of any place
        data = bytearray(saved(rng, some_array(rng)))
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(min(len(data), 160))] = rng.randrange(256)
        return bytes(data[:rng.randint(0, len(data))] if rng.random() < 0.1 else data)
    head = mutant(rng, bases)
    header = numpy_header(head)
    if header is None or len(header[0]) > 40:
        return head + rng.randbytes(rng.choice([0, 1, 64]))
    size = header[2].itemsize
    for extent in header[0]:
        size *= max(0, extent)
    body = bytes(rng.randrange(2) for _ in range(size)) if size < 5000 else b""
    return head + body + bytes(rng.choice([0] * 8 + [1, 8]))


def load_in_numpy(data):
    """What litorch's probe says of the array, or None."""
    try:
        array = np.load(io.BytesIO(data), allow_pickle=False)
    except Exception:
        return None
    if not isinstance(array, np.ndarray):
        return None
    native = array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))
    return [array.dtype.name, "01"[not array.dtype.isnative], *map(str, array.shape), ":", f"{zlib.crc32(native.tobytes('C')):x}"]


def check_whole_files(rng, folder):
    bases = base_headers()
    counts, stricter, unlisted = collections.Counter(), collections.Counter(), {}
    for start in range(0, OPTIONS.whole, 5000):
        files = []
        for _ in range(min(5000, OPTIONS.whole - start)):
            kind = rng.random()
            files.append(saved(rng, some_array(rng)) if kind < 0.3 else nearly_right(rng) if kind < 0.6 else mutated(rng, bases))
        records = b"".join(struct.pack("<I", len(data)) + data for data in files)
        answers = [line.split() for line in probe("load", records, folder)]
        require(len(answers) == len(files), "one answer a file")
        for data, answer in zip(files, answers):
            loaded = load_in_numpy(data)
            if answer[0] == "accept":
                require(loaded is not None, "NumPy refuses", answer, data[:300])
                require(answer[1:3] + answer[4:] == loaded, "NumPy loads", loaded, "litorch", answer, data[:300])
                counts["loaded alike"] += 1
            elif loaded is None:
                counts["refused by both"] += 1
            else:
                code = FORMAT_CODES[int(answer[1])]
                stricter[code] += 1
                if code not in STRICTER:
                    unlisted.setdefault(code, data[:300])
    require(not unlisted, "NumPy loads what litorch refuses for a reason that is not on the list:", unlisted)
    require(counts["loaded alike"] * 10 > OPTIONS.whole * 3 and counts["refused by both"] * 10 > OPTIONS.whole, counts)
    print(f"{OPTIONS.whole} whole files: {dict(counts)}; refused that NumPy loads: {dict(sorted(stricter.items()))}")


def main():
    global OPTIONS
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--headers", type=int, default=20000)
    parser.add_argument("--whole", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    OPTIONS = parser.parse_args()
    warnings.simplefilter("ignore")  # NumPy and Python comment on many of the mutants
    for check in (check_files_from_numpy, check_files_from_litorch, check_headers, check_whole_files):
        with tempfile.TemporaryDirectory() as folder:
            check(random.Random(OPTIONS.seed), folder)


if __name__ == "__main__":
    main()
