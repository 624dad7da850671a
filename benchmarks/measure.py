"""Running a command as its own process and reading what it cost from the operating system."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Cost:
    """Wall and CPU seconds and peak memory of one process, and what it printed as JSON on its last line."""

    wall: float
    cpu: float
    peak_gb: float
    said: dict[str, Any]


def measure(module: str, *arguments: str, environment: Mapping[str, str]) -> Cost:
    """Run `python -m module arguments` and wait for it; raises CalledProcessError when it fails."""
    started = time.perf_counter()
    command = [sys.executable, "-m", module, *arguments]
    output = subprocess.run(
        command, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE, text=True
    )
    said = json.loads(output.stdout.strip().splitlines()[-1])
    return Cost(time.perf_counter() - started, said["cpu"], said["peak_gb"], said)


def own_cost() -> dict[str, float]:
    """CPU seconds and peak memory of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {"cpu": usage.ru_utime + usage.ru_stime, "peak_gb": usage.ru_maxrss / 1e6}


def machine() -> str:
    """What the figures were taken on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "unknown processor",
    )
    return f"{os.cpu_count()} cores of {model}, {memory:.0f} GB"
