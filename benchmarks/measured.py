"""One whole process: its wall time and the peak memory of it and its children."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """Seconds of wall time and peak resident MiB of the largest process, and the exit code."""

    seconds: float
    mebibytes: float
    exit_code: int


_MEASURING = """
import resource, subprocess, sys, time
began = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
took = time.perf_counter() - began
print(took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024, code)
"""


def process(command: Sequence[str], **environment: str) -> Measurement:
    """Run a command in a fresh measuring parent, so that the peak is of this command alone."""
    answer = subprocess.run(
        [sys.executable, "-c", _MEASURING, *command],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    seconds, mebibytes, code = answer.stdout.split()
    return Measurement(float(seconds), float(mebibytes), int(code))


def best(command: Sequence[str], before: Sequence[str] | None = None, times: int = 3) -> Measurement:
    """The fastest of several runs; `before` is run ahead of each one."""
    measurements: list[Measurement] = []
    for _ in range(times):
        if before:
            subprocess.run(before, check=True)
        measurements.append(process(command))
    return min(measurements, key=lambda m: m.seconds)
