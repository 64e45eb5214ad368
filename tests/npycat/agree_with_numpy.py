# SPDX-License-Identifier: MIT
"""npycat and NumPy on the same random shards: the joined arrays must be the same bytes.

usage: agree_with_numpy.py NPYCAT SETS [SEED]

Each set is written by NumPy (any dtype, order, byte order and format version), joined by npycat, and read by NumPy;
every third output becomes an input of the next set, so that files go back and forth. Half as many sets more are converted,
and a quarter as many files split. Exits with 77 without NumPy.
"""
import io
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import numpy as np
except ImportError:
    print("no NumPy: skipped")
    sys.exit(77)

DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]


def random_array(random, dtype, shape):
    count = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    raw = random.integers(0, 2 if dtype.kind == "b" else 256, count, dtype=np.uint8)
    return np.frombuffer(raw.tobytes(), dtype).reshape(shape)


def write(random, path, array):
    kind = random.integers(0, 4)
    if kind == 1 and array.ndim > 0:
        array = np.asfortranarray(array)
    elif kind == 2 and array.ndim > 0:
        array = array[::-1][::-1]
    elif kind == 3:
        array = array.astype(array.dtype.newbyteorder())
    version = [None, (1, 0), (2, 0), (3, 0)][random.integers(0, 4)]
    with open(path, "wb") as file:
        np.lib.format.write_array(file, array, version)


