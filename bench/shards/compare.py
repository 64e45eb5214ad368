# SPDX-License-Identifier: MIT
"""compare.py [--quick] PROGRAMS TABLE: litorch, NumPy and cat join the same files by turns; writes a table."""
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import turns


def main():
    quick = sys.argv[1] == "--quick"
    programs, table = sys.argv[-2:]
    rows, rounds, calls = (200, 1, 1) if quick else (16400, 3, 3)
    with tempfile.TemporaryDirectory() as folder:
        litorch = [os.path.join(programs, "shards_litorch"), folder, str(rows), str(calls)]
        turns.medians(1, [litorch])  # makes the files
        os.sync()
        commands = [litorch, [turns.python(), "-B", os.path.join(HERE, "peers.py"), folder, str(calls)]]
        found = turns.medians(rounds, commands)
        memory = 0
        for dim in (0, 1):
            command = [os.path.join(programs, "shards_memory"), os.path.join(folder, "joined.npy"), str(dim)]
            paths = sorted(glob.glob(os.path.join(folder, f"{dim}-*.npy")))
            memory = max(memory, int(subprocess.run(command + paths, check=True, stdout=subprocess.PIPE).stdout))

        for path in glob.glob(os.path.join(folder, "*.npy")):
            os.remove(path)
        shards = 500 if quick else 10000
        opened = turns.medians(rounds, [[os.path.join(programs, "shards_map"), folder, str(shards), str(calls)]])["map"]

    gigabytes = rows * 16400 * 4 / 1e9
    lines = [f"100 `.npy` shards of float32, {gigabytes:.3g} GB in all, in the page cache, joined to a new file; medians of "
             f"{rounds} rounds by turns, in brackets how many times as long as litorch.", "",
             "| | litorch | NumPy | `cat`, no header |", "|---|---:|---:|---:|"]
    for dim in (0, 1):
        for how in ("cached", "synced"):
            own = found[f"litorch, dim {dim}, {how}"]

            def cell(peer):
                seconds = found.get(f"{peer}, dim {dim}, {how}")
                return "" if seconds is None else f"{seconds:.3g} s ({seconds / own:.1f}×)"

            what = "and synced to disk" if how == "synced" else "left to the kernel"
            lines.append(f"| dim {dim}, {what} | {own:.3g} s | {cell('NumPy')} | {cell('cat')} |")
    lines += ["", f"litorch takes {memory / 2**20:.1f} MiB of memory for it; NumPy takes the files twice.", "",
              f"`map_npy_shards` opens {shards} files in {opened * 1e3:.3g} ms.", ""]
    with open(table, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
