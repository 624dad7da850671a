"""What pytest must know before it collects: the option that rewrites golden files."""

import atexit
import gc

import pytest

# hypothesis leaves a callback there, and with it every test module alive to the very end: DuckDB then prints
# pages about leaks after the last test.
atexit.register(gc.callbacks.clear)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/test_golden.py --golden`, or `make golden`."""
    parser.addoption("--golden", action="store_true", help="rewrite the golden files; review the diff")
