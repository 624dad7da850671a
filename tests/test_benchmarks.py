"""What the benchmark compares the graph with makes the same summaries; else its figures mean nothing."""

import json
import subprocess
import sys
from datetime import date

import pytest

from benchmarks.floor import digest
from benchmarks.landing import write_landing
from tests.pipeline import SECRET, Pipeline, say_nothing

pytestmark = pytest.mark.proof


def test_the_floor_makes_the_summaries_of_the_graph(pipeline: Pipeline) -> None:
    """Customer by customer, on each engine, as its tables are now."""
    write_landing(pipeline.landing, 300, 2, organizations=40, first_day=date(2025, 3, 1), report=say_nothing)
    floor = "floor" if pipeline.engine == "duckdb" else "clickhouse_floor"
    command = [sys.executable, "-m", f"benchmarks.{floor}", str(pipeline.landing), SECRET.hex()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr

    pipeline.build()
    with pipeline.open() as run:
        facts = run.writer.facts(2025)

    said = json.loads(done.stdout)
    assert (said["customers"], said["digest"]) == (len(facts), digest(facts))
    assert len(facts) > 5
