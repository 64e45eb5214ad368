# SPDX-License-Identifier: MIT
"""peers.py CALLS: 8 pieces of 8 MiB from a standing pool of two processes, joined by NumPy and by PyTorch.

Prints the medians in seconds, as JSON. That the pools stand already is to the advantage of both: litorch forks its
workers in each call. A library that is not installed is left out.
"""
import json
import multiprocessing
import statistics
import sys
import time

SHAPE = (2048, 1024)
TASKS = range(8)


def numpy_piece(task):
    import numpy
    return numpy.full(SHAPE, task, dtype=numpy.float32)


def torch_piece(task):
    import torch
    return torch.full(SHAPE, float(task))


def one_thread():
    import torch
    torch.set_num_threads(1)


def median(calls, call):
    call()
    samples = []
    while len(samples) < calls:
        start = time.perf_counter()
        call()
        samples.append(time.perf_counter() - start)
    return statistics.median(samples)


def main():
    calls = int(sys.argv[1])
    found = {}
    try:
        import numpy
        with multiprocessing.get_context("fork").Pool(2) as pool:
            for dim in (0, 1):
                found[f"numpy dim {dim}"] = median(
                    calls, lambda: numpy.concatenate(pool.map(numpy_piece, TASKS), dim))
    except ImportError:
        pass
    try:
        import torch
        import torch.multiprocessing
        with torch.multiprocessing.get_context("fork").Pool(2, one_thread) as pool:
            for dim in (0, 1):
                found[f"torch dim {dim}"] = median(calls, lambda: torch.cat(pool.map(torch_piece, TASKS), dim))
    except ImportError:
        pass
    print(json.dumps(found))


if __name__ == "__main__":
    main()
