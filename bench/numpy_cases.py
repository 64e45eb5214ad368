# SPDX-License-Identifier: MIT
"""numpy_cases.py: NumPy does the cases given as JSON on standard input; prints its times as JSON."""
import json
import sys
import time

import numpy


def make_input(shape, form, generator):
    if form == "transposed":
        return generator.random(shape[::-1], dtype=numpy.float32).T
    if form == "contiguous":
        return generator.random(shape, dtype=numpy.float32)
    wide = generator.random(shape[:-1] + [2 * shape[-1]], dtype=numpy.float32)
    return wide[..., :shape[-1]] if form == "narrowed" else wide[..., ::2]


def is_right(result, pieces, dim):
    """Piece by piece, without a concatenation."""
    start = 0
    for piece in pieces:
        stop = start + piece.shape[dim]
        if not numpy.array_equal(result[(slice(None),) * dim + (slice(start, stop),)], piece):
            return False
        start = stop
    return start == result.shape[dim]


def measure(call, effort):
    """Seconds a call, once a repetition."""
    start = time.perf_counter()
    call()
    once = max(time.perf_counter() - start, 1e-7)
    count = max(1, int(effort["seconds"] / once))
    times = []
    for _ in range(effort["repetitions"]):
        start = time.perf_counter()
        for _ in range(count):
            call()
        times.append((time.perf_counter() - start) / count)
    return times


def run_case(case, effort):
    generator = numpy.random.default_rng(1)
    inputs = [make_input(shape, case["form"], generator) for shape in case["shapes"]]
    dim = case["dim"]
    if case["kind"] == "stack":
        result = numpy.stack(inputs, dim)
        pieces = [numpy.expand_dims(piece, dim) for piece in inputs]
        call = lambda: numpy.stack(inputs, dim)
    elif case["kind"] == "into":
        pieces, result = inputs, numpy.empty_like(numpy.concatenate(inputs, dim), order="C")
        call = lambda: numpy.concatenate(inputs, dim, out=result)
        call()
    else:
        pieces, result = inputs, numpy.concatenate(inputs, dim)
        call = lambda: numpy.concatenate(inputs, dim)
    if not is_right(result, pieces, dim):
        sys.exit(f"WRONG RESULT: NumPy of {case['question']}/{case['name']}")
    return measure(call, effort)


def main():
    job = json.load(sys.stdin)
    times = {}
    for case in job["cases"]:
        if case["kind"] != "first_call":
            times[case["question"] + "/" + case["name"]] = run_case(case, job["effort"])
    json.dump({"version": numpy.__version__, "times": times}, sys.stdout)


if __name__ == "__main__":
    main()
