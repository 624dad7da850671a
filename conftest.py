"""What pytest must know before it collects, and the one world that several test modules look at."""

import atexit
import gc
import os
import random
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.built_world import BuiltWorld

# hypothesis leaves a callback there, and with it every test module alive to the very end: DuckDB then prints
# pages about leaks after the last test.
atexit.register(gc.callbacks.clear)


# The stories that nobody has seen yet begin with this seed, in whichever process.
os.environ.setdefault("SIMULATION_SEED", str(random.SystemRandom().randrange(10**9)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it, so that the same ones can be asked for again."""
    if any(
        "test_simulation" in report.nodeid
        for reports in terminalreporter.stats.values()
        for report in reports
        if hasattr(report, "nodeid")
    ):
        terminalreporter.write_line(
            f"Fresh seeds of the simulation: from SIMULATION_SEED={os.environ['SIMULATION_SEED']} on"
        )


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/test_golden.py --golden`, or `make golden`."""
    parser.addoption("--golden", action="store_true", help="rewrite the golden files; review the diff")


@pytest.fixture(scope="session")
def built_world(tmp_path_factory: pytest.TempPathFactory) -> "BuiltWorld":
    """The small world of tests/built_world.py, built once; never change it, take a twin."""
    from tests.built_world import build

    return build(tmp_path_factory.mktemp("built"))
