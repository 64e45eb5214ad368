# SPDX-License-Identifier: MIT
"""compare.py [--quick] PROGRAMS TABLE: the loaders of litorch, libtorch and PyTorch by turns; writes a table."""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import turns

DATASETS = {
    "rows": "10,000 × (5) float32 in memory, batches of 256",
    "images": "60,000 × (28, 28) uint8 and a label in memory, batches of 256",
    "mapped": "16,000 × (3, 160, 160) uint8 in 8 mapped `.npy` shards, 1.2 GB, batches of 64",
}


def main():
    quick = sys.argv[1] == "--quick"
    programs, table = sys.argv[-2:]
    rounds, calls = (1, 1) if quick else (3, 3)
    with tempfile.TemporaryDirectory() as shards:
        commands = [[os.path.join(programs, "data_loader_litorch"), str(calls), shards]]
        if os.path.exists(os.path.join(programs, "data_loader_torch")):
            commands.append([os.path.join(programs, "data_loader_torch"), str(calls), shards])
        if not quick:
            commands.append([turns.python(), "-B", os.path.join(HERE, "peers.py"), str(calls), shards])
        found = turns.medians(rounds, commands)

    def cell(peer, data, workers, own):
        seconds = found.get(f"{peer}, {data}, {workers} workers")
        return "" if seconds is None else f"{seconds * 1e3:.3g} ms ({seconds / own:.1f}×)"

    lines = [f"One shuffled epoch, medians of {rounds} rounds by turns; in brackets how many times as long as litorch.", "",
             "| dataset | workers | litorch | libtorch | PyTorch | litorch, processes |", "|---|---:|---:|---:|---:|---:|"]
    for data, text in DATASETS.items():
        for workers in (0, 2):
            own = found[f"litorch, {data}, {workers} workers"]
            processes = found.get(f"litorch, {data}, {workers} processes")
            lines.append(f"| {text} | {workers} | {own * 1e3:.3g} ms | {cell('libtorch', data, workers, own)} "
                         f"| {cell('PyTorch', data, workers, own)} "
                         f"| {'' if processes is None else f'{processes * 1e3:.3g} ms'} |")
    by_hand, own = found["by hand, rows"], found["litorch, rows, 0 workers"]
    lines += ["", f"The first row by hand, a `std::shuffle` and a loop of `memcpy` to a new tensor a batch: "
              f"{by_hand * 1e6:.3g} us, litorch {own / by_hand:.2g} times that. A plain copy "
              f"of the mapped images by one thread takes {found['copy, mapped'] * 1e3:.3g} ms. A consumer that works for 2 ms on each "
              f"batch of images, with 2 workers, waits {found['wait of a slow consumer'] * 100:.2g} % of its time.", ""]
    with open(table, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
