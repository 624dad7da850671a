"""Spoilt Parquet files: some that are the same each time, and some that nobody has seen. `python -m tests.fuzz --files 5000` imports more."""

import random
import time
from pathlib import Path

import pytest

from tests.fuzz.batch import play

pytestmark = pytest.mark.proof

# 47: a footer whose bounds were no dates stopped raw for every file.
KNOWN = (1, 2, 47)


@pytest.mark.parametrize("seed", [*KNOWN, "fresh"])
def test_no_file_stops_the_others_and_no_row_is_lost(seed: int | str, engine: str, tmp_path: Path) -> None:
    """Whatever its bytes are: it is set aside with a reason, or each of its rows is taken in or set aside."""
    number = seed if isinstance(seed, int) else int(time.time())

    assert play(tmp_path, random.Random(number), engine) == "", (
        f"python -m tests.fuzz --files 25 --first {number}, with --engine chdb on ClickHouse"
    )
