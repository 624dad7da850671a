"""That the deliberate faults of tests/mutants still fit the code and the tests; `python -m tests.mutants` shows that each is noticed."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.mutants.fault import Fault
from tests.mutants.faults import FAULTS
from tests.mutants.running import REPOSITORY, Ran, Verdict, judge

A_TEST = "tests/test_rollups.py::test_an_hour"


@cache
def defined_in(file: str) -> frozenset[str]:
    """The tests of a module, as a selector names them: `test_name`, or `TestClass::test_name`."""

    def named(body: list[ast.stmt], above: str = "") -> Iterator[str]:
        for each in body:
            if isinstance(each, ast.ClassDef):
                yield from named(each.body, f"{each.name}::")
            elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{above}{each.name}"

    return frozenset(named(ast.parse((REPOSITORY / file).read_text()).body))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_still_fits(fault: Fault) -> None:
    """What it changes stands in its file exactly once, it does change something, and the tests it names are there."""
    text = fault.path(REPOSITORY).read_text()
    assert fault.planted(text) != text
    for selector in fault.tests:
        file, _, name = selector.partition("::")
        assert name.partition("[")[0] in defined_in(file), selector
    assert fault.tests


def test_there_are_enough_faults_and_no_two_are_called_the_same() -> None:
    """At least thirty, eight of them on ClickHouse."""
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 30
    assert sum("clickhouse" in fault.file for fault in FAULTS) >= 8


def test_a_fault_survives_a_formatter_and_a_move(tmp_path: Path) -> None:
    """Its text may be broken into lines otherwise, and its file may lie in another folder."""
    moved = tmp_path / "wrapped_assets" / "elsewhere" / "weeks.py"
    moved.parent.mkdir(parents=True)
    moved.write_text("starts = first(\n    day,\n    MONDAY,\n)\n")
    Fault(
        "a week starts on Sunday", "wrapped_assets/weeks.py", "first(day, MONDAY)", "first(day, SUNDAY)", ()
    ).plant(tmp_path)
    assert moved.read_text() == "starts = first(day, SUNDAY)\n"


def test_a_fault_whose_place_is_gone_says_so(tmp_path: Path) -> None:
    """It is mended by whoever moved the code, and never silently left out."""
    (tmp_path / "week.sql").write_text("toMonday(day), toMonday(hour)")
    fault = Fault("a week starts on Sunday", "week.sql", "toMonday", "toStartOfWeek", ())
    with pytest.raises(ValueError, match="stands there 2 times, not once"):
        fault.plant(tmp_path)


@pytest.mark.parametrize(
    ("ran", "verdict"),
    [
        (Ran(1, {A_TEST: "assert 1 == 2"}, [], [], ""), Verdict.KILLED),
        (Ran(0, {}, [], [], "1 passed"), Verdict.SURVIVED),
        (Ran(0, {}, [], [A_TEST], "1 skipped"), Verdict.BROKEN),
        (Ran(1, {}, [A_TEST], [], "1 error"), Verdict.BROKEN),
        (Ran(2, {}, [A_TEST], [], "1 error during collection"), Verdict.BROKEN),
        (Ran(4, {}, [], [], "no tests ran"), Verdict.BROKEN),
        (Ran(1, {A_TEST: "NameError: name 'days' is not defined"}, [], [], ""), Verdict.BROKEN),
        (Ran(1, {A_TEST: "duckdb.BinderException: no column 'days'"}, [], [], ""), Verdict.BROKEN),
    ],
)
def test_only_a_test_that_ran_and_failed_kills_a_fault(ran: Ran, verdict: Verdict) -> None:
    """Code that cannot be imported, or SQL that the engine does not take, would be noticed by anything: it proves nothing."""
    assert judge(ran)[0] is verdict
