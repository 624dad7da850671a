"""What the command line promises: help that teaches, results that are exact, and wrong input told in three sentences.

Most commands run in this process; those that run the graph have one of their own, as their settings are fixed by it.
"""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import dagster as dg
import pytest
import typer
from rich.console import Console

from tests import year_documents
from tests.built_world import WRAPPED, YEAR, BuiltWorld
from tests.landing_files import files_of, request, write
from tests.object_stores import ObjectStore
from wrapped_assets import command as commands
from wrapped_assets.cli import main, reports, running, summary
from wrapped_assets.products.usage import main_numbers
from wrapped_assets.products.usage.document import document
from wrapped_assets.resources.duckdb import DuckDBReader, DuckDBWarehouse
from wrapped_assets.resources.errors import Refused
from wrapped_assets.resources.warehouse import QuarantineEntry
from wrapped_assets.settings import BadSettings, Settings


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Wrapped = Callable[..., Said]


@pytest.fixture
def wrapped(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Wrapped:
    """Run the command line in this process: `wrapped("build", "--year", "2025", WRAPPED_THREADS="0")`.

    Unless it is told otherwise, its home is an empty folder.
    """

    def run(*arguments: str, **settings: str) -> Said:
        for name in [name for name in os.environ if name.startswith(("WRAPPED_", "AWS_", "DAGSTER_"))]:
            monkeypatch.delenv(name)
        for name, value in ({"WRAPPED_HOME": str(tmp_path / "home"), "COLUMNS": "80"} | settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["wrapped", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main.main()
        printed = capfd.readouterr()
        return Said(int(ended.value.code or 0), printed.out, printed.err)

    return run


def refused(said: Said) -> str:
    """What a refusal says, once it has the form of one: code 2, what failed, what was seen, what to do next."""
    assert said.code == 2, said
    assert said.out == ""
    lines = [line for line in said.err.splitlines() if line]
    assert "Traceback" not in said.err
    assert len(lines) >= 3
    assert lines[0].endswith(".")
    assert all(line.startswith("  ") for line in lines[1:])
    assert lines[-1].startswith("  Next: ")
    return said.err


def rejected(said: Said) -> str:
    """What a wrong option is told, in one line."""
    assert said.code == 2, said
    assert said.out == ""
    assert "Invalid value" in said.err and "Traceback" not in said.err
    return " ".join(re.sub("[│╭╮╰╯─]", "", said.err).split())


# Help


@pytest.mark.parametrize(
    ("arguments", "teaches"),
    [
        ([], ["wrapped demo", "WRAPPED_*", "Exit codes: 0 done, 1 a check failed, 2 refused"]),
        (["demo"], ["compares every total with what the synthetic source knows", "--requests"]),
        (["build"], ["Safe to repeat and to interrupt", "--from 2025-03-01 --to 2025-03-07"]),
        (
            ["summary"],
            [
                "exactly one of --wrapped-id and --organization-id, or ask for --all",
                "--format json > acme.json",
            ],
        ),
        (["publish"], ["Nobody reads it before wrapped promote", "&& wrapped promote --year 2025"]),
        (["promote"], ["promoting what is current changes nothing", "--version 3"]),
        (["rollback"], ["repeated, the one before that", "wrapped rollback --year 2025"]),
        (["versions"], ["which one readers see", "wrapped versions --year 2025"]),
        (["check"], ["exit with 1 when one fails", "&& wrapped check --year 2025"]),
    ],
    ids=lambda value: "-".join(value) or "wrapped",
)
def test_help_says_what_a_command_does_and_shows_an_example(
    wrapped: Wrapped, arguments: list[str], teaches: list[str]
) -> None:
    """In 80 columns; a line or two is enough to begin."""
    said = wrapped(*arguments, "--help")

    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= 80
    flat = " ".join(said.out.split())
    assert [text for text in teaches if text not in flat] == []


def test_without_a_command_the_help_is_shown(wrapped: Wrapped) -> None:
    """Whoever types `wrapped` learns where to start."""
    assert "Start with wrapped demo" in wrapped().out


# Results


@contextmanager
def warehouse(world: BuiltWorld) -> Iterator[DuckDBReader]:
    """The world's warehouse, to read."""
    with DuckDBWarehouse(world.warehouse).reading() as reader:
        yield reader


def test_the_json_of_a_summary_is_the_document_byte_for_byte(
    wrapped: Wrapped, built_world: BuiltWorld
) -> None:
    """By either id, with nothing around it but a line's end."""
    with warehouse(built_world) as reader:
        edition = reader.edition(YEAR)
        facts = reader.facts(YEAR)[0]
        customer = facts["wrapped_id"]
        organization = reader.con.execute(
            "select min(organization_id) from main.wrapped_organizations where wrapped_id = ?", [customer]
        ).fetchall()[0][0]
    assert edition is not None

    for ids in (["--wrapped-id", customer], ["--organization-id", organization]):
        said = wrapped("summary", "--year", str(YEAR), *ids, "--format", "json", **built_world.settings_alone)
        assert (said.code, said.err) == (0, "")
        assert said.out.encode() == document(facts, edition).to_json() + b"\n"


def test_all_summaries_are_a_stream_of_every_customers_document(
    wrapped: Wrapped, built_world: BuiltWorld, tmp_path: Path
) -> None:
    """To the standard output or into a file, which is there once it is whole."""
    with warehouse(built_world) as reader:
        edition = reader.edition(YEAR)
        facts = sorted(reader.facts(YEAR), key=lambda row: row["wrapped_id"])
    assert edition is not None
    every = "".join(document(row, edition).to_json().decode() + "\n" for row in facts)
    target = tmp_path / "all.ndjson"
    command = ["summary", "--year", str(YEAR), "--all", "--format", "ndjson"]

    said = wrapped(*command, **built_world.settings_alone)
    kept = wrapped(*command, "--output", str(target), **built_world.settings_alone)

    assert (said.code, said.err, said.out) == (0, "", every)
    assert (kept.code, kept.out, target.read_text()) == (0, "", every)
    assert [path.name for path in tmp_path.iterdir()] == ["all.ndjson"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--all"], "With --all give --format ndjson, csv, parquet, not none."),
        (["--all", "--format", "json"], "With --all give --format ndjson, csv, parquet, not json."),
        (["--all", "--wrapped-id", "w"], "--wrapped-id, --organization-id and --all, not several."),
        (["--wrapped-id", "w", "--format", "csv"], "--format csv goes with --all; one customer has table, json."),
        (["--wrapped-id", "w", "--output", "f"], "--output goes with --all; of one customer use `> file`."),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(wrapped: Wrapped, arguments: list[str], told: str) -> None:
    """With what would."""
    said = wrapped("summary", "--year", str(YEAR), *arguments)

    assert said.code == 2
    assert told in " ".join(said.err.replace("│", " ").split())


def test_parquet_is_not_printed_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes would change how the terminal works."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    with pytest.raises(typer.BadParameter, match="Parquet is not for a terminal: give --output FILE"):
        summary._chosen(None, None, True, summary.Format.parquet, None)


def test_a_customer_without_requests_is_told_by_what_there_is() -> None:
    """No "requests 0": what was written, its rows included, comes first."""
    told = printed(lambda console: reports.print_summary(console, year_documents.wrote()))

    assert [line.strip() for line in told.splitlines() if line.strip()][1:] == [
        "through      2025-12-31 23:59:59 UTC",
        "ingested     90 bytes in 9 rows, 2 operations",
        "workspaces   main: 100.0 % of bytes written",
    ]


def test_a_summary_does_not_print_what_is_unknown() -> None:
    """Neither errors nor percentiles, of a customer whose requests do not say them."""
    told = printed(lambda console: reports.print_summary(console, year_documents.unknown()))

    assert ("requests", "4") in [tuple(line.split()) for line in told.splitlines()]
    assert "errors" not in told and "p50" not in told


def test_a_summary_reads_well_in_80_columns(wrapped: Wrapped, built_world: BuiltWorld) -> None:
    """Every part of the document has its line."""
    with warehouse(built_world) as reader:
        customer = reader.facts(YEAR)[0]["wrapped_id"]

    said = wrapped("summary", "--year", str(YEAR), "--wrapped-id", customer, **built_world.settings_alone)

    assert said.code == 0
    assert max(map(len, said.out.splitlines())) <= 80
    labels = ["requests", "bytes read", "p50 / p95 / p99", "busiest day", "busiest hour", "active days"]
    labels += ["ingested", "stored", "workspaces", "pipes", "regions"]
    assert [label for label in labels if f"  {label}  " not in said.out] == []


def printed(show: Callable[[Console], object]) -> str:
    """What a report prints on a terminal of 80 columns."""
    console = Console(file=StringIO(), width=80)
    show(console)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_top_customers_fit_into_80_columns_and_one_can_be_followed(
    built_world: BuiltWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names in full, numbers whole, and the command that shows the first of them."""
    monkeypatch.setenv("PATH", str(WRAPPED.parent))
    with warehouse(built_world) as reader:
        told = printed(lambda console: reports.print_top_customers(console, reader, YEAR))
        first = reader.facts(YEAR)[0]["wrapped_id"]

    assert max(map(len, told.splitlines())) <= 80
    assert "…" not in told
    assert f"wrapped summary --year 2025 --wrapped-id {first}" in told


@pytest.mark.parametrize(
    ("reasons", "last"),
    [(30, "  1 row of 1 file, storage: reason-0029"), (31, "  and 1 more"), (1042, "  and 1,012 more")],
)
def test_a_long_quarantine_is_cut_and_says_what_is_left_out(reasons: int, last: str) -> None:
    """Thirty reasons are shown; of more, how many there are."""
    entries = [QuarantineEntry("storage", f"key-{n}", f"reason-{n:04}", 1) for n in range(reasons)]
    told = printed(lambda console: reports.print_quarantine(console, entries))
    assert told.splitlines()[0] == f"In quarantine: 0 whole files and {reasons:,} single rows."
    assert told.count("reason-") == 30
    assert told.splitlines()[-1].startswith(last)


def test_names_from_outside_are_shown_and_never_obeyed() -> None:
    """A customer may be called like a colour or a terminal's command."""
    told = printed(lambda console: console.print(reports.shown("[/bold] \x1b[31m[red]Ünï\n☃[/red]")))
    assert told == "[/bold] �[31m[red]Ünï�☃[/red]\n"


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_599_999, "12.5 MB"),
        (100_999_999_999, "100 GB"),
        (123_456 * 10**18, "123,456 EB"),
    ],
)
def test_bytes_are_cut_to_three_digits_or_so(count: int, text: str) -> None:
    """Never rounded up: what is shown was really read."""
    assert reports.short_bytes(count) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (0.0251, "0.0251"),
        (25.168, "25.2"),
        (1234.567, "1,230"),
        (31_536_000_000.0, "31,500,000,000"),
    ],
)
def test_percentiles_are_shown_with_the_three_digits_that_are_known(number: float, text: str) -> None:
    """They are exact to a percent; more digits would promise more."""
    assert main_numbers.three_digits(number) == text


