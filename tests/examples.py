"""How many examples a property is tried with: some in `make test-all`, many in `python -m pytest -m slow`, more with EXAMPLES=20000 in the environment."""

import os

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
