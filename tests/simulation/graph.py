"""A run as a list of steps, in the order that Dagster's own graph gives them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import dagster as dg

from wrapped_assets.definitions import defs
from wrapped_assets.periods import Span

YEARS = Span(date(2024, 1, 1), date(2028, 1, 1))
_FIRST, _LAST = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


@dataclass(frozen=True)
class Task:
    """One step of a run: a layer, the family if it has one, the days it is for, and the steps it comes after."""

    layer: str
    family: str
    days: Span
    full: bool
    after: tuple[str, ...]

    @property
    def name(self) -> str:
        """As Dagster names the step."""
        return f"{self.layer}__{self.family}" if self.family else self.layer


@cache
def _steps(job: str) -> list[tuple[str, tuple[str, ...]]]:
    """The steps of a job in the order of the graph, each with those that it comes after."""
    graph = defs.resolve_job_def(job)
    structure = graph.dependency_structure
    return [
        (
            node.name,
            tuple(
                sorted(
                    output.node_name
                    for outputs in structure.input_to_upstream_outputs_for_node(node.name).values()
                    for output in outputs
                )
            ),
        )
        for node in graph.nodes_in_topological_order
    ]


def tasks_of(request: dg.RunRequest) -> list[Task]:
    """The steps of a run that a sensor asked for."""
    keys = request.asset_selection
    chosen = {"__".join(key.path) for key in keys} if keys else None
    return run_of(str(request.job_name), _days(request), chosen)


def run_of(job: str, days: Span, chosen: Collection[str] | None = None, full: bool = False) -> list[Task]:
    """The steps of a job over these days, or those chosen of them."""
    return [
        Task(name.partition("__")[0], name.partition("__")[2], days, full, after)
        for name, after in _steps(job)
        if chosen is None or name in chosen
    ]


def _days(request: dg.RunRequest) -> Span:
    if _FIRST not in request.tags:
        return YEARS
    first, last = request.tags[_FIRST], request.tags[_LAST]
    if len(first) == 4:
        return Span(date(int(first), 1, 1), date(int(last) + 1, 1, 1))
    # What begins with the last key: a day, or a whole week or month, which whoever does the step looks up.
    return Span(date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1))