@pytest.mark.proof
def test_a_build_ends_with_what_it_built(tmp_path: Path) -> None:
    """Files and rows as they landed, what is left without duplicates, and customers, of the days that were built."""
    world = BuiltWorld(tmp_path / "home", tmp_path / "landing")
    rows = [request(f"r{number}", organization_id=f"acme{number}") for number in range(3)]
    for name, some in (("first", rows), ("again", rows[:2])):
        for file in files_of(*some, name=name):
            write(world.landing, file)

    done = world.wrapped("build", "--year", str(YEAR), "--to", "2025-06-30")

    assert done.returncode == 0, done.stderr
    assert re.search(r"^Built 2025-01-20 to 2025-06-30: \d runs in [\d.]+ s\.$", done.stdout, re.MULTILINE)
    assert done.stdout.splitlines()[1] == (
        "Imported of these days: 2 files with 5 rows. Unique rows: 3 of pipe_stats, 0 of ingestion, 0 of storage, 0 of plays."
        " Customers of 2025: 3."
    )


@pytest.mark.proof
def test_a_second_build_finds_nothing_to_do_and_names_what_it_never_looks_at(
    built_world: BuiltWorld, tmp_path: Path
) -> None:
    """It says so, and exits with 0; a stray folder is told, not imported and not silently passed over."""
    world = built_world.twin(tmp_path / "home")
    strays = [world.landing / "storage" / "dt=2025-02-31", world.landing / "pipe_stat"]
    for stray in strays:
        stray.mkdir()
    try:
        done = world.wrapped("build", "--year", str(YEAR))
    finally:
        for stray in strays:
            stray.rmdir()

    assert done.returncode == 0
    assert done.stdout.startswith("Nothing to do: no file of 2025-01-20 to 2025-12-31 is new")
    assert re.search(
        r"In quarantine: [1-9]\d* files? and [1-9]\d* rows?; `\S*wrapped check --year 2025` says why",
        done.stdout,
    )
    assert "Not imported (2): pipe_stat is no folder of a family or dimension: pipe_stats, " in done.stdout
    assert "storage/dt=2025-02-31 is no folder of a day, dt=YYYY-MM-DD." in done.stdout


