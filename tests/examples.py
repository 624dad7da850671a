"""What is tried how often: some in `make test-all`, all in `python -m pytest -m slow`, and of properties more with EXAMPLES=20000 in the environment."""

import os
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

MANY = int(os.environ.get("EXAMPLES", "2000"))


def few_and_many(few: int) -> pytest.MarkDecorator:
    """Runs a test twice over, with `examples` set to few, and as a slow test to many."""
    return pytest.mark.parametrize(
        "examples", [pytest.param(few, id="few"), pytest.param(MANY, id="many", marks=pytest.mark.slow)]
    )


def tried(examples: int) -> settings:
    """Settings for a property inside of such a test. Nothing is kept between runs: what was found is an `@example`."""
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )


def judged(cases: Iterable[Any]) -> list[Any]:
    """Cases of how landing files are judged: ClickHouse gets the first, for DuckDB judges its files too and only sound rows go on."""
    return _marked_after(1, cases, pytest.mark.duckdb("judges landing files for both engines"))


def first(number: int, cases: Iterable[Any]) -> list[Any]:
    """Cases of which `make test-all` runs so many, and `python -m pytest -m slow` the others."""
    return _marked_after(number, cases, pytest.mark.slow)


def _marked_after(number: int, cases: Iterable[Any], mark: pytest.MarkDecorator) -> list[Any]:
    held = list(cases)
    others = (
        pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=mark) for case in held[number:]
    )
    return [*held[:number], *others]
