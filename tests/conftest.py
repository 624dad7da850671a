"""Fixtures that several test modules share."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.pipeline import Pipeline


@pytest.fixture
def pipeline(tmp_path: Path) -> "Pipeline":
    """An empty landing folder and a warehouse that nothing has been built in."""
    # Imported late: pytest keeps this module to the very end, and DuckDB then complains of leaks.
    from tests.pipeline import Pipeline

    return Pipeline(tmp_path)
