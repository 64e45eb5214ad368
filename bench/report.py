# SPDX-License-Identifier: MIT
"""report.py FOLDER: makes table.md and the plots of the results.json in FOLDER."""
import json
import os
import sys

import plot

PEERS = ["libtorch", "NumPy", "xtensor", "Eigen", "oneDNN"]
ONE_THREAD = "litorch 1 thread"
NEVER_SLOWER_THAN_SERIAL = 1 / 1.1


DISTURBED = 0.3  # a spread over this says that the machine had something else to do


def time_text(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def rival_time(case, rival):
    """The roof is the best of the ways to copy."""
    times = case["times"]
    if rival == "roof":
        return min((time for name, time in times.items() if name.startswith("roof ")), default=None)
    return times.get(rival)


def ratio(case, rival):
    """How many times faster than the rival litorch is; None if one of them was not measured."""
    time, own = rival_time(case, rival), case["times"].get("litorch")
    return time / own if time and own else None


def ratio_text(value):
    return f"{value:.0f}×" if value >= 9.95 else f"{value:.1f}×" if value >= 0.995 else f"{value:.2f}×"


def judge(case):
    """(what is aimed at, what was measured, whether it holds or None) of each target."""
    aims = case["targets"] + ([[ONE_THREAD, NEVER_SLOWER_THAN_SERIAL]] if ONE_THREAD in case["times"] else [])
    for rival, factor in aims:
        found = ratio(case, rival)
        words = f"{rival} ≥ {factor:.3g}×"
        yield words, found, None if found is None else found >= factor


def verdicts(case, own_targets_only):
    told = list(judge(case))[:len(case["targets"])] if own_targets_only else list(judge(case))
    aims = "; ".join(words for words, _, _ in told)
    held = "; ".join("not measured" if holds is None else f"{'yes' if holds else '**no**'}, {ratio_text(found)}"
                     for _, found, holds in told)
    return aims, held


def name_of(case):
    return f"{case['question']}: {case['name']}"


def table(cases, columns):
    """A Markdown table; the columns are (title, text of a case)."""
    rows = [[title for title, _ in columns], ["---"] + ["---:"] * (len(columns) - 1)]
    rows += [[text(case) for _, text in columns] for case in cases]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def mark(case, name):
    return "~" if case.get("spreads", {}).get(name, 0) > DISTURBED else ""


def cell(rival):
    def text(case):
        time = rival_time(case, rival)
        return "" if time is None else f"{mark(case, rival)}{time_text(time)} ({ratio_text(ratio(case, rival))})"
    return text


def own_time(case):
    return mark(case, "litorch") + time_text(case["times"]["litorch"])


def roof_share(case):
    share = ratio(case, "roof")
    return "" if share is None else f"{time_text(rival_time(case, 'roof'))} ({share:.2f})"


def columns_for(cases, own_targets_only):
    peers = [peer for peer in PEERS if any(peer in case["times"] for case in cases)]
    columns = [("case", name_of), ("litorch", own_time), ("roof", roof_share)]
    columns += [(peer, cell(peer)) for peer in peers]
    if not own_targets_only:
        columns.insert(2, ("1 thread", cell(ONE_THREAD)))
    return columns + [("target", lambda case: verdicts(case, own_targets_only)[0]),
                      ("holds", lambda case: verdicts(case, own_targets_only)[1])]


def machine_text(found):
    known = found["machine"]
    caches = ", ".join(f"{name} {size // 1024} KiB" for name, size in known["caches"].items())
    peers = ", ".join(f"{name} {version}" for name, version in known["peers"].items())
    lines = [f"{known['processor']}, {known['cores']} cores, {caches}, "
             f"{known['memory'] / 2**30:.0f} GiB of memory",
             f"Linux {known['kernel']}, huge pages: {known['huge pages']}",
             f"litorch {known['litorch']}, {known['threads']} threads for everybody, {known['compiler']}",
             f"peers: {peers or 'none'}", f"measured on {found['date']}"]
    return "".join(f"- {line}\n" for line in lines)


def size_plot(cases, kind):
    """GB/s over the bytes of the output."""
    sizes = [case for case in cases if case["question"] == "size" and case["kind"] == kind]
    lines = {}
    for name in ["litorch", "roof"] + PEERS:
        points = [(case["bytes"], case["bytes"] / time / 1e9) for case in sizes if (time := rival_time(case, name))]
        if points:
            lines[name] = points
    return lines


def best_peer(case):
    """(ratio, name) of the fastest peer, or None."""
    return min(((ratio(case, peer), peer) for peer in PEERS if peer in case["times"]), default=None)


def main():
    folder = sys.argv[1]

    def write(name, text):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    with open(os.path.join(folder, "results.json"), encoding="utf-8") as file:
        found = json.load(file)
    cases = [case for case in found["cases"] if "litorch" in case["times"]]
    aimed = [case for case in cases if case["targets"]]
    lost = [f"- {name_of(case)}: {words}, found {ratio_text(ratio_found)}\n"
            for case in cases for words, ratio_found, holds in judge(case) if holds is False]
    marked = any("~" in mark(case, name) for case in cases for name in case["times"])
    legend = f" ~: the middle half of the samples spreads over {DISTURBED:.0%} of the median." if marked else ""
    warning = "**A smoke test: these numbers mean nothing.**\n\n" if found["quick"] else ""
    write("table.md", f"# Measured\n\n{warning}{machine_text(found)}\n"
          "Medians; float32. In brackets how many times faster litorch is; behind the roof (the best copy of as many "
          "bytes between warm buffers) the share of its speed that litorch reaches. Fresh outputs are freed inside of "
          "the timing. All but NumPy take turns in one process and share inputs and warm outputs. first_call is the "
          f"first of a process.{legend}\n\n"
          f"## Targets\n\n{table(aimed, columns_for(aimed, True))}\n## Targets missed\n\n"
          f"{''.join(lost) or 'None.'}\n## All cases\n\n{table(cases, columns_for(cases, False))}")

    bars = [(name_of(case), *best) for case in cases if case["question"] not in ("size", "threads")
            if (best := best_peer(case))]
    write("peers.svg", plot.bars("litorch against the best peer of each case", "times as fast (1: equal)", bars))
    for kind, call in (("fresh", "cat, new output"), ("into", "cat_into, warm output")):
        lines = size_plot(cases, kind)
        if lines:
            write(f"size_{kind}.svg", plot.lines(f"{call}: eight pieces", "bytes of the output", "GB/s written", lines))
    print(f"report.py: {os.path.join(folder, 'table.md')}, {len(lost)} targets missed")


if __name__ == "__main__":
    main()
