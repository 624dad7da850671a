"""Copies of the repository with one fault each, and what the tests say of them."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from xml.etree import ElementTree

from tests.mutants.fault import Fault

REPOSITORY = Path(__file__).parents[2]
# What the tests look at; the demonstration's world, benchmarks and caches are not.
NEEDED = (
    "wrapped_assets",
    "sql",
    "tests",
    "docs",
    "conftest.py",
    "pyproject.toml",
    "dagster.yaml",
    "workspace.yaml",
    "Makefile",
)
AT_ONCE = 2
# A fault may make a loop endless; the slowest of the named tests takes a tenth of this.
LONGEST_SECONDS = 300.0

# A fault that the language or the engine refuses to run is none that a colleague would have merged: it proves nothing.
_REFUSED = re.compile(
    r"SyntaxError|IndentationError|ImportError|ModuleNotFoundError|NameError|AttributeError"
    r"|ParserException|BinderException|CatalogException|Code: (47|62)\b|SYNTAX_ERROR|UNKNOWN_IDENTIFIER"
)


class Verdict(StrEnum):
    """What became of a fault."""

    KILLED = "killed"
    SURVIVED = "SURVIVED"
    BROKEN = "BROKEN"
    """It proves nothing: the tests did not run, or the fault is not code that runs."""


@dataclass(frozen=True)
class Outcome:
    """What the tests said of one fault; `told` names the test that died, or says what was seen instead."""

    fault: Fault
    verdict: Verdict
    told: str
    seconds: float


@dataclass(frozen=True)
class Ran:
    """What one run of pytest said: its exit code, the tests that failed with why, those it skipped, and its last words."""

    code: int
    failed: dict[str, str]
    errors: list[str]
    skipped: list[str]
    words: str


@contextmanager
def original() -> Iterator[Path]:
    """A copy of what the tests need, without any fault, in a folder that is gone afterwards."""
    with TemporaryDirectory(prefix="wrapped-mutants-") as folder:
        root = Path(folder) / "original"
        for name in NEEDED:
            source = REPOSITORY / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                root.mkdir(exist_ok=True)
                shutil.copy2(source, root / name)
        yield root


def control(root: Path, faults: Iterable[Fault]) -> Ran:
    """Every named test, without any fault: all of them must pass, and none be skipped."""
    tests = sorted({test for fault in faults for test in fault.tests})
    return run(root, tests, shown=True)


def outcomes(root: Path, faults: Sequence[Fault]) -> Iterator[Outcome]:
    """What becomes of each fault, as they end: two at a time, each in a copy of its own."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(outcome, root, fault) for fault in faults]
        for done in as_completed(running):
            yield done.result()


def outcome(root: Path, fault: Fault) -> Outcome:
    """Plant the fault in a copy of `root`, and run its tests there."""
    began = monotonic()
    with TemporaryDirectory(prefix="fault-", dir=root.parent) as folder:
        copy = Path(folder) / "copy"
        # Compiled files and all: their times are kept, so only the file with the fault is compiled again.
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(".hypothesis"))
        fault.plant(copy)
        verdict, told = judge(run(copy, fault.tests))
    return Outcome(fault, verdict, told, monotonic() - began)


def judge(ran: Ran) -> tuple[Verdict, str]:
    """A fault is killed by a test that ran and failed, by nothing else."""
    if ran.code == 0 and not ran.skipped:
        return Verdict.SURVIVED, "every test passed"
    if ran.code != 1 or ran.errors or not ran.failed:
        return Verdict.BROKEN, f"pytest ended with {ran.code}: {ran.words}"
    ((test, why), *_) = ran.failed.items()
    if refused := _REFUSED.search(why.split("\n")[0]):
        return Verdict.BROKEN, f"{refused[0]} in {test}"
    return Verdict.KILLED, test


def run(root: Path, tests: Sequence[str], shown: bool = False) -> Ran:
    """Run these tests in the copy at `root`, with its own code and nobody else's, until one fails.

    `shown` are all of them, with what pytest prints as it goes.
    """
    report = root.with_suffix(".xml")
    how = ["-n", str(AT_ONCE), "--dist", "worksteal"] if shown else ["-n", "0", "-x"]
    options = ["-q", *how, "-p", "no:cacheprovider", f"--junitxml={report}"]
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *tests],
            cwd=root,
            env=os.environ | {"PYTHONPATH": str(root)},
            stdout=None if shown else subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=None if shown else LONGEST_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Ran(-1, {}, [], [], f"it was stopped after {LONGEST_SECONDS:.0f} s")
    return _read(report, done)


def _selector(classname: str, name: str) -> str:
    """`tests.test_x.TestY` and `test_z` as pytest would be told: `tests/test_x.py::TestY::test_z`."""
    folder, module, *classes = classname.split(".")
    return "::".join([f"{folder}/{module}.py", *classes, name])


def _read(report: Path, done: "subprocess.CompletedProcess[str]") -> Ran:
    words = ((done.stdout or "").strip() or "it said nothing").splitlines()[-1]
    failed: dict[str, str] = {}
    errors, skipped = [], []
    # Our own report, of our own tests.
    cases = ElementTree.parse(report).iter("testcase") if report.exists() else ()
    for case in cases:
        name = _selector(case.get("classname", ""), case.get("name", ""))
        for child in case:
            if child.tag == "failure":
                failed[name] = f"{child.get('message')}\n{child.text}"
            elif child.tag == "error":
                errors.append(name)
            elif child.tag == "skipped":
                skipped.append(name)
    return Ran(done.returncode, failed, errors, skipped, words)
