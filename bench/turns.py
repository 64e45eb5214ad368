# SPDX-License-Identifier: MIT
"""Programs that print what they measured as JSON, run by turns."""
import json
import os
import statistics
import subprocess


def python():
    """The system's Python, for which the packages of the distribution are."""
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else "python3"


def medians(rounds, commands):
    """{name: the median over the rounds}; in each round all programs run, one after the other."""
    samples = {}
    for _ in range(rounds):
        for command in commands:
            printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
            for name, value in json.loads(printed).items():
                samples.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in samples.items()}