def as_saved(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def values_of(random, dtype, target, shape):
    """Numbers that NumPy converts to `target` in a way that does not depend on the machine: what cannot be held in an
    integer type is left to litorch's own tests, float64 to float16 too where it is not by way of float32."""
    small = target.kind in "iu"
    low, high = (0, 2) if dtype.kind == "b" else (0, 256) if dtype.kind == "u" or target.kind == "u" else (-128, 128)
    if small and dtype.kind in "iub":  # all bits: they wrap
        return random_array(random, dtype, shape)
    if small:
        high = 120
        return (random.integers(low, high, shape) + random.random(shape) * 0.9 * (low == 0)).astype(np.float32).astype(dtype)
    if dtype.kind in "iu":
        return random_array(random, dtype, shape)
    array = (random.standard_normal(shape) * 10.0 ** random.integers(-6, 7, shape)).astype(np.float32)
    special = random.choice(np.array([0, -0.0, np.inf, -np.inf, np.nan, 65504, 65520, 1e-8], np.float32), shape)
    array = np.where(random.random(shape) < 0.2, special, array).astype(dtype)
    if dtype.kind == "c":
        array = array + dtype.type(1j) * random.integers(-3, 4, shape)
    return array if dtype.kind != "b" else random_array(random, dtype, shape)


def same_numbers(a, b):
    """The same values, NaNs and signs of zeros."""
    if a.dtype.kind == "c":
        return same_numbers(a.real, b.real) and same_numbers(a.imag, b.imag)
    equal = np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    return equal and (a.dtype.kind != "f" or bool(np.all((np.signbit(a) == np.signbit(b)) | np.isnan(a))))


def convert_sets(random, npycat, sets, folder):
    """Files of several types, joined with --dtype, are what astype makes of them; --unsafe only where can_cast says no."""
    refused = 0
    for number in range(sets):
        target = np.dtype(DTYPES[random.integers(0, len(DTYPES))])
        shape = list(random.integers(1, 6, random.integers(1, 4)))
        axis = int(random.integers(0, len(shape)))
        arrays, paths = [], []
        for i in range(random.integers(1, 5)):
            shape[axis] = int(random.integers(0, 40))
            dtype = np.dtype(DTYPES[random.integers(0, len(DTYPES))])
            arrays.append(values_of(random, dtype, target, tuple(shape)))
            paths.append(os.path.join(folder, f"convert-{i}.npy"))
            write(random, paths[-1], arrays[-1])
        output = os.path.join(folder, "converted.npy")
        command = [npycat, f"--axis={axis}", "--no-sync", "--dtype", target.name, "-o", output] + paths
        safe = all(np.can_cast(array.dtype, target, "safe") for array in arrays)
        code = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        refused += not safe
        if code != (0 if safe else 2):
            fail(number, command, "exit code", code)
        if not safe:
            subprocess.run(command + ["--unsafe"], check=True, stdout=subprocess.DEVNULL)
        expected = np.concatenate([array.astype(target) for array in arrays], axis)
        found = np.load(output)
        if found.dtype != target or found.shape != expected.shape or not same_numbers(found, expected):
            fail(number, command, [array.dtype.str for array in arrays], expected, found)
    print(f"{sets} sets converted as astype does, {refused} of them with --unsafe only, as can_cast says")


def split_sets(random, npycat, sets, folder):
    """--split cuts as array_split does, into the files that numpy.save would write."""
    for number in range(sets):
        shape = tuple(random.integers(0, 9, random.integers(1, 5)))
        array = random_array(random, np.dtype(DTYPES[random.integers(0, len(DTYPES))]), shape)
        axis, parts = int(random.integers(0, len(shape))), int(random.integers(1, 6))
        path = os.path.join(folder, "whole.npy")
        write(random, path, array)
        command = [npycat, f"--axis={axis}", "--no-sync", "--split", str(parts), "-o", os.path.join(folder, "cut-%d.npy"), path]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        for i, part in enumerate(np.array_split(array, parts, axis)):
            with open(os.path.join(folder, f"cut-{i}.npy"), "rb") as file:
                if file.read() != as_saved(np.ascontiguousarray(part)):
                    fail(number, command, "part", i, "of", array.dtype.str, shape)
    print(f"{sets} files split as array_split does, byte for byte")


def fail(*what):
    print("differs in set", *what)
    sys.exit(1)


def main():
    npycat, sets = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20261123
    random = np.random.default_rng(seed)
    inputs = 0
    with tempfile.TemporaryDirectory() as folder:
        carried = None
        for number in range(sets):
            stack = bool(random.integers(0, 4) == 0)
            if carried is not None and not stack:
                dtype, shape = carried.dtype, list(carried.shape)
            else:
                dtype = np.dtype(DTYPES[random.integers(0, len(DTYPES))])
                shape = list(random.integers(1, 6, random.integers(0 if stack else 1, 6)))
                carried = None
            axis = int(random.integers(0, len(shape) + (1 if stack else 0)))
            arrays, paths = [], []
            for i in range(random.integers(1, 8)):
                if not stack:
                    shape[axis] = int(random.integers(0, 7))
                array = carried if carried is not None and i == 0 else random_array(random, dtype, shape)
                path = os.path.join(folder, f"in-{i}.npy")
                if array is carried:
                    os.replace(os.path.join(folder, "out.npy"), path)
                else:
                    write(random, path, array)
                arrays.append(array)
                paths.append(path)
            inputs += len(paths)
            output = os.path.join(folder, "out.npy")
            given = axis if random.integers(0, 2) else axis - len(shape) - (1 if stack else 0)
            command = [npycat, f"--axis={given}", "-o", output, "-j", str(random.integers(1, 5))]
            subprocess.run(command + (["--stack"] if stack else []) + paths, check=True, stdout=subprocess.DEVNULL)
            expected = np.ascontiguousarray((np.stack if stack else np.concatenate)(arrays, axis))
            found = np.load(output)
            same = found.dtype == dtype and found.shape == expected.shape and found.tobytes() == expected.tobytes()
            with open(output, "rb") as file:
                same = same and file.read() == as_saved(expected)
            if not same:
                print(f"set {number} of seed {seed} differs: {command} {dtype} {[a.shape for a in arrays]}")
                sys.exit(1)
            carried = found if number % 3 == 0 and found.ndim > 0 else None
        warnings.simplefilter("ignore")  # NumPy comments on conversions
        convert_sets(random, npycat, sets // 2, folder)
        split_sets(random, npycat, sets // 4, folder)
    print(f"{sets} sets of {inputs} files: npycat and NumPy {np.__version__} agree byte for byte")


main()
