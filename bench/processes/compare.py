# SPDX-License-Identifier: MIT
"""compare.py [--quick] PROGRAMS TABLE: the process pools of litorch and of Python by turns; writes a table."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import turns


def main():
    quick = sys.argv[1] == "--quick"
    programs, table = sys.argv[-2:]
    rounds, calls = (1, 1) if quick else (5, 5)
    found = turns.medians(rounds, [[os.path.join(programs, "process_pool_litorch"), str(calls)],
                                   [turns.python(), "-B", os.path.join(HERE, "peers.py"), str(calls)]])

    def cell(name, own):
        if name not in found:
            return ""
        return f"{found[name] * 1e3:.3g} ms ({found[name] / own:.1f}×)"

    lines = ["8 pieces of (2048, 1024) float32, each made by one of two processes, as one tensor; medians of "
             f"{rounds} rounds by turns. litorch forks in each call, the other pools stand already.", "",
             "| | litorch `map_cat` | `torch.multiprocessing` + `torch.cat` | `multiprocessing` + `numpy.concatenate` |",
             "|---|---:|---:|---:|"]
    for dim in (0, 1):
        own = found[f"map_cat dim {dim}"]
        lines.append(f"| dim {dim} | {own * 1e3:.3g} ms | {cell(f'torch dim {dim}', own)} "
                     f"| {cell(f'numpy dim {dim}', own)} |")
    copy = found["parallel copy"]
    lines.append("")
    for dim in (0, 1):
        own, worker, making = (found[f"{name} dim {dim}"] for name in ("map_cat", "busiest worker", "for_each"))
        lines.append(f"Dim {dim}: two processes that make the pieces and drop them, `for_each`, take {making * 1e3:.3g} ms, "
                     f"{worker * 1e3:.3g} ms of that in the function; a parallel copy of all pieces takes "
                     f"{copy * 1e3:.3g} ms: `map_cat` takes {own / (making + copy):.2f} times `for_each` and the copy.")
    lines += ["", f"A `cat` into fresh memory takes {found['fresh cat'] * 1e3:.3g} ms. A worker that is killed is an error after "
              f"{found['death p50'] * 1e3:.2g} ms (p50), {found['death p99'] * 1e3:.2g} ms (p99).", ""]
    with open(table, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
