# SPDX-License-Identifier: MIT
"""compare.py [--quick] PROGRAMS TABLE: all_cat of four ranks against MPI called by hand, by turns; writes a table."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import turns


def main():
    quick = sys.argv[1] == "--quick"
    programs, table = sys.argv[-2:]
    mebibytes, calls, rounds = (1, 3, 1) if quick else (64, 5, 3)
    os.environ["OMPI_ALLOW_RUN_AS_ROOT"] = os.environ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    os.environ["OMPI_MCA_rmaps_base_oversubscribe"] = "1"
    found = turns.medians(rounds, [["mpirun", "-n", "4", os.path.join(programs, "mpi_ranks"), str(mebibytes), str(calls)]])

    lines = [f"Four ranks on one machine, a piece of {mebibytes} MiB (float32, 4096 rows) each, all of it on every rank; "
             f"medians of {rounds} runs of {calls} calls by turns, in brackets how many times as long as `all_cat`. By hand: "
             "`MPI_Allgatherv`, for dim 1 with a pass before and one behind it, to memory in use already or to new memory.",
             "", "| | litorch `all_cat` | by hand | by hand, new memory | litorch `all_cat_into` | litorch, first call |",
             "|---|---:|---:|---:|---:|---:|"]
    for dim in (0, 1):
        own = found[f"litorch, dim {dim}"]

        def cell(name):
            seconds = found[f"{name}, dim {dim}"]
            return f"{seconds * 1e3:.3g} ms ({seconds / own:.1f}×)"

        lines.append(f"| dim {dim} | {own * 1e3:.3g} ms | {cell('by hand')} | {cell('by hand, fresh output')} "
                     f"| {cell('litorch, all_cat_into')} | {cell('litorch, first call')} |")
    pieces = 4 * mebibytes * 2**20
    lines += ["", f"The smallest `all_cat` takes {found['smallest all_cat'] * 1e6:.3g} µs, a message of one byte "
              f"{found['message of 1 byte'] * 1e6:.3g} µs, one of 64 MiB {found['message of 64 MiB'] * 1e3:.3g} ms "
              f"({2**26 / found['message of 64 MiB'] / 1e9:.3g} GB/s); `all_cat` along dim 0 fills its result at "
              f"{pieces / found['litorch, dim 0'] / 1e9:.3g} GB/s.", ""]
    with open(table, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
