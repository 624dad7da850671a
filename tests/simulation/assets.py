"""The real functions of the assets, called without Dagster: it would take longer for a step than the step."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from inspect import signature
from types import SimpleNamespace
from typing import Any

import dagster as dg

from tests.simulation.graph import Task
from wrapped_assets.assets.common import REFRESH_TAG, Refresh
from wrapped_assets.definitions import defs
from wrapped_assets.periods import ALL_LEVELS, DAILY, YEARLY, Level, Span

# What operators would read; nobody reads it here.
_LOG = logging.getLogger(__name__)
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False
# No check was evaluated before.
_NO_HISTORY = SimpleNamespace(
    event_log_storage=SimpleNamespace(get_asset_check_execution_history=lambda *_args, **_how: [])
)


def run_asset(task: Task, resources: Mapping[str, object]) -> dg.MaterializeResult[Any]:
    """Call the function of the step's asset. What it refuses for good is raised as it was before it became Dagster's failure."""
    function = _function(task.name)
    given = {"context": _Context(task), "config": Refresh(full_refresh=task.full), **resources}
    try:
        made = function(**{name: given[name] for name in signature(function).parameters})
    except dg.Failure as failure:
        raise failure.__cause__ or failure from None
    assert isinstance(made, dg.MaterializeResult)
    return made


@cache
def _function(step: str) -> Callable[..., object]:
    assets = [each for each in defs.assets or () if isinstance(each, dg.AssetsDefinition)]
    (op,) = (each.op for each in assets if each.op.name == step)
    function: Callable[..., object] = op.compute_fn.decorated_fn  # type: ignore[union-attr]
    return function


@dataclass
class _Context:
    """What the functions ask Dagster for."""

    task: Task
    log: logging.Logger = _LOG
    instance: SimpleNamespace = field(default_factory=lambda: _NO_HISTORY)
    run: SimpleNamespace = field(default_factory=lambda: SimpleNamespace(tags={REFRESH_TAG: "follow"}))

    @property
    def op_execution_context(self) -> "_Context":
        """Itself."""
        return self

    @property
    def partition_keys(self) -> list[str]:
        """The keys of the step's partitions, as its calendar names them."""
        level = self._level
        if level is YEARLY:
            return [str(day.year) for day in _starts(level, self.task.days)]
        return [day.isoformat() for day in _starts(level, self.task.days)]

    @property
    def partition_time_window(self) -> SimpleNamespace:
        """From the beginning of the first partition to the end of the last."""
        days = self._level.covering(self.task.days)
        return SimpleNamespace(start=_midnight(days.start), end=_midnight(days.end))

    @property
    def _level(self) -> Level:
        return YEARLY if self.task.layer == "wrapped_summaries" else ALL_LEVELS.get(self.task.layer, DAILY)

    def add_asset_metadata(self, metadata: Mapping[str, object], partition_key: str) -> None:
        """Dagster would show it."""

    def log_event(self, event: object) -> None:
        """Dagster would keep it."""


@cache
def _starts(level: Level, days: Span) -> list[date]:
    return sorted({level.start(day) for day in days})


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
