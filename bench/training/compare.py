# SPDX-License-Identifier: MIT
"""compare.py [--quick] PROGRAMS TABLE: how train_digits scales, and how the machine does: two trainings of one thread at
once share nothing but the machine, and no program of two threads is faster than both of them. Writes a table."""
import os
import statistics
import subprocess
import sys
import time

DIGITS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../examples/data/digits")


def seconds(trainings):
    """Until all of the programs, started at once, have ended."""
    start = time.perf_counter()
    running = [subprocess.Popen(training, stdout=subprocess.DEVNULL) for training in trainings]
    if any([training.wait() != 0 for training in running]):
        sys.exit("compare.py: a training failed")
    return time.perf_counter() - start


def main():
    quick = sys.argv[1] == "--quick"
    programs, table = sys.argv[-2:]
    rounds, epochs = (1, 2) if quick else (15, 80)
    program = os.path.join(programs, "bench_train_digits")

    def training(kind, workers):
        return [program, DIGITS, "--epochs", str(epochs), "--workers", kind, "--threads", str(workers)]

    jobs = {}
    for kind in ("threads", "processes"):
        jobs[f"{kind}, 1"] = [training(kind, 1)]
        jobs[f"{kind}, 2"] = [training(kind, 2)]
        jobs[f"{kind}, two programs"] = 2 * [training(kind, 1)]
    found = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, trainings in jobs.items():
            found[name].append(seconds(trainings))
    median = {name: statistics.median(samples) for name, samples in found.items()}

    lines = [f"`train_digits`, {epochs} epochs, start and end of the program included; medians of {rounds} rounds by turns.",
             "", "| workers | one | two | gain | two programs of one worker at once | the machine's gain |",
             "|---|---:|---:|---:|---:|---:|"]
    for kind in ("threads", "processes"):
        one, two, both = (median[f"{kind}, {name}"] for name in ("1", "2", "two programs"))
        lines.append(f"| {kind} | {one:.3g} s | {two:.3g} s | {one / two:.2f}× | {both:.3g} s | {2 * one / both:.2f}× |")
    lines.append("")
    with open(table, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
