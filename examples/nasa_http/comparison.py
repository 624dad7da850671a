"""What is known about the log beside what the pipeline's tables say. Nothing here reads the log.

Each statement in `sql/computed/`, one file for each engine, answers with rows of a label and its numbers. A label on one side only is a
difference too: an unknown status, a thirteenth month.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Value = tuple[int | str, ...]

PUBLISHED: Mapping[str, Value] = {
    "requests": (1_891_714,),
    "bytes": (38_695_973_491,),
    "status 200": (1_701_534,),
    "status 302": (46_573,),
    "status 304": (132_627,),
    "status 403": (54,),
    "status 404": (10_845,),
    "status 500": (62,),
    "status 501": (14,),
}
"""Others counted these in the log of July 1995, with their own programs."""

COUNTED: Mapping[str, Value] = {
    "status 400": (5,),
    "errors": (10_980,),
    "requests in raw": (1_891_714,),
    "requests in hourly": (1_891_714,),
    "requests in daily": (1_891_714,),
    "requests in weekly": (1_891_714,),
    "requests in monthly": (1_891_714,),
    "2017-01": (157_509, 3_205_192_897),
    "2017-02": (157_690, 3_263_705_574),
    "2017-03": (157_748, 3_263_730_121),
    "2017-04": (157_652, 3_238_202_214),
    "2017-05": (157_177, 3_210_635_591),
    "2017-06": (157_284, 3_292_321_993),
    "2017-07": (157_636, 3_192_022_344),
    "2017-08": (158_298, 3_214_228_393),
    "2017-09": (157_607, 3_233_790_091),
    "2017-10": (157_274, 3_152_079_769),
    "2017-11": (157_769, 3_221_329_421),
    "2017-12": (158_070, 3_208_735_083),
    "days": (336,),
    "busiest day": ("2017-07-23", 5_885),
    "first request": ("2017-01-01 00:00:17",),
    "last request": ("2017-12-28 23:58:56",),
    "hosts": (52_152,),
    "organization 1": ("128.example", 59_800, 860_074_337),
    "organization 2": ("163.example", 53_435, 793_433_533),
    "organization 3": ("204.example", 32_549, 617_888_188),
    "workspace 1": ("/shuttle", 657_029, 28_134_117_943),
    "workspace 2": ("/images", 610_997, 3_174_713_058),
    "workspace 3": ("/history", 284_605, 5_387_993_136),
    "urls": (21_310,),
    "url 1": ("/images/NASA-logosmall.gif", 111_330),
    "url 2": ("/images/KSC-logosmall.gif", 89_638),
    "url 3": ("/images/MOSAIC-logosmall.gif", 60_467),
    "not found 1": ("/pub/winvn/readme.txt", 667),
    "not found 2": ("/pub/winvn/release.txt", 547),
    "not found 3": ("/history/apollo/apollo-13.html", 286),
}
"""Counted in this very file by plain Python, DuckDB and awk when it was made: its README.txt."""

READS = {
    "totals": "summaries",
    "statuses": "raw",
    "layers": "each layer",
    "months": "hourly",
    "days": "hourly",
    "busiest_day": "hourly",
    "instants": "raw",
    "organizations": "summaries",
    "workspaces": "monthly",
    "urls": "monthly",
    "most_requested": "monthly",
    "not_found": "raw",
}
"""The statements in `sql/computed/`, and the tables they read."""


@dataclass(frozen=True)
class Line:
    """One number, or a name with its numbers, as it is known and as it was computed."""

    what: str
    known: Value | None
    computed: Value | None
    table: str
    is_published: bool

    @property
    def is_equal(self) -> bool:
        """Whether both sides say exactly the same."""
        return self.known == self.computed


def compare(answer: Callable[[str], Iterable[tuple[Any, ...]]]) -> list[Line]:
    """Everything known and everything computed, what was published first. `answer` runs a statement by its name."""
    known, computed, tables = {**PUBLISHED, **COUNTED}, dict[str, Value](), dict[str, str]()
    for statement, table in READS.items():
        for what, *value in answer(statement):
            computed[what], tables[what] = tuple(value), table
    return [
        Line(what, known.get(what), computed.get(what), tables.get(what, ""), what in PUBLISHED)
        for what in dict.fromkeys([*known, *computed])
    ]