@pytest.mark.parametrize(
    ("on_path", "here", "shown"),
    [(True, "", "wrapped"), (False, "", "venv/bin/wrapped"), (False, "other", "{folder}/venv/bin/wrapped")],
)
def test_a_command_to_run_next_is_told_as_it_can_be_typed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, on_path: bool, here: str, shown: str
) -> None:
    """By its name where the shell finds it, else by its path from here, or by the whole of it from elsewhere."""
    script = tmp_path / "venv" / "bin" / "wrapped"
    script.parent.mkdir(parents=True)
    script.touch(mode=0o755)
    (tmp_path / here).mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / here)
    monkeypatch.setattr(sys, "executable", str(script.with_name("python")))
    monkeypatch.setenv("PATH", str(script.parent) if on_path else "")

    told = commands.wrapped("check --year 2025")

    assert told == f"{shown.format(folder=tmp_path)} check --year 2025"


# Wrong input


def test_every_bad_setting_is_told_at_once_and_no_secret_with_it(wrapped: Wrapped) -> None:
    """Name, what was seen, what was expected."""
    told = refused(
        wrapped(
            "build",
            "--year",
            "2025",
            WRAPPED_FIRST_DAY="soon",
            WRAPPED_MEMORY_LIMIT="lots",
            WRAPPED_THREADS="0",
            WRAPPED_REGIONS="eu=postgres://me:hunter2@host/db",
            WRAPPED_FROZEN_EDITIONS="20x5",
            WRAPPED_LANDING_URL="ftp://me:hunter2@host/",
            WRAPPED_WAREHOUSE_URL="sqlite:///x",
            WRAPPED_S3_ENDPOINT_URL="me:hunter2@host",
            WRAPPED_SECRET="hunter2",
        )
    )
    assert told.startswith("9 settings cannot be used.")
    assert all(f"  WRAPPED_{name}: " in told for name in ("FIRST_DAY", "MEMORY_LIMIT", "THREADS", "REGIONS"))
    assert "hunter2" not in told


