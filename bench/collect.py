# SPDX-License-Identifier: MIT
"""collect.py [--quick] PROGRAMS RESULTS: runs the benchmarks in PROGRAMS, writes their medians to RESULTS.

Each case has a process of its own, in which litorch, the roof and the peers take turns in random order. NumPy does the
same cases in a process of its own, and the first-call programs run by turns. Fails if a result is wrong.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FULL = {"repetitions": 9, "seconds": 0.04, "first_calls": 15, "largest": 1 << 40}
QUICK = {"repetitions": 1, "seconds": 0.0005, "first_calls": 1, "largest": 1 << 26}


def first_match(path, key):
    try:
        with open(path, encoding="utf-8") as file:
            for line in file:
                if line.startswith(key):
                    return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return ""


def machine(context):
    """What the numbers depend on."""
    caches = {f"L{c['level']} {c['type'].lower()}": c["size"] for c in context.get("caches", [])}
    pages = "/sys/kernel/mm/transparent_hugepage/enabled"
    huge_pages = "unknown"
    if os.path.exists(pages):
        with open(pages, encoding="utf-8") as file:
            huge_pages = file.read().partition("[")[2].partition("]")[0]
    known = {"processor": first_match("/proc/cpuinfo", "model name") or platform.machine(),
             "cores": context["num_cpus"], "caches": caches,
             "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
             "kernel": platform.release().split("-")[0], "huge pages": huge_pages}
    known.update({key: context[key] for key in ("compiler", "threads", "litorch")})
    known["peers"] = {key[5:]: value for key, value in context.items() if key.startswith("peer ")}
    return known


def spread(samples):
    """The middle half of the samples, as a share of the median."""
    if len(samples) < 4:
        return 0
    low, middle, high = statistics.quantiles(samples, n=4)
    return (high - low) / middle


def run_case(program, case, effort):
    """The times of each contestant of a case, in seconds, and the context that Google Benchmark states."""
    name = case["question"] + "/" + case["name"]
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        ended = subprocess.run([program, "--case=" + name, f"--benchmark_min_time={effort['seconds']}",
                                f"--benchmark_repetitions={effort['repetitions']}", "--benchmark_out=" + out.name,
                                "--benchmark_enable_random_interleaving=true"],
                               check=False, capture_output=True, text=True)
        if ended.returncode != 0:
            sys.exit(f"{ended.stderr}collect.py: {name} failed with {ended.returncode}")
        with open(out.name, encoding="utf-8") as file:
            found = json.load(file)
    units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1}
    times = {}
    for run in found["benchmarks"]:
        if run["run_type"] == "iteration":
            contestant = run["name"][len(name) + 1:].split("/")[0]
            times.setdefault(contestant, []).append(run["real_time"] * units[run["time_unit"]])
    return times, found["context"]


def first_calls(programs, count):
    """Each sample is a new process; the libraries take turns."""
    names = {"litorch": "first_call_litorch", "libtorch": "first_call_torch"}
    present = {name: path for name, file in names.items() if os.path.exists(path := os.path.join(programs, file))}
    times = {name: [] for name in present}
    for _ in range(count):
        for name, path in present.items():
            printed = subprocess.run([path], check=True, capture_output=True, text=True).stdout
            times[name].append(float(printed) * 1e-6)
    return times


def numpy_times(cases, effort):
    """The times of NumPy a case, and its version; nothing without NumPy."""
    for python in ("python3", "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import numpy"], check=False, capture_output=True).returncode == 0:
            job = json.dumps({"cases": cases, "effort": effort})
            script = os.path.join(HERE, "numpy_cases.py")
            found = json.loads(subprocess.run([python, script], input=job, check=True, stdout=subprocess.PIPE,
                                              text=True).stdout)
            return found["version"], found["times"]
    print("collect.py: no NumPy", file=sys.stderr)
    return None, {}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("programs")
    parser.add_argument("results")
    arguments = parser.parse_args()
    effort = QUICK if arguments.quick else FULL
    program = os.path.join(arguments.programs, "litorch_bench")

    listed = json.loads(subprocess.run([program, "--cases"], check=True, capture_output=True, text=True).stdout)
    cases = [case for case in listed if case["bytes"] <= effort["largest"]]
    start = time.time()
    numpy, by_numpy = numpy_times(cases, effort)
    results, context = [], {}
    for number, case in enumerate(cases, 1):
        print(f"[{number}/{len(cases)}] {case['question']}/{case['name']}", file=sys.stderr)
        if case["kind"] == "first_call":
            times = first_calls(arguments.programs, effort["first_calls"])
        else:
            times, context = run_case(program, case, effort)
        if case["question"] + "/" + case["name"] in by_numpy:
            times["NumPy"] = by_numpy[case["question"] + "/" + case["name"]]
        case.pop("shapes")
        case["times"] = {name: statistics.median(samples) for name, samples in times.items()}
        case["spreads"] = {name: spread(samples) for name, samples in times.items()}
        results.append(case)
    known = machine(context)
    if numpy:
        known["peers"]["NumPy"] = numpy
    with open(arguments.results, "w", encoding="utf-8") as file:
        json.dump({"quick": arguments.quick, "date": time.strftime("%Y-%m-%d"), "machine": known, "cases": results},
                  file, indent=1)
        file.write("\n")
    print(f"collect.py: {len(cases)} cases in {time.time() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
