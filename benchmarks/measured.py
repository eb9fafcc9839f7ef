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


def told(command: Sequence[str], times: int = 3) -> Measurement:
    """The fewest seconds that a command prints of itself, for work whose preparation does not count."""
    answers = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(times)]
    return Measurement(min(map(float, answers)), 0.0, 0)


@dataclass(frozen=True, slots=True)
class Subject:
    """What was measured, beside its baseline and its gates."""

    name: str
    ours: Measurement
    theirs: Measurement | None = None
    baseline: str = ""
    ratio_at_most: float | None = None
    mebibytes_at_most: float | None = None
    seconds_at_most: float | None = None

    @property
    def ratio(self) -> float | None:
        """Our seconds ÷ those of the baseline."""
        return None if self.theirs is None else self.ours.seconds / self.theirs.seconds

    def holds(self) -> bool:
        """Whether every gate holds; a run that failed crosses all of them."""
        pairs = (
            (self.ratio, self.ratio_at_most),
            (self.ours.mebibytes, self.mebibytes_at_most),
            (self.ours.seconds, self.seconds_at_most),
        )
        ended = self.ours.exit_code in (0, 1) and (self.theirs is None or self.theirs.exit_code == 0)
        return ended and all(gate is None or value is None or value <= gate for value, gate in pairs)

    @staticmethod
    def head() -> str:
        return f"{'subject':<32}{'s':>8}{'MiB':>8}  {'baseline':<22}{'s':>8}{'MiB':>8}{'ratio':>8}  gate"

    def line(self) -> str:
        theirs = f"{self.theirs.seconds:>8.2f}{self.theirs.mebibytes:>8.0f}{self.ratio:>8.2f}" if self.theirs else " " * 24
        gates = [
            *([f"≤ {self.ratio_at_most} ×"] if self.ratio_at_most else []),
            *([f"≤ {self.mebibytes_at_most:.0f} MiB"] if self.mebibytes_at_most else []),
            *([f"≤ {self.seconds_at_most} s"] if self.seconds_at_most else []),
        ]
        verdict = "" if self.holds() else "  CROSSED"
        ours = f"{self.ours.seconds:>8.2f}{self.ours.mebibytes:>8.0f}"
        return f"{self.name:<32}{ours}  {self.baseline:<22}{theirs}  {', '.join(gates)}{verdict}"
