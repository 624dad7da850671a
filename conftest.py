"""What pytest must know before it collects, and the one world that several test modules look at."""

import atexit
import gc
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.built_world import BuiltWorld

# hypothesis leaves a callback there, and with it every test module alive to the very end: DuckDB then prints
# pages about leaks after the last test.
atexit.register(gc.callbacks.clear)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/test_golden.py --golden`, or `make golden`."""
    parser.addoption("--golden", action="store_true", help="rewrite the golden files; review the diff")


@pytest.fixture(scope="session")
def built_world(tmp_path_factory: pytest.TempPathFactory) -> "BuiltWorld":
    """The small world of tests/built_world.py, built once; never change it, take a twin."""
    from tests.built_world import build

    return build(tmp_path_factory.mktemp("built"))
