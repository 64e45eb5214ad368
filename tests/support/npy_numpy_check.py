#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Asks NumPy for a second opinion on .npy files. Exit code 77 where there is no NumPy.

    npy_numpy_check.py NPY_PROBE [--files N] [--headers N] [--seed N]

Files that NumPy wrote must come back from litorch with the same bits, files that litorch wrote must read in NumPy as
what they are, and every mutated header that litorch accepts NumPy must accept, with the same meaning.
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

try:
    import numpy as np
except ImportError:
    print("npy_numpy_check: no NumPy for", sys.executable, "- skipped")
    sys.exit(77)

FORMAT = getattr(np.lib, "_format_impl", np.lib.format)  # where NumPy 2 keeps it
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


WORDS = ("'descr' 'fortran_order' 'shape' \"descr\" \"shape\" True False None 0 1 2 3 10 -1 1L 0x1 1_0 00 01 1e1 1. + - ~ "
         "' \" '' \\ ( ) () (,) (1,) (2,2) [ ] { } {} : , ,, ; # @ . * _ = < > | ! u' b' '<f8' '>f4' '|b1' '=i2' '|O' "
         "<f4 i8 9223372036854775807 9223372036854775808 4611686018427387904 18446744073709551616 "
         "1152921504606846976 'a' lambda not or and if else").split()
BYTES = [bytes([value]) for value in range(256)]


def base_headers():
    """Dictionaries as NumPy and others write them."""
    texts = []
    for descr in ("<f8", "|b1", ">i4", "<c16", "|u1", "<f2", "<i1", ">u8"):
        for shape in ("()", "(3,)", "(2, 3)", "(0, 4)", "(1, 2, 3, 4, 5, 6, 7, 8)", "(1797,8,8,)"):
            for order in ("True", "False"):
                texts.append(f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}")
    texts += [text.replace("'", '"') for text in texts[::7]] + [text.replace(" ", "") for text in texts[::5]]
    texts += [text.replace(" ", "   ") for text in texts[::9]]
    return [text.encode() for text in texts]


def mutate_text(rng, text):
    for _ in range(rng.choice([0, 1, 1, 1, 2, 2, 3])):
        at, end = sorted((rng.randint(0, len(text)), min(len(text), rng.randint(0, len(text) + 8))))
        how = rng.randrange(9)
        if how == 0:
            text = text[:at] + rng.choice(BYTES) + text[at + 1:]
        elif how == 1:
            text = text[:at] + text[at + rng.randint(1, 3):]
        elif how == 2:
            text = text[:at] + rng.choice(WORDS).encode() + text[at:]
        elif how == 3:
            text = text[:at] + rng.choice(WORDS).encode() + text[at + rng.randint(1, 4):]
        elif how == 4:
            text = text[:end] + text[at:end] + text[end:]
        elif how == 5:
            text = text[:at] + b" " * rng.randint(1, 5) + text[at:]
        elif how == 6:
            digits = [i for i, byte in enumerate(text) if 48 <= byte <= 57]
            if digits:
                i = rng.choice(digits)
                text = text[:i] + str(rng.choice([0, 1, 2, 4, 7, 8, 16, 64, 10**9, 10**18, 2**63 - 1, 2**63])).encode() + text[i + 1:]
        elif how == 7:
            parts = text.strip(b"{}").split(b", ")
            rng.shuffle(parts)
            text = b"{" + b", ".join(parts) + b"}"
        else:
            text = text[:at] + rng.choice([b"\t", b"\n", b"\r", b"\0", b" ", b"\xa0", b"\xc3\xa9"]) + text[at:]
    return text


def mutant(rng, bases):
    version = rng.choice([1, 1, 2, 3])
    text = mutate_text(rng, rng.choice(bases))
    end = rng.choice([b"\n"] * 12 + [b"", b" ", b"\n\n", b"\r\n", b"\0\n"])
    padding = b" " * rng.choice([0, 1, 5, 20, -(len(text) + len(end) + 8 + (2 if version == 1 else 4)) % 64])
    header = text + padding + end
    length = len(header) + rng.choice([0] * 30 + [-1, 1, 5, 9000])
    preamble = b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", max(0, length))
    if rng.random() < 0.03:
        at = rng.randrange(len(preamble))
        preamble = preamble[:at] + rng.choice(BYTES) + preamble[at + 1:]
    return preamble + header


def swept_headers():
    """One file of each version with every byte of its header replaced by every other."""
    for version in (1, 2, 3):
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            FORMAT.write_array(buffer, np.zeros((3, 2), "<f4", "F"), (version, 0))
        header = buffer.getvalue()[:-24]
        for at in range(len(header)):
            # NumPy sees every printable byte, and every byte in the preamble.
            for value in range(256) if at < 12 or version == 1 else range(32, 127):
                yield header[:at] + bytes([value]) + header[at + 1:]


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


def main():
    global OPTIONS
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("--files", type=int, default=600)
    parser.add_argument("--headers", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    OPTIONS = parser.parse_args()
    warnings.simplefilter("ignore")  # NumPy and Python comment on many of the mutants
    for check in (check_files_from_numpy, check_files_from_litorch, check_headers):
        with tempfile.TemporaryDirectory() as folder:
            check(random.Random(OPTIONS.seed), folder)


if __name__ == "__main__":
    main()