def test_an_empty_home_is_refused(wrapped: Wrapped) -> None:
    """It would be the working directory, whatever that happens to be."""
    told = refused(wrapped("build", "--year", "2025", WRAPPED_HOME=""))
    assert "  WRAPPED_HOME: is empty, expected a folder; unset, it is .wrapped\n" in told


def test_the_secret_is_that_of_the_environment_the_settings_were_loaded_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not that of the process; without one it is made once, and one too short is refused without being shown."""
    monkeypatch.setenv("WRAPPED_SECRET", "the secret of the process itself!")
    given = Settings.load({"WRAPPED_SECRET": "hunter2 " * 4})
    assert given.secret() == b"hunter2 " * 4
    assert "hunter2" not in repr(given)
    alone = Settings.load({"WRAPPED_HOME": str(tmp_path)})
    assert alone.secret() == alone.secret() == (tmp_path / "secret").read_bytes()
    with pytest.raises(BadSettings, match="WRAPPED_SECRET: has 7 bytes, expected at least 32") as told:
        Settings.load({"WRAPPED_SECRET": "hunter2"})
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("frozen", ["99", "2025@2025-01-01", "2025@2025-12-31"])
def test_an_edition_freezes_after_its_year(frozen: str) -> None:
    """A year of two digits, or one frozen while it runs, is a mistake and not a policy."""
    with pytest.raises(BadSettings, match="WRAPPED_FROZEN_EDITIONS: entry"):
        Settings.load({"WRAPPED_FROZEN_EDITIONS": frozen})


@pytest.mark.parametrize("full", [[], ["--full"]])
def test_a_landing_folder_that_does_not_exist_is_not_an_empty_one(
    wrapped: Wrapped, tmp_path: Path, full: list[str]
) -> None:
    """A mistyped address is refused with the address, not reported as a year that is up to date."""
    url = (tmp_path / "lnading").as_uri()
    told = refused(wrapped("build", "--year", "2025", *full, WRAPPED_LANDING_URL=url))
    assert told.startswith(f"Nothing was imported: there is no folder at {url}.")


@pytest.mark.parametrize("full", [[], ["--full"]])
@pytest.mark.parametrize(
    ("names", "seen"),
    [
        ([], "nothing"),
        (["c/", "a/", "b.parquet", "pipe_stat/", "e/", "d/", "f/"], "a/, b.parquet, c/, d/, e/ and 2 more"),
    ],
)
def test_a_folder_of_something_else_is_not_a_year_that_is_up_to_date(
    wrapped: Wrapped, tmp_path: Path, names: list[str], seen: str, full: list[str]
) -> None:
    """What was looked for, and what lies there instead; with any folder of a family it is taken as it is."""
    landing = tmp_path / "landing"
    landing.mkdir()
    for name in names:
        (landing / name).mkdir() if name.endswith("/") else (landing / name).touch()

    told = refused(wrapped("build", "--year", "2025", *full, WRAPPED_LANDING_URL=landing.as_uri()))

    assert told.startswith(
        f"Nothing was imported: {landing.as_uri()} holds no folder of a family or dimension.\n"
        "  Looked for: pipe_stats, ingestion, storage, plays, organizations, workspaces, artists, tracks,"
        " track_aliases, genres, listeners."
        f" Seen there: {seen}.\n"
    )
    assert not (tmp_path / "home").exists()


def test_a_mistyped_prefix_of_a_bucket_is_not_a_year_that_is_up_to_date(
    wrapped: Wrapped, object_store: ObjectStore, tmp_path: Path
) -> None:
    """As with a folder; a bucket has no folders that are missing."""
    bucket = object_store.new_bucket()
    object_store.write(bucket, {"pipe_stats/dt=2025-03-01/region=eu/a.parquet": b"x"})

    for prefix, seen in (("", "some prefix/"), ("/some", "nothing")):
        url = f"s3://{bucket}{prefix}"
        told = refused(
            wrapped("build", "--year", "2025", **object_store.environment, WRAPPED_LANDING_URL=url)
        )
        assert told.startswith(f"Nothing was imported: {url} holds no folder of a family or dimension.")
        assert f"Seen there: {seen}.\n" in told
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    "command",
    [
        "--help",
        "--version",
        "build --year 2025",
        "build --year 2025 --full",
        "check --year 2025",
        "check --year 2025 --deep",
        "summary --year 2025 --organization-id a",
        "summary --year 2025 --all --format ndjson",
        "publish --year 2025",
        "promote --year 2025",
        "rollback --year 2025",
        "versions --year 2025",
        "token list",
        "token list --year 2025 --all --json",
        "token revoke x",
        "token rotate --yes",
        "token opt-out x",
        "token opt-out x --undo",
        "token issue --wrapped-id x --year 2025",
        "token issue --name a --pipe nope",
    ],
)
def test_a_command_that_reads_or_refuses_leaves_nothing_in_a_wrong_folder(
    wrapped: Wrapped, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    """Not even a folder of its own: the next command there would take it for a world."""
    monkeypatch.chdir(tmp_path)

    said = wrapped(*command.split(), WRAPPED_HOME=".wrapped")

    assert said.code in (0, 2), said
    assert list(tmp_path.iterdir()) == []


def test_a_warehouse_that_cannot_be_written_is_refused_before_any_run(
    wrapped: Wrapped, tmp_path: Path
) -> None:
    """Inside a run it would fail every partition of the year, and Dagster would show the year as broken."""
    landing = tmp_path / "landing" / "pipe_stats" / "dt=2025-03-01" / "region=eu"
    landing.mkdir(parents=True)
    (landing / "bad.parquet").write_bytes(b"no parquet")
    place = {"WRAPPED_LANDING_URL": (tmp_path / "landing").as_uri()}
    (tmp_path / "a file").touch()
    url = f"duckdb://{tmp_path}/a%20file/warehouse.duckdb"
    told = refused(wrapped("build", "--year", "2025", **place, WRAPPED_WAREHOUSE_URL=url))
    assert f"{tmp_path}/a file could not be used." in told
    assert "run" not in told


@pytest.mark.parametrize("command", [["summary", "--organization-id", "acme"], ["check"]])
def test_without_a_warehouse_the_way_to_one_is_told(wrapped: Wrapped, command: list[str]) -> None:
    """Nothing was built there yet; the commands that build are named."""
    told = refused(wrapped(*command, "--year", "2025"))
    assert told.startswith("There is no warehouse at /")
    assert "wrapped demo" in told and "wrapped build" in told


@pytest.mark.parametrize(
    ("arguments", "first", "seen"),
    [
        (["--year", "2031", "--wrapped-id", "x"], "There is no 2031 summary of anybody.", "so far: 2025"),
        (["--year", "2025", "--wrapped-id", "x"], "There is no 2025 summary of customer x.", "unknown"),
        (
            ["--year", "2025", "--organization-id", "x'; --"],
            "There is no 2025 summary of organization x'; --.",
            "No row and no snapshot names this organization",
        ),
    ],
)
def test_unknown_years_and_customers_are_told_with_what_is_known(
    wrapped: Wrapped, built_world: BuiltWorld, arguments: list[str], first: str, seen: str
) -> None:
    """An empty table would be taken for a customer without use."""
    told = refused(wrapped("summary", *arguments, **built_world.settings_alone))
    assert told.splitlines()[0] == first
    assert seen in told


@pytest.mark.parametrize(
    ("year", "first_day", "then"),
    [
        ("2199", "2025-01-20", "wait for 2199: the calendar ends today, "),
        (
            "2024",
            "2025-01-20",
            "set WRAPPED_FIRST_DAY, where the calendar starts, to a day of 2024 (it is 2025-01-20), then",
        ),
        ("2024", "2024-01-01", "put files of 2024 below file://"),
    ],
)
def test_a_year_without_rows_is_neither_checked_nor_published_and_what_would_change_that_is_told(
    wrapped: Wrapped, built_world: BuiltWorld, year: str, first_day: str, then: str
) -> None:
    """Every check of nothing would pass; to build it again would find nothing to do again, or be refused."""
    settings = built_world.with_settings(WRAPPED_FIRST_DAY=first_day).settings_alone
    for command in ("check", "publish"):
        told = refused(wrapped(command, "--year", year, **settings))
        assert told.startswith(f"There is nothing to {command} for {year}: the warehouse holds no row of it.")
        assert f"Next: {then}" in told and f", or {command} a year that was built." in told


def test_a_file_that_cannot_be_written_is_told_in_words(wrapped: Wrapped, built_world: BuiltWorld) -> None:
    """What was asked for and what the system said, not the name of a temporary file and a number."""
    command = ["summary", "--year", str(YEAR), "--all", "--format", "csv", "--output", "/proc/x.csv"]
    told = refused(wrapped(*command, **built_world.settings_alone))
    assert told.splitlines()[:2] == [
        "/proc/x.csv was not written.",
        "  The system said: No such file or directory.",
    ]


@pytest.mark.proof
def test_a_build_of_a_year_without_rows_says_so(tmp_path: Path) -> None:
    """It is done, with 0, but nobody is sent on to check it."""
    world = BuiltWorld(tmp_path / "home", tmp_path / "landing")
    (world.landing / "pipe_stats").mkdir(parents=True)
    done = world.wrapped("build", "--year", str(YEAR))
    assert done.returncode == 0, done.stderr
    assert "The warehouse holds no row of 2025, so there is nothing to summarize or to check." in done.stdout


@pytest.mark.parametrize(
    ("ids", "seen"),
    [([], "not none of them"), (["--wrapped-id", "x", "--organization-id", "y"], "not several")],
)
def test_a_customer_is_named_by_exactly_one_id(wrapped: Wrapped, ids: list[str], seen: str) -> None:
    """Both might disagree."""
    told = rejected(wrapped("summary", "--year", "2025", *ids))
    assert f"Give exactly one of --wrapped-id, --organization-id and --all, {seen}." in told


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            "--year 2025 --from 2025-03-02 --to 2025-03-01",
            "--from is 2025-03-02, which is after --to, 2025-03-01.",
        ),
        (
            "--year 2025 --from 2025-01-31",
            "--from is 2025-01-31, which cannot be built: the calendar runs from",
        ),
        ("--year 2025 --from 2024-12-31", "--from is 2024-12-31, which is not in 2025."),
        ("--year 2025 --to 2026-01-01", "--to is 2026-01-01, which is not in 2025."),
        (
            "--year 2024",
            "No day of 2024 can be built: the calendar runs from 2025-02-01 (WRAPPED_FIRST_DAY) to",
        ),
        (
            "--year 2024",
            "today. Set WRAPPED_FIRST_DAY to a day of 2024.",
        ),
        (
            "--year 2199",
            "No day of 2199 can be built: the calendar runs from 2025-02-01 (WRAPPED_FIRST_DAY) to",
        ),
        ("--year 2025 --from 1.3.2025", "'--from': expected a day as YYYY-MM-DD, got '1.3.2025'."),
        ("--year 2025 --to 2025-02-30", "'--to': expected a day as YYYY-MM-DD, got '2025-02-30'."),
        ("--year last", "'--year'"),
    ],
)
def test_days_that_cannot_be_built_are_told_with_the_calendar(
    wrapped: Wrapped, arguments: str, told: str
) -> None:
    """Before anything is started."""
    assert told in rejected(wrapped("build", *arguments.split(), WRAPPED_FIRST_DAY="2025-02-01"))


def test_a_demonstration_of_another_world_is_refused_in_words(wrapped: Wrapped, tmp_path: Path) -> None:
    """What is there and what was asked for, so that the difference can be seen."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "demo.json").write_text('{"seed": 1, "year": 2025, "requests": 20000}')
    told = refused(wrapped("demo", "--requests", "10000", "--seed", "2"))
    assert "It holds the world of seed 1, year 2025, requests 20000; asked for was seed 2, year 2025" in told


