# SPDX-License-Identifier: MIT
"""npycat and NumPy on the same random shards: the joined arrays must be the same bytes.

usage: agree_with_numpy.py NPYCAT SETS [SEED]

Each set is written by NumPy (any dtype, order, byte order and format version), joined by npycat, and read by NumPy;
every third output becomes an input of the next set, so that files go back and forth. Exits with 77 without NumPy.
"""
import io
import os
import subprocess
import sys
import tempfile

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
    print(f"{sets} sets of {inputs} files: npycat and NumPy {np.__version__} agree byte for byte")


main()
