"""That the deliberate faults of tests/mutants still fit the code and the tests; `python -m tests.mutants` shows that each is noticed."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.mutants.fault import FAULTS, Fault, read
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
    """It fits in exactly one place, it does change something, and the tests it names are there."""
    path, text = fault.planted(REPOSITORY)
    assert text != path.read_text()
    if path.suffix == ".py":
        compile(text, str(path), "exec")
    for selector in fault.tests:
        file, _, name = selector.partition("::")
        assert name.partition("[")[0] in defined_in(file), selector
    assert fault.tests


def test_there_are_enough_faults_and_no_two_are_called_the_same() -> None:
    """At least 170, twenty of them on ClickHouse."""
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 170
    assert sum(fault.name.startswith("ClickHouse: ") for fault in FAULTS) >= 20


def planted(folder: Path, name: str, text: str, change: str) -> str:
    """What a file of the package says with a change of the list in it."""
    path = folder / "wrapped_assets" / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    listed = folder / "faults.txt"
    listed.write_text(f"## Weeks\n\n# a week starts on Sunday\n{change}\ntest_weeks::test_it\n")
    (fault,) = read(listed)
    assert fault.tests == ("tests/test_weeks.py::test_it",)
    return fault.plant(folder).read_text()


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("weeks.py", "begins = first(day, MONDAY, 1)\n", "begins = first(day, SUNDAY, 1)\n"),
        (
            "elsewhere/periods.py",
            "it = first(\n    at.day,\n    MONDAY,\n    1,\n)",
            "it = first(at.day, SUNDAY,\n    1)",
        ),
    ],
    ids=["as it was", "moved, renamed and formatted"],
)
def test_a_fault_survives_a_formatter_a_move_and_a_rename(
    tmp_path: Path, file: str, text: str, expected: str
) -> None:
    """Its place is found by what it says: in any file, under any names, broken into any lines."""
    assert planted(tmp_path, file, text, "first(X, MONDAY, ...) => first(X, SUNDAY, ...)") == expected


def test_a_fault_may_name_the_statement_that_it_is_in(tmp_path: Path) -> None:
    """Half-open ranges are everywhere: the words of a path say whose is meant."""
    (tmp_path / "sql" / "duckdb").mkdir(parents=True)
    (tmp_path / "sql" / "duckdb" / "days.sql").write_text("where day < $to")
    change = "in duckdb weeks: < $to => <= $to"
    assert planted(tmp_path, "duckdb/weeks.py", "where week < $to", change) == "where week <= $to"


def test_a_fault_whose_place_is_gone_says_so(tmp_path: Path) -> None:
    """It is mended by whoever changed the rule, and never silently left out."""
    with pytest.raises(ValueError, match="fits in 2 places"):
        planted(tmp_path, "week.py", "toMonday(day), toMonday(hour)", "toMonday(X) => toStartOfWeek(X)")


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