def test_the_demonstration_wants_a_whole_year(wrapped: Wrapped) -> None:
    """Its truth is that of a year, so half of one could never agree with it."""
    told = rejected(wrapped("demo", "--year", "2025", WRAPPED_FIRST_DAY="2025-02-01"))
    assert "needs a whole year" in told


def test_a_home_that_cannot_be_written_is_told(wrapped: Wrapped, tmp_path: Path) -> None:
    """A file where the folder should be; a missing permission is told the same way."""
    taken = tmp_path / "taken"
    taken.touch()
    for command in (["build", "--year", "2025"], ["demo"]):
        told = refused(wrapped(*command, WRAPPED_HOME=str(taken)))
        assert str(taken) in told and "WRAPPED_HOME" in told


def test_a_damaged_warehouse_is_told_with_the_way_back(
    wrapped: Wrapped, built_world: BuiltWorld, tmp_path: Path
) -> None:
    """The landing files hold everything, so a warehouse can always be built again."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "warehouse.duckdb").write_bytes(b"nothing that DuckDB wrote" * 1000)
    told = refused(wrapped("summary", "--year", "2025", "--organization-id", "acme"))
    assert "not a valid DuckDB database file" in told and "wrapped build" in told


HOLDER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


def test_a_warehouse_that_another_process_writes_is_told_with_the_process(
    wrapped: Wrapped, built_world: BuiltWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a short wait, not for ever."""
    monkeypatch.setattr(main, "WAIT_SECONDS", 0.1)
    world = built_world.twin(tmp_path / "home")
    command = [sys.executable, "-c", HOLDER, str(world.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        told = refused(wrapped("check", "--year", "2025", **world.settings_alone))
        holder.stdin.close()
    assert f"Process {holder.pid} has it open" in told


@pytest.mark.proof
def test_a_build_that_waits_for_another_process_says_for_which_and_how_long(
    built_world: BuiltWorld, tmp_path: Path
) -> None:
    """Once, after two seconds; it goes on as soon as the file is free."""
    world = built_world.twin(tmp_path / "home")
    hold = [sys.executable, "-c", HOLDER, str(world.warehouse)]
    build = [str(WRAPPED), "build", "--year", str(YEAR)]
    with subprocess.Popen(hold, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        assert holder.stdout.readline() == b"held\n"
        with subprocess.Popen(
            build, env=world.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as waiting:
            assert waiting.stderr is not None
            told = waiting.stderr.readline()
            holder.stdin.close()
            out, err = waiting.communicate(timeout=60)
    assert told == (f"Process {holder.pid} has {world.warehouse} open: waiting for it, at most 10 s.\n")
    assert (waiting.returncode, err) == (0, "")
    assert out.startswith("Nothing to do")


@pytest.mark.parametrize(
    "url", ["file://relative", "file:///", "s3://", "s3://me:hunter2@bucket/x", "s3://bucket/x?token=hunter2"]
)
def test_a_landing_url_that_names_no_place_is_told_without_what_is_in_it(wrapped: Wrapped, url: str) -> None:
    """It may hold a password."""
    told = refused(
        wrapped("build", "--year", "2025", WRAPPED_LANDING_URL=url, AWS_EC2_METADATA_DISABLED="true")
    )
    assert "Its URL cannot be used." in told
    assert "hunter2" not in told


def test_a_store_that_does_not_answer_is_told_without_credentials(wrapped: Wrapped) -> None:
    """After a few tries; nothing was changed, so it is safe to run again."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}"
        told = refused(
            wrapped(
                "build",
                "--year",
                "2025",
                WRAPPED_LANDING_URL="s3://bucket/prefix",
                WRAPPED_S3_ENDPOINT_URL=endpoint,
                AWS_ACCESS_KEY_ID="hunter1",
                AWS_SECRET_ACCESS_KEY="hunter2",
                AWS_DEFAULT_REGION="us-east-1",
            )
        )
    assert told.startswith("Could not list the days of pipe_stats in s3://bucket/prefix.")
    assert "hunter" not in told


def test_a_failed_run_is_told_with_its_step_and_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dagster's own log stays in Dagster; the terminal gets the sentences."""

    @dg.op
    def refresh() -> None:
        raise ValueError("The disk is full.\n  Next: make room.")

    @dg.job
    def refresh_months() -> None:
        refresh()

    monkeypatch.setattr(running, "defs", dg.Definitions(jobs=[refresh_months]))
    with dg.DagsterInstance.ephemeral() as instance, pytest.raises(Refused) as failed:
        running.run(instance, "refresh_months")

    told = str(failed.value).splitlines()
    assert re.fullmatch(r"The run [0-9a-f]{8} of refresh_months failed in refresh\.", told[0])
    assert told[1].strip() == "ValueError: The disk is full."
    assert told[-1].startswith("  Next: ") and "goes on where this stopped" in told[-1]
