# SPDX-License-Identifier: MIT
"""peers.py FOLDER CALLS: the joins of shards_litorch by NumPy and by cat of coreutils, as JSON in seconds."""
import glob
import json
import os
import statistics
import subprocess
import sys
import time

import numpy as np

folder, calls = sys.argv[1], int(sys.argv[2])
output = os.path.join(folder, "joined.npy")


def numpy_join(paths, dim):
    np.save(output, np.concatenate([np.load(path) for path in paths], dim))


def cat(paths, dim):
    with open(output, "wb") as file:
        subprocess.run(["cat", *paths], check=True, stdout=file)


def median(call, paths, dim, synced):
    seconds = []
    for _ in range(calls):
        if os.path.exists(output):
            os.remove(output)
        start = time.perf_counter()
        call(paths, dim)
        if synced:
            file = os.open(output, os.O_RDONLY)
            os.fsync(file)
            os.close(file)
        seconds.append(time.perf_counter() - start)
    os.remove(output)
    return statistics.median(seconds)


found = {}
for dim in (0, 1):
    shards = sorted(glob.glob(os.path.join(folder, f"{dim}-*.npy")))
    for synced in (False, True):
        how = f"dim {dim}, {'synced' if synced else 'cached'}"
        found[f"NumPy, {how}"] = median(numpy_join, shards, dim, synced)
        if dim == 0:
            found[f"cat, {how}"] = median(cat, shards, dim, synced)
print(json.dumps(found))
